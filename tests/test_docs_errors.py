"""The pages of findings: their titles, their index, and their examples, of which each is run."""

from __future__ import annotations

import shutil
from pathlib import Path

import markdown
import pytest
import shell
from markdown import Block
from pages import DOCS, SHOP, compare, compare_between, only_findings, write

from segrules.diagnostics import CODES, Severity

SEVERITIES = {Severity.ERROR: "Error", Severity.WARNING: "Warning", Severity.INFO: "Note"}


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
    compare(page, printed, update)


def test_the_index_of_findings_is_fresh(update: bool) -> None:
    lines = ["| code | | what it says |", "|---|---|---|"]
    lines += [
        f"| [{code.name}]({code.name}.md) | {SEVERITIES[code.severity].lower()} | {code.title} |"
        for code in CODES.values()
    ]
    compare_between(DOCS / "errors" / "index.md", "codes", "\n".join(lines) + "\n", update)


def _findings(folder: Path, files: list[Block], example: Block) -> str:
    """What segrules says of the shop with these files in it; of an example that is a session, what it prints."""
    shutil.copytree(SHOP, folder)
    for block in files:
        if block.language != "sh":
            write(folder, block)
    said = ""
    if example.language == "sh":
        said, _ = shell.run(example.text.strip(), folder)
        if "segrules " in example.text:
            return only_findings(said)
    output, _ = shell.segrules([example.attributes.get("run", "validate"), "."], folder)
    return only_findings(said + output)
