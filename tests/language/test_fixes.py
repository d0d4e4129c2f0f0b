"""What the fixes of slips make of a rule: the text that the help speaks of, and in the end one that can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_syntax_errors import SLIPS, finding

from segrules.diagnostics import Diagnostic
from segrules.language.parser import parse
from segrules.project.definitions import parsed_definitions
from segrules.project.loader import folder_reader, load
from segrules.source import edited, whole_file

EXAMPLES = Path(__file__).parents[2] / "examples"


def mended(text: str) -> tuple[str, Diagnostic | None]:
    """The text with safe fixes made until there is none, and what is still wrong with it."""
    for _ in range(100):
        tree, findings = parse(whole_file("rule", text))
        if tree is not None:
            return text, None
        (only,) = findings
        if only.fix is None or not only.fix.is_safe:
            return text, only
        text = edited(text, only.fix.edits)
    raise AssertionError(f"no end of fixes: {text}")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("a = 5", "a == 5"),
        ("a === 5", "a == 5"),
        ("a<>5", "a!=5"),
        ("a =< 5 and b => 3", "a <= 5 and b >= 3"),
        ("a < = 5", "a <= 5"),
        ("a&&b||!c", "a and b or not c"),
        ("!(a) & ( b | c )", "not (a) and ( b or c )"),
        ("a ≠ 1 ∧ b ≤ −3", "a != 1 and b <= -3"),
        ("NOT a AND b OR c", "not a and b or c"),
        ("email is null or email is  not\n NULL", "email is missing or email is known"),
        ("email is not missing and fax is not known", "email is known and fax is missing"),
        ("email not null", "email is known"),
        ("email isnull or email notnull", "email is missing or email is known"),
        ("name is 'x' and name is not 'y'", "name == 'x' and name != 'y'"),
        ("age is between 3 and 5 and age is not in [4]", "age between 3 and 5 and age not in [4]"),
        ("name == ‘x’ or name == “it's”", "name == 'x' or name == 'it''s'"),
        ("name in [«а», „б“]", "name in ['а', 'б']"),
        (
            "age BETWEEN 3 AND 5 AND count(orders FROM 2025-01-01 TO 2025-01-31) > 1",
            "age between 3 and 5 and count(orders from 2025-01-01 to 2025-01-31) > 1",
        ),
        ("country in ('TH', 'T)W') and a", "country in ['TH', 'T)W'] and a"),
        ("tags contains any (\n'a')", "tags contains any [\n'a']"),
        ("spend > $1,000.50 or spend > 30 €", "spend > 1_000.50 or spend > 30"),
        ("spend > 1,000,000", "spend > 1_000_000"),
        ("spend > .5 and x > +3", "spend > 0.5 and x > 3"),
        ("a\u00a0> ５０", "a > 50"),
        ("a\u200b > 1", "a > 1"),
        ("a eq 1 and b gte 2 and name startswith 'x'", "a == 1 and b >= 2 and name starts with 'x'"),
        ("d is in last 30d", "d is in last 30 days"),
    ],
)
def test_safe_fixes_make_a_rule_of_what_was_meant(wrong: str, right: str) -> None:
    assert mended(wrong) == (right, None)


@pytest.mark.parametrize(
    "text",
    [
        "“a b” == 1",
        "x between 1 – 5",
        "d > 30 m ago",
        "a unless b",
        "count(orders on x)",
        "name == ‘it’s’",
        "a = = b = ",
    ],
)
def test_what_may_mean_two_things_is_left_to_its_author(text: str) -> None:
    assert mended(text)[1] is not None


@pytest.mark.parametrize("marked", [marked for marked, _, _ in SLIPS])
def test_a_fix_removes_what_it_is_about(marked: str) -> None:
    text = marked.replace("⟦", "").replace("⟧", "")
    found = finding(text)
    if found.fix is not None:
        assert found.fix.title == found.help
        after = edited(text, found.fix.edits)
        _, findings = parse(whole_file("rule", after))
        place = found.span.start if found.span else 0
        assert [(other.message, other.span.start if other.span else 0) for other in findings] != [
            (found.message, place)
        ]


def rules() -> Iterator[str]:
    """The text of every rule of the examples."""
    for folder in sorted(path.parent for path in EXAMPLES.rglob("segrules.yml")):
        project, _ = load(folder_reader(folder))
        assert project is not None
        for parsed in parsed_definitions(project, []).values():
            for tree in parsed.rules.values():
                assert tree is not None
                text = " ".join(tree.span.text.split())
                if parse(whole_file("rule", text))[0] == tree:  # not written with the escapes of a quoted scalar
                    yield text


RULES = tuple(dict.fromkeys(rules()))
HABITS = (
    (r" == ", (" = ", " === ", "=", " eq ")),
    (r" != ", (" <> ", "<>", " ≠ ", " ne ")),
    (r" >= ", (" => ", " ≥ ", " > = ", " gte ")),
    (r" <= ", (" =< ", " ≤ ", " lte ")),
    (r" and (?!not\b)", (" && ", " AND ", " & ", " ∧ ")),
    (r" or ", (" || ", " OR ", "||")),
    (r"(?<!and )\bnot (?=[(a-z])(?!in |between |contains |matches |starts |ends )", ("!", "NOT ", "¬")),
    (r" is missing\b", (" is null", " IS MISSING", " is NULL", " isnull")),
    (r" is known\b", (" is not null", " is not missing", " not null", " notnull")),
    (r"'(?=[^']*')([^']*)'", (r"‘\1’",)),
)


@given(st.data())
def test_rules_written_with_the_habits_of_other_languages_come_back(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(RULES))
    parts = re.split(r"('(?:[^']|'')*'|\"[^\"]*\")", text)
    for number, part in enumerate(parts):
        for pattern, habits in HABITS[:-1] if number % 2 == 0 else HABITS[-1:] if "''" not in part else ():
            if re.search(pattern, part) and data.draw(st.booleans()):
                part = re.sub(pattern, data.draw(st.sampled_from(habits)), part)
        parts[number] = part
    again, left = mended("".join(parts))
    assert left is None, f"{''.join(parts)}\n{again}\n{left}"
    is_same = parse(whole_file("rule", again))[0] == parse(whole_file("rule", text))[0]
    assert is_same, f"{''.join(parts)}\n{again}\n{text}"
