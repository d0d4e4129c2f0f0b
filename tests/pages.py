"""What the tests of the docs share: where pages are, running what they show, comparing or writing anew."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import duckdb
import markdown
import shell
from markdown import Block

TESTS = Path(__file__).parent
ROOT = TESTS.parent
DOCS = ROOT / "docs"
SHOP = TESTS / "docs_shop"

_COUNTS = re.compile(r"^\d[\d,]* \w+, as of .*\n(?:[^:\n]+\n)*", re.MULTILINE)


def compare(page: Path, printed: Mapping[Block, str], update: bool) -> None:
    """Each block has the text that was printed; `…` in a line stands for anything, seconds may differ."""
    wrong = {block: text for block, text in printed.items() if not _same(block.text, text)}
    if update:
        markdown.fill(page, wrong)
    else:
        for block, text in wrong.items():
            assert block.text == text, f"{block}: --update writes what is printed now"


def _same(shown: str, printed: str) -> bool:
    return re.fullmatch(_pattern(shown), printed) is not None


def _pattern(shown: str) -> str:
    pattern = re.sub(r"(?m)^…\\\n", r"(?:.*\\n)*", re.escape(shown)).replace("…", ".*")
    return re.sub(r"in\\ \d+\\\.\d\d\\ s", r"in \\d+\\.\\d\\d s", pattern)


def compare_between(page: Path, name: str, text: str, update: bool) -> None:
    if update:
        markdown.fill_between(page, name, text)
    else:
        assert markdown.between(page, name) == text, f"{page.name}: --update writes the table anew"


def session(block: Block, folder: Path, instead: Mapping[str, str] = MappingProxyType({})) -> str:
    """The block with what its commands print now. Each ends well, the last one with the code that `exit=` says."""
    commands = [line[2:] for line in block.text.splitlines() if line.startswith("$ ")]
    assert commands, f"{block}: a session has commands after `$ `"
    shown = ""
    for number, command in enumerate(commands):
        output, code = shell.run(instead.get(command, command), folder)
        expected = int(block.attributes.get("exit", 0)) if number == len(commands) - 1 else 0
        assert code == expected, f"{block}: `{command}` ended with {code}:\n{output}"
        shown += f"$ {command}\n{output}"
    return shown


def played(page: Path, folder: Path) -> dict[Block, str]:
    """A page from top to bottom: files are written, commands run. A file of `alone` is checked in a shop of its own."""
    printed = {}
    for number, block in enumerate(markdown.blocks(page)):
        if "same-as" in block.attributes:
            assert block.text == (ROOT / block.attributes["same-as"]).read_text("utf-8")
        elif "alone" in block.words:
            own = folder / f"alone-{number}"
            shutil.copytree(SHOP, own)
            write(own, block)
            output, code = shell.segrules(["validate", "."], own)
            assert (output, code) == ("no findings\n", 0), f"{block}:\n{output}"
        elif "file" in block.attributes:
            write(folder, block)
        elif block.language == "console":
            printed[block] = session(block, folder)
        else:
            assert block.language == "text", f"{block}: nobody runs this example"
    return printed


def only_findings(printed: str) -> str:
    """The output without tables of counts."""
    findings = _COUNTS.sub("", printed.replace("no findings\n", "")).strip("\n")
    return findings + "\n" if findings else ""


def write(folder: Path, block: Block) -> None:
    path = folder / block.attributes.get("file", "segments/rules.yml")
    path.parent.mkdir(parents=True, exist_ok=True)
    if block.language == "sql":
        duckdb.execute(f"COPY ({block.text}) TO '{path}' (FORMAT parquet)")
    else:
        path.write_bytes(block.text.encode(block.attributes.get("encoding", "utf-8")))
