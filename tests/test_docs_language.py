"""The page of the language: each rule on it is run, each table made anew and compared."""

from __future__ import annotations

import json
import re
import shutil
from decimal import Decimal
from pathlib import Path

import markdown
import pytest
import shell
from pages import DOCS, SHOP, compare_between, only_findings, write

from segrules.language.check_aggregates import OF_ROWS, OF_VALUES
from segrules.language.check_calls import ARITY
from segrules.language.functions import FUNCTIONS
from segrules.language.populations import POPULATION_FUNCTIONS
from segrules.language.words import RESERVED

PAGES = sorted(DOCS.glob("*.md"))


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


def test_the_table_of_functions_is_fresh(update: bool) -> None:
    missing = {
        "missing": "missing where a value is missing",
        "skip": "missing where all are",
        "may": "missing where a value is missing, and as said",
        "false": "false where a value is missing",
        "never": "always known",
    }
    written = [function for function in FUNCTIONS if function.written]
    lines = ["| written | gives | without a value |", "|---|---|---|"]
    lines += [f"| `{one.written}` | {one.doc} | {missing[one.on_missing]} |" for one in written]
    compare_between(DOCS / "language.md", "functions", "\n".join(lines) + "\n", update)
    text = (DOCS / "language.md").read_text("utf-8")
    for name in (*ARITY, *OF_ROWS, *OF_VALUES):
        assert f"{name}(" in text, f"language.md has no example of {name}"


def test_the_table_of_population_functions_is_fresh(update: bool) -> None:
    lines = ["| written | gives |", "|---|---|"]
    lines += [f"| `{one.written}` | {one.doc} |" for one in POPULATION_FUNCTIONS]
    compare_between(DOCS / "language.md", "populations", "\n".join(lines) + "\n", update)


def test_the_list_of_reserved_words_is_fresh(update: bool) -> None:
    compare_between(DOCS / "language.md", "reserved", " ".join(f"`{word}`" for word in sorted(RESERVED)) + "\n", update)


def _shop_of(page: Path, folder: Path) -> Path:
    """The shop with the files that a page gives in blocks without a session."""
    shutil.copytree(SHOP, folder, dirs_exist_ok=True)
    for block in markdown.blocks(page):
        if "file" in block.attributes and not block.words:
            write(folder, block)
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
    return values, only_findings(printed)


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
