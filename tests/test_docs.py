"""The docs are true: every example in them is run, every table in them is made anew and compared."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb
import markdown
import pytest
import shell
from markdown import Block

from segrules.diagnostics import CODES, Severity

TESTS = Path(__file__).parent
ROOT = TESTS.parent
DOCS = ROOT / "docs"
SHOP = TESTS / "docs_shop"
PAGES = sorted(DOCS.glob("*.md"))

_COUNTS = re.compile(r"^\d[\d,]* \w+, as of .*\n(?:.+\n)*", re.MULTILINE)

SEVERITIES = {Severity.ERROR: "Error", Severity.WARNING: "Warning", Severity.INFO: "Note"}


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether outputs in the pages are written anew instead of compared."""
    return bool(request.config.getoption("--update"))


# the pages of findings


@pytest.mark.parametrize("code", CODES)
def test_a_page_of_a_finding_begins_with_its_title(code: str) -> None:
    title = CODES[code].title
    said = title if title.startswith("`") else title[0].lower() + title[1:]
    page = DOCS / "errors" / f"{code}.md"
    assert page.read_text("utf-8").startswith(f"# {code}\n\n**{SEVERITIES[CODES[code].severity]}:** {said}.\n")


@pytest.mark.parametrize("code", CODES)
def test_a_wrong_example_has_just_this_finding_and_the_right_one_has_none(
    code: str, tmp_path: Path, update: bool
) -> None:
    page = DOCS / "errors" / f"{code}.md"
    found = markdown.blocks(page)
    shared = [block for block in found if "file" in block.attributes and not block.words]
    printed: dict[Block, str] = {}
    for place, block in enumerate(found):
        if not block.words & {"wrong", "right"}:
            continue
        output = _findings(tmp_path / str(place), [*shared, block], block)
        if "right" in block.words:
            assert shell.codes_in(output) == set(), f"{block}: the right example has findings:\n{output}"
            continue
        assert shell.codes_in(output) == {code}, f"{block}: expected {code} alone:\n{output}"
        assert found[place + 1].language == "text", f"{block}: what is printed follows the wrong example"
        printed[found[place + 1]] = output
    for kind in ("wrong", "right"):
        assert any(kind in block.words for block in found), f"{page.name} has no {kind} example"
    _compare(page, printed, update)


def test_the_index_of_findings_is_fresh(update: bool) -> None:
    lines = ["| code | | what it says |", "|---|---|---|"]
    lines += [
        f"| [{code.name}]({code.name}.md) | {SEVERITIES[code.severity].lower()} | {code.title} |"
        for code in CODES.values()
    ]
    _compare_between(DOCS / "errors" / "index.md", "codes", "\n".join(lines) + "\n", update)


def _findings(folder: Path, files: list[Block], example: Block) -> str:
    """What segrules says of the shop with these files in it; of an example that is a session, what it prints."""
    shutil.copytree(SHOP, folder)
    for block in files:
        if block.language != "sh":
            _write(folder, block)
    said = ""
    if example.language == "sh":
        said, _ = shell.run(example.text.strip(), folder)
        if "segrules " in example.text:
            return _only_findings(said)
    output, _ = shell.segrules([example.attributes.get("run", "validate"), "."], folder)
    return _only_findings(said + output)


def _only_findings(printed: str) -> str:
    """The output without tables of counts."""
    findings = _COUNTS.sub("", printed.replace("no findings\n", "")).strip("\n")
    return findings + "\n" if findings else ""


def _write(folder: Path, block: Block) -> None:
    path = folder / block.attributes.get("file", "segments/rules.yml")
    path.parent.mkdir(parents=True, exist_ok=True)
    if block.language == "sql":
        duckdb.sql(block.text).write_parquet(str(path))
    else:
        path.write_bytes(block.text.encode(block.attributes.get("encoding", "utf-8")))


# comparing, or writing anew


def _compare(page: Path, printed: Mapping[Block, str], update: bool) -> None:
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
    pattern = re.escape(shown).replace("…", ".*").replace(re.escape("\\…"), ".*")
    return re.sub(r"in\\ \d+\\\.\d\d\\ s", r"in \\d+\\.\\d\\d s", pattern)


def _compare_between(page: Path, name: str, text: str, update: bool) -> None:
    if update:
        markdown.fill_between(page, name, text)
    else:
        assert markdown.between(page, name) == text, f"{page.name}: --update writes the table anew"
