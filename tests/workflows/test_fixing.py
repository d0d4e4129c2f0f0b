"""Fixes made in whole files: several in one, in every YAML style, until none is left, and never to the worse."""

from __future__ import annotations

import pytest
from memory_reader import reader

from segrules.project.reader import with_texts
from segrules.workflows import fixing
from segrules.workflows.fixing import FileChange, fix
from segrules.workflows.validate import validate

PATH = "segments/rules.yml"


def mended(text: str) -> str:
    """The rule file with its safe fixes made; made once more, nothing changes."""
    found = fix(reader(text))
    (change,) = found.changes
    assert (change.path, change.before) == (PATH, text)
    assert fix(reader(change.after)).changes == ()
    return change.after


def test_every_rule_of_a_file_is_mended_and_its_comments_stay() -> None:
    text = """\
# ลูกค้า
segments:
  a: age = 3 && country == 'TH'    # สาม
  b:
    any:
      - age =< 3 or age > 5 and age < 9   # mixed
      - email is not null
"""
    assert (
        mended(text)
        == """\
# ลูกค้า
segments:
  a: age == 3 and country == 'TH'    # สาม
  b:
    any:
      - age <= 3 or (age > 5 and age < 9)   # mixed
      - email is known
"""
    )


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("'country == ‘TH’ && age > 3'", "'country == ''TH'' and age > 3'"),
        ('"country == “TH” && age > 3"', "\"country == 'TH' and age > 3\""),
        ('"email == “a\\tb”"', None),
        (">-\n    email == “a\n\n    b”", None),
        (">-\n    age = 3\n    AND\n\n    age <> 5", ">-\n    age == 3\n    and\n\n    age != 5"),
        ("|\n    age is\n      not\n      null", "|\n    age is known"),
        ("{when: age => 3, label: x}", "{when: age >= 3, label: x}"),
        ("age > 1 and\n    email is\n    not NULL", "age > 1 and\n    email is known"),
    ],
)  # fmt: skip
def test_every_style_of_yaml_is_written_as_it_asks_for(wrong: str, right: str | None) -> None:
    text = f"segments:\n  a: {wrong}\n"
    if right is None:
        assert fix(reader(text)).changes == ()
    else:
        assert mended(text) == f"segments:\n  a: {right}\n"


def test_line_ends_stay() -> None:
    assert mended("segments:\r\n  a: age = 3\r\n  b: age <> 3") == "segments:\r\n  a: age == 3\r\n  b: age != 3"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (
            "segments:\n\ta:\n\t\twhen: age == 3\n\tb: age == 4\n",
            "segments:\n  a:\n    when: age == 3\n  b: age == 4\n",
        ),
        ("segments:\n    a:\n\t\twhen: age == 3\n", "segments:\n    a:\n        when: age == 3\n"),
        ("segments:\n  a:\tage == 3\t# x\ty\n", "segments:\n  a: age == 3 # x\ty\n"),
        ("segments:\n  a: age == 3\n\t\t\n", "segments:\n  a: age == 3\n\n"),
    ],
)
def test_tabs_become_blanks(wrong: str, right: str) -> None:
    assert mended(wrong) == right


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("age = NULL", "age is missing"),
        ("not (email != null) and age > 3", "not (email is known) and age > 3"),
        ("sum(orders.amount) == missing", "sum(orders.amount) is missing"),
        (">-\n    email ==\n    undefined", ">-\n    email is missing"),
    ],
)
def test_a_comparison_with_null_asks_whether_there_is_a_value(wrong: str, right: str) -> None:
    assert mended(f"segments:\n  a: {wrong}\n") == f"segments:\n  a: {right}\n"


@pytest.mark.parametrize("rule", ["email == none", "age < null", "null == age", "email == na"])
def test_what_may_be_a_text_or_makes_no_sense_is_left(rule: str) -> None:
    found = fix(reader(f"segments:\n  a: {rule}\n"))
    assert (found.changes, [item.code for item in found.after.findings]) == ((), ["unknown-name"])


def test_parentheses_say_what_and_and_or_mean_already() -> None:
    text = "segments:\n  a: age > 3 and age < 5 or (age == 9 or age == 8 and email is known)\n"
    after = mended(text)
    assert after == "segments:\n  a: (age > 3 and age < 5) or (age == 9 or (age == 8 and email is known))\n"
    assert validate(reader(after)).rules == validate(reader(text)).rules


def test_guesses_are_shown_and_not_made() -> None:
    found = fix(reader("segments:\n  a: ages == 3\n  b: {wen: age == 3}\n  c: segments.aa\n"))
    assert found.changes == ()
    titles = {finding.code: finding.fix.title for finding in found.after.findings if finding.fix}
    assert titles == {"unknown-name": "write `age`", "unknown-key": "write `when`", "unknown-segment": "write `a`"}
    assert not any(finding.fix.is_safe for finding in found.after.findings if finding.fix)


@pytest.mark.parametrize("text", ["ages == 3", "age == 3 and contry == 'TH'", "sgments.b", "orders.amout > 3"])
def test_a_guess_that_is_taken_removes_its_finding(text: str) -> None:
    read = reader(f"segments:\n  b: age == 1\n  a: {text}\n")
    guesses = [finding for finding in validate(read).findings if finding.fix]
    for guess in guesses:
        assert guess.fix is not None
        _, changed = fixing._changed([guess.fix.edits])
        assert guess.message not in [finding.message for finding in validate(with_texts(read, changed)).findings]


def test_mended_rules_may_show_errors_that_nobody_saw_before() -> None:
    found = fix(reader("segments:\n  a: nobody = 3 and nothing == 4\n"))
    assert found.changes == (FileChange(PATH, "segments:\n  a: nobody = 3 and nothing == 4\n", found.changes[0].after),)
    assert [finding.code for finding in found.after.findings] == ["unknown-name", "unknown-name"]
    assert found.refused == ()


def test_a_file_that_would_become_worse_is_left_as_it_is() -> None:
    # inside brackets a comma ends a value, which no fix of a rule can know
    text = "segments: {a: age == 3 or age in (3), b: age = 4}\n"
    found = fix(reader(text, "cases: []\n"))
    assert [finding.code for finding in found.before.findings] == ["syntax", "syntax"]
    assert (found.changes, found.refused, found.mended) == ((), (PATH,), 0)
    assert found.after.findings == found.before.findings


def test_nothing_to_mend_changes_nothing() -> None:
    found = fix(reader("segments:\n  a: age == 3\n"))
    assert (found.changes, found.mended, found.refused) == ((), 0, ())
