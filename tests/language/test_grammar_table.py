"""The grammar's table that is kept beside it: always of this grammar, and quick to read."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from segrules.language import parser
from segrules.language.parser import grammar_text, parse, table_text
from segrules.language.reductions import REDUCTIONS
from segrules.language.words import RESERVED
from segrules.source import whole_file


def test_the_kept_table_is_made_from_the_grammar() -> None:
    kept = Path(parser.__file__).parents[2] / "grammar" / "segrules.table.json"
    assert kept.read_text("utf-8") == table_text(grammar_text()), "write table_text(grammar_text()) into the file"


def test_a_table_of_another_grammar_is_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = grammar_text().replace('("missing" | "known")', '("absent" | "known")')
    monkeypatch.setattr(parser, "grammar_text", lambda: changed)
    parser._machine.cache_clear()
    try:
        assert parse(whole_file("rule", "x is absent"))[1] == ()
        assert parse(whole_file("rule", "x is missing"))[0] is None
    finally:
        parser._machine.cache_clear()


def test_every_alternative_of_the_grammar_has_its_function() -> None:
    table = json.loads(table_text(grammar_text()))
    assert {name for _, _, name in table["rules"] if name} == set(REDUCTIONS)
    assert all(size == 1 for size, _, name in table["rules"] if name is None)


def test_grammar_and_messages_reserve_the_same_words() -> None:
    listed = re.search(r"^_NOT_RESERVED: /\(\?!\(\?:([a-z|]+)\)", grammar_text(), re.MULTILINE)
    assert listed is not None
    assert set(listed[1].split("|")) == RESERVED


def test_reading_rules_does_not_import_lark() -> None:
    program = (
        "import sys; from segrules.language.parser import parse; from segrules.source import whole_file;"
        "assert parse(whole_file('x', 'a == 1'))[0]; sys.exit('lark' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
