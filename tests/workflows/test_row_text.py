"""Values that are written into YAML are read back as they were."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from segrules.project.yaml_source import Scalar, Sequence, read_yaml
from segrules.workflows.testing.row_text import flow, scalar

TEXTS = st.text(st.characters(blacklist_categories=("Cs",)))


@given(text=TEXTS)
@example(text="")
@example(text="no: #1")
@example(text="null")
@example(text="2026-01-31")
@example(text="\u200b\U0001f600'\"\\\n\t\x85\u2028\ufeff\x00")
def test_a_text_is_read_back(text: str) -> None:
    node, findings = read_yaml("a.yml", f"[{scalar(text)}, 1]\n")
    assert findings == ()
    assert isinstance(node, Sequence)
    assert isinstance(node.items[0], Scalar)
    assert node.items[0].fragment.text == text
    assert node.items[0].value == text


@given(
    value=st.one_of(
        st.none(), st.booleans(), st.integers(), st.dates(date(1000, 1, 1)), st.datetimes(datetime(1000, 1, 1))
    )
)
def test_another_value_is_read_back(value: object) -> None:
    node, findings = read_yaml("a.yml", f"[{scalar(value)}]\n")
    assert findings == ()
    assert isinstance(node, Sequence)
    assert isinstance(node.items[0], Scalar)
    assert node.items[0].value == value
    assert type(node.items[0].value) is type(value)


@given(value=st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20))
def test_a_number_is_read_back(value: Decimal) -> None:
    node, _ = read_yaml("a.yml", f"[{scalar(value)}]\n")
    assert isinstance(node, Sequence)
    assert isinstance(node.items[0], Scalar)
    assert node.items[0].value == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("TH", "TH"),
        ("ลูกค้า", "ลูกค้า"),
        ("two words", "two words"),
        ("5", "'5'"),
        ("no", "'no'"),
        ("it's", "'it''s'"),
        ("a: b", "'a: b'"),
        ("", "''"),
        (" x", "' x'"),
        (Decimal("1.50"), "1.50"),
        (("a", "b c"), "[a, b c]"),
    ],
)
def test_values_are_written_plainly(value: object, text: str) -> None:
    assert scalar(value) == text


def test_names_with_dots_need_no_quotes() -> None:
    assert flow({"demographics.income": 5, "a b.c": 1, "x, y": 2}) == "{demographics.income: 5, a b.c: 1, 'x, y': 2}"
