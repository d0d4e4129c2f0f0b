"""Lists in files: what `in_list` compares, and what is said of a list that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest
from memory_reader import SHOP, MemoryReader, shown

from segrules.diagnostics import Diagnostic
from segrules.language.core import Column, Literal, Membership, Not
from segrules.language.value_lists import MOST_VALUES
from segrules.project.loader import load
from segrules.project.model import Rules
from segrules.project.reader import folder_reader
from segrules.project.resolve import resolve
from segrules.workflows.running import hash_of_rules

FILES = {
    "lists/vip.csv": "email,since\na@x.com,2025\nb@x.com,2024\n",
    "lists/keys.txt": "1\n2\n",
    "lists/crm/old.csv": "Customer-No\n7\n",
    "lists/close.csv": "emial\na@x.com\n",
    "lists/bad.csv": "customer_id\n1\n\ntwo\n",
    "lists/far.txt": "1\n99999999999999999999999999999999999999999\n",
    "lists/headless.csv": "a@x.com\nb@x.com\n",
    "lists/numbers.csv": "1\n2\n",
    "lists/nothing.csv": "email\n\n",
    "lists/empty.csv": "",
    "lists/quote.csv": 'email\na\n"b\n',
    "lists/days.txt": "2026-01-31\n31.01.2026\n",
    "lists/long.txt": "".join(f"{number}\n" for number in range(MOST_VALUES + 1)),
    "lists/twice.txt": "".join(f"{number % 5}\n" for number in range(MOST_VALUES + 1)),
    "lists/notes.md": "not a list",
}


def resolved(rule: str, more: dict[str, Diagnostic] | None = None) -> tuple[Rules, tuple[Diagnostic, ...]]:
    files = {"segrules.yml": SHOP, "segments/a.yml": f"segments:\n  a: {rule}\n", **FILES}
    project, findings = load(MemoryReader(files, more or {}))
    assert project is not None
    assert findings == ()
    rules, findings = resolve(project)
    return rules["customer"], findings


def compared(rule: str) -> tuple[str, tuple[object, ...]]:
    """The column that a rule compares, and the values of its list."""
    rules, _ = resolved(rule)
    match rules.segments["a"]:
        case Membership(Column(name=name), Literal(tuple() as values)) | Not(
            Membership(Column(name=name), Literal(tuple() as values))
        ):
            return name, values
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize(
    ("rule", "column", "values"),
    [
        ("in_list('vip.csv')", "email", ("a@x.com", "b@x.com")),
        ("not in_list('vip.csv')", "email", ("a@x.com", "b@x.com")),
        ("in_list('keys.txt')", "customer_id", (1, 2)),
        ("in_list('keys.txt', age)", "age", (1, 2)),
        ("in_list('keys.txt', email)", "email", ("1", "2")),
        ("in_list('crm/old.csv')", "customer_id", (7,)),
        ("in_list('twice.txt')", "customer_id", (0, 1, 2, 3, 4)),
        ("in_list('keys.txt', demographics.income)", "income", (1, 2)),
    ],
)
def test_what_a_list_is_compared_with(rule: str, column: str, values: tuple[object, ...]) -> None:
    assert compared(rule) == (column, values)


@pytest.mark.parametrize(
    ("rule", "code", "words", "message", "help"),
    [
        ("in_list('vp.csv')", "file-missing", "'vp.csv'", "no file `vp.csv`", "did you mean `vip.csv`?"),
        ("in_list('zzz')", "file-missing", "'zzz'", "no file `zzz`", "it has `bad.csv`, "),
        ("in_list('lists/vip.csv')", "file-missing", "'lists/vip.csv'", "no file", "did you mean `vip.csv`?"),
        ("in_list('notes.md')", "file-missing", "'notes.md'", "no file", "it has"),
        ("in_list('../segrules.yml')", "wrong-arguments", "'../segrules.yml'", "leads out of", "its name alone"),
        ("in_list('/etc/passwd')", "wrong-arguments", "'/etc/passwd'", "leads out of", "its name alone"),
        ("in_list('crm/../../x.csv')", "wrong-arguments", "'crm/../../x.csv'", "leads out of", "its name alone"),
        ("in_list(email)", "wrong-arguments", "email", "the name of a file first", "`in_list('vips.csv')`"),
        ("in_list()", "wrong-arguments", "in_list()", "takes 1 or 2 values", None),
        ("in_list('vip.csv' where age > 1)", "wrong-arguments", "age > 1", "no rows to pick", None),
        ("in_list('vip.csv', tags)", "wrong-type", "tags", "is a list itself", None),
        ("in_list('vip.csv', today - joined_on)", "wrong-type", "today - joined_on", "there are no lists", None),
        ("in_list('vip.csv', age)", "unfit-value", "'vip.csv'", "line 2 of `lists/vip.csv` has `a@x.com`", "`email`"),
        ("in_list('bad.csv')", "unfit-value", "'bad.csv'", "line 4 of `lists/bad.csv` has `two`, but", None),
        ("in_list('far.txt')", "unfit-value", "'far.txt'", "line 2 of `lists/far.txt`", None),
        ("in_list('days.txt', joined_on)", "unfit-value", "'days.txt'", "line 2", "`2026-01-31`"),
        ("in_list('headless.csv', email)", "unfit-value", "'headless.csv'", "the first line", "names of its columns"),
        ("in_list('numbers.csv')", "unfit-value", "'numbers.csv'", "the first line", "names of its columns"),
        ("in_list('close.csv')", "unknown-name", "'close.csv'", "`emial`, the header of", "did you mean `email`?"),
        ("in_list('nothing.csv')", "empty-list", "'nothing.csv'", "`lists/nothing.csv` has no values", None),
        ("in_list('empty.csv')", "empty-list", "'empty.csv'", "`lists/empty.csv` has no values", None),
        ("in_list('quote.csv', email)", "file-unreadable", "'quote.csv'", "line 3 of `lists/quote.csv`", "doubled"),
        ("in_list('long.txt')", "file-too-large", "'long.txt'", "has 100,001 values", "lookup"),
    ],
)
def test_a_list_that_cannot_be_used(rule: str, code: str, words: str, message: str, help: str | None) -> None:
    _, (finding,) = resolved(rule)
    assert finding.span is not None
    assert (finding.code, finding.span.text) == (code, words)
    assert message in finding.message
    assert (help or "") in (finding.help or "")


def test_what_is_wrong_with_a_list_is_told_only_where_it_is_used() -> None:
    bad = Diagnostic("file-unreadable", "`lists/latin.csv` is not UTF-8 text", path="lists/latin.csv")
    assert resolved("in_list('vip.csv')", {"lists/latin.csv": bad})[1] == ()
    _, findings = resolved("in_list('latin.csv')", {"lists/latin.csv": bad})
    assert shown(findings) == [
        "file-unreadable at 2:14 on \"'latin.csv'\": `lists/latin.csv` is not UTF-8 text",
    ]


def test_a_negative_test_names_the_column_that_is_compared() -> None:
    _, (finding,) = resolved("not in_list('vip.csv')")
    assert finding.code == "negative-on-missing"
    assert finding.message == "`not (in_list('vip.csv'))` also holds where `email` is missing"


def test_a_list_is_part_of_the_hash_of_the_rules(tmp_path: Path) -> None:
    for path, text in {"segrules.yml": SHOP, "lists/a.csv": "email\na@x.com\n"}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    before = hash_of_rules(folder_reader(tmp_path))
    (tmp_path / "lists/a.csv").write_text("email\nb@x.com\n", encoding="utf-8")
    assert hash_of_rules(folder_reader(tmp_path)) != before
