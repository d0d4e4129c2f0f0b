"""The docs are true: every example in them is run, every table in them is made anew and compared."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import duckdb
import markdown
import pytest
import shell
from markdown import Block

from segrules.diagnostics import CODES, Severity
from segrules.language.check_aggregates import OF_ROWS, OF_VALUES
from segrules.language.check_calls import ARITY
from segrules.language.check_not_yet import NOT_YET
from segrules.language.functions import FUNCTIONS
from segrules.language.words import RESERVED

TESTS = Path(__file__).parent
ROOT = TESTS.parent
DOCS = ROOT / "docs"
SHOP = TESTS / "docs_shop"
PAGES = sorted(DOCS.glob("*.md"))

_COUNTS = re.compile(r"^\d[\d,]* \w+, as of .*\n(?:[^:\n]+\n)*", re.MULTILINE)

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
    pattern = re.sub(r"(?m)^…\\\n", r"(?:.*\\n)*", re.escape(shown)).replace("…", ".*")
    return re.sub(r"in\\ \d+\\\.\d\d\\ s", r"in \\d+\\.\\d\\d s", pattern)


def _compare_between(page: Path, name: str, text: str, update: bool) -> None:
    if update:
        markdown.fill_between(page, name, text)
    else:
        assert markdown.between(page, name) == text, f"{page.name}: --update writes the table anew"


# pages with sessions: commands after `$` and what they print, in a folder of files


def test_the_readme_says_what_is_printed(tmp_path: Path, update: bool) -> None:
    page = ROOT / "README.md"
    assert page.read_text("utf-8").count("\n") < 150
    demo = "segrules apply examples/cdnow --out "
    assert demo in (ROOT / "Makefile").read_text("utf-8")
    right, wrong, own = (tmp_path / name for name in ("right", "wrong", "own"))
    shutil.copytree(ROOT / "examples", right / "examples")
    shutil.copytree(ROOT / "examples", wrong / "examples")
    shutil.copytree(SHOP / "data", own)
    rules = wrong / "examples/cdnow/segments/lifecycle.yml"
    rules.write_text(rules.read_text("utf-8").replace("vip:    recency_days", "vip:    recency_day"), "utf-8")
    printed = {}
    for block in markdown.blocks(page):
        if "same-as" in block.attributes:
            assert block.text == (ROOT / block.attributes["same-as"]).read_text("utf-8")
        if "part-of" in block.attributes:
            assert block.text in (ROOT / block.attributes["part-of"]).read_text("utf-8")
        if block.language == "console":
            folder = wrong if "slip" in block.words else own if "own" in block.words else right
            printed[block] = _session(block, folder, {"make demo": f"{demo}out"})
    assert len(printed) == 4
    _compare(page, printed, update)


def _session(block: Block, folder: Path, instead: Mapping[str, str] = MappingProxyType({})) -> str:
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


# the language


RULE_PAGES = [page for page in PAGES if any(block.language == "rule" for block in markdown.blocks(page))]


@pytest.mark.parametrize("page", RULE_PAGES, ids=lambda page: page.stem)
def test_a_rule_gives_the_value_that_stands_behind_it(page: Path, tmp_path: Path) -> None:
    found = [block for block in markdown.blocks(page) if block.language == "rule" and not block.words]
    rules = dict(line.rsplit("  # ", 1) for block in found for line in block.text.splitlines())
    folder = _shop_of(page, tmp_path)
    values, findings = _values(list(rules), folder)
    assert findings == ""
    shown = {rule: _shown(values["1", rule]) for rule in rules}
    assert shown == {rule: value.strip() for rule, value in rules.items()}


def test_the_table_of_truth_values_is_true(tmp_path: Path) -> None:
    page = DOCS / "language.md"
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \| (.+?) \|$", page.read_text("utf-8").split("| rule | Malee")[1], re.M)[
        :5
    ]
    values, findings = _values([rule for rule, _, _ in rows], _shop_of(page, tmp_path))
    assert shell.codes_in(findings) == {"negative-on-missing"}
    for rule, malee, wei in rows:
        assert _shown(values["1", rule]) == malee.strip("*"), rule
        assert _shown(values["2", rule]) == wei.strip("*"), rule


def test_forms_that_are_not_supported_yet_are_refused_by_name(tmp_path: Path) -> None:
    page = DOCS / "language.md"
    (block,) = (block for block in markdown.blocks(page) if "not-yet" in block.words)
    folder = _shop_of(page, tmp_path)
    rules = block.text.splitlines()
    for rule in rules:
        _, findings = _values([rule], folder)
        assert shell.codes_in(findings) == {"not-supported-yet"}, f"{rule}\n{findings}"
    assert {name for name in NOT_YET if not re.search(rf"\b{name}\b", block.text)} == set()


def test_the_table_of_functions_is_fresh(update: bool) -> None:
    missing = {
        "missing": "missing where a value is missing",
        "skip": "missing where all are",
        "may": "missing where a value is missing, or by zero",
        "false": "false where a value is missing",
        "never": "always known",
    }
    written = [function for function in FUNCTIONS if function.written]
    lines = ["| written | gives | without a value |", "|---|---|---|"]
    lines += [f"| `{one.written}` | {one.doc} | {missing[one.on_missing]} |" for one in written]
    _compare_between(DOCS / "language.md", "functions", "\n".join(lines) + "\n", update)
    text = (DOCS / "language.md").read_text("utf-8")
    for name in (*ARITY, *OF_ROWS, *OF_VALUES):
        assert f"{name}(" in text, f"language.md has no example of {name}"


def test_the_list_of_reserved_words_is_fresh(update: bool) -> None:
    _compare_between(
        DOCS / "language.md", "reserved", " ".join(f"`{word}`" for word in sorted(RESERVED)) + "\n", update
    )


def _shop_of(page: Path, folder: Path) -> Path:
    """The shop with the files that a page gives in blocks without a session."""
    shutil.copytree(SHOP, folder, dirs_exist_ok=True)
    for block in markdown.blocks(page):
        if "file" in block.attributes and not block.words:
            _write(folder, block)
    return folder


def _values(rules: list[str], folder: Path) -> tuple[dict[tuple[str, str], object], str]:
    """What each rule gives for each customer, and the findings."""
    traits = [f"  rule_{number}: {json.dumps(rule.strip())}" for number, rule in enumerate(rules)]
    carry = ", ".join(f"rule_{number}" for number in range(len(rules)))
    text = "\n".join(["traits:", *traits, f"carry: [{carry}]", "segments: {each: customer_id is known}"])
    (folder / "segments").mkdir(exist_ok=True)
    (folder / "segments" / "rules.yml").write_text(text, encoding="utf-8")
    shutil.rmtree(folder / "out", ignore_errors=True)
    printed, _ = shell.segrules(["apply", "--select", "each", "--format", "json", "--layout", "files", "."], folder)
    written = folder / "out/customer/each.json"
    rows = (
        [json.loads(line, parse_float=Decimal) for line in written.read_text().splitlines()] if written.exists() else []
    )
    values = {(str(row["customer_id"]), rule): row[f"rule_{place}"] for row in rows for place, rule in enumerate(rules)}
    return values, _only_findings(printed)


def _shown(value: object) -> str:
    """A value as the docs write it."""
    match value:
        case None:
            return "missing"
        case bool():
            return "true" if value else "false"
        case str() if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return value
        case str():
            return f"'{value}'"
        case Decimal():
            return format(value.normalize(), "f")
        case _:
            return str(value)


# pages that are sessions


@pytest.mark.parametrize("page", [DOCS / "tutorial.md"], ids=["tutorial"])
def test_a_tutorial_begins_in_an_empty_folder(page: Path, tmp_path: Path, update: bool) -> None:
    (tmp_path / "coffee").mkdir()
    _compare(page, _played(page, tmp_path / "coffee"), update)


@pytest.mark.parametrize("name", ["index", "project-files", "command-line", "data"])
def test_sessions_in_the_shop_print_what_the_page_shows(name: str, tmp_path: Path, update: bool) -> None:
    page = DOCS / f"{name}.md"
    shutil.copytree(SHOP, tmp_path, dirs_exist_ok=True)
    _compare(page, _played(page, tmp_path), update)


def _played(page: Path, folder: Path) -> dict[Block, str]:
    """A page from top to bottom: files are written, commands run. Files of `alone` are checked in a shop of their own."""
    printed = {}
    for number, block in enumerate(markdown.blocks(page)):
        if "same-as" in block.attributes:
            assert block.text == (ROOT / block.attributes["same-as"]).read_text("utf-8")
        elif "alone" in block.words:
            own = folder / f"alone-{number}"
            shutil.copytree(SHOP, own)
            _write(own, block)
            output, code = shell.segrules(["validate", "."], own)
            assert (output, code) == ("no findings\n", 0), f"{block}:\n{output}"
        elif "file" in block.attributes:
            _write(folder, block)
        elif block.language == "console":
            printed[block] = _session(block, folder)
        else:
            assert block.language == "text", f"{block}: nobody runs this example"
    return printed
