"""Reads the text of one expression into its syntax tree.

The grammar is `grammar/segrules.lark`. Lark turns it into an LALR(1) table, which is kept beside it as
`segrules.table.json` because making it takes longer than reading a whole project; a table made from another text of
the grammar is never used. After a change of the grammar, write `table_text(grammar_text())` there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import regex

from segrules.diagnostics import Diagnostic
from segrules.language import syntax
from segrules.language.reductions import REDUCTIONS
from segrules.language.syntax_errors import explain
from segrules.language.words import END, Word
from segrules.source import Fragment

MAX_DEPTH = 100
"""Levels that a tree may have: every later phase recurses over it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One alternative of the grammar: how many parts it takes, what they become, and what to make of them.

    Without `build` the one part stands for the whole.
    """

    size: int
    becomes: str
    build: Callable[[list[Any]], Any] | None


@dataclass(frozen=True, slots=True)
class Machine:
    """The LALR(1) automaton. An action is the state to go on to, or a rule to apply."""

    actions: tuple[dict[str, int | Rule], ...]
    scanners: tuple[regex.Pattern[str], ...]
    final: int


def parse(fragment: Fragment) -> tuple[syntax.Expression | None, tuple[Diagnostic, ...]]:
    """The tree of an expression, or None and what is wrong with its text."""
    tree, wrong, _ = _read(fragment)
    return tree, wrong


def words_of(fragment: Fragment) -> tuple[Word, ...]:
    """The words and signs of an expression in order, as far as it can be read."""
    return tuple(_read(fragment)[2])


def _read(fragment: Fragment) -> tuple[syntax.Expression | None, tuple[Diagnostic, ...], list[Word]]:
    machine = _machine()
    actions = machine.actions
    states = [0]
    values: list[Any] = []
    depths: list[int] = []
    words: list[Word] = []
    while True:
        word = _next_word(machine.scanners[states[-1]], fragment, words[-1].end if words else 0)
        if word is None:
            return None, (_explain(machine, fragment, words, states[-1]),), words
        while isinstance(action := actions[states[-1]].get(word.kind), Rule):
            if action.build is not None:
                wrong = _apply(action.build, action.size, values, depths)
                if wrong is not None:
                    return None, (wrong,), words
            del states[-action.size :]
            follow = actions[states[-1]][action.becomes]
            assert isinstance(follow, int)
            states.append(follow)
            if follow == machine.final and word.kind == END:
                return values[-1], (), words
        if action is None:
            return None, (_explain(machine, fragment, words, states[-1]),), words
        states.append(action)
        values.append(word)
        depths.append(0)
        words.append(word)


def _apply(build: Callable[[list[Any]], Any], size: int, values: list[Any], depths: list[int]) -> Diagnostic | None:
    """Puts what is built of the last values in their place; a Diagnostic where it is refused."""
    outcome = build(values[-size:])
    # a list collects equals (`a and b and c`): only what is made of it is one level higher
    depth = max(depths[-size:]) + (not isinstance(outcome, list))
    if depth > MAX_DEPTH:
        return Diagnostic(
            "too-deep",
            f"the expression is nested more than {MAX_DEPTH} levels deep",
            outcome.span,
            "give parts of it names of their own, as traits or segments",
        )
    values[-size:] = [outcome]
    depths[-size:] = [depth]
    return outcome if isinstance(outcome, Diagnostic) else None


def _next_word(scanner: regex.Pattern[str], fragment: Fragment, position: int) -> Word | None:
    """The word or sign after `position`; None where the language has none like it at this place."""
    match = scanner.match(fragment.text, position)
    if match is None:
        return None
    kind = match.lastgroup
    if kind is None:
        return Word(END, "", fragment.span_of(position, position), position, position)
    text = match[kind].rstrip()
    start = match.start(kind)
    return Word(kind, text, fragment.span_of(start, start + len(text)), start, start + len(text))


def _explain(machine: Machine, fragment: Fragment, words: list[Word], state: int) -> Diagnostic:
    """What is wrong with the word after `words`, seen first with the eyes of this place, then with any."""
    position = words[-1].end if words else 0
    scanners = dict.fromkeys((machine.scanners[state], *machine.scanners))
    found = (_next_word(scanner, fragment, position) for scanner in scanners)
    word = next((word for word in found if word), None)
    return explain(fragment, words, word, "NAME" in machine.actions[state])


# the table


@cache
def _machine() -> Machine:
    grammar = grammar_text()
    kept = resources.files("segrules.grammar").joinpath("segrules.table.json")
    table = json.loads(kept.read_text("utf-8")) if kept.is_file() else {}
    if table.get("grammar") != _fingerprint(grammar):
        table = make_table(grammar)
    return _read_table(table)


def grammar_text() -> str:
    """The grammar as shipped."""
    return resources.files("segrules.grammar").joinpath("segrules.lark").read_text("utf-8")


def _fingerprint(grammar: str) -> str:
    return hashlib.sha256(grammar.encode()).hexdigest()


def _read_table(table: dict[str, Any]) -> Machine:
    rules = [Rule(size, becomes, REDUCTIONS[name] if name else None) for size, becomes, name in table["rules"]]
    actions = tuple(
        {symbol: rules[~number] if number < 0 else number for symbol, number in state.items()}
        for state in table["states"]
    )
    # where a value may start, words are names; elsewhere they are words of the language
    at_value = [kind for kind in table["words"] if any(kind in state for state in actions if "NAME" in state)]
    after_value = [kind for kind in table["words"] if any(kind in state for state in actions if "NAME" not in state)]
    value, other = (_scanner({kind: table["words"][kind] for kind in kinds}) for kinds in (at_value, after_value))
    return Machine(actions, tuple(value if "NAME" in state else other for state in actions), table["final"])


def _scanner(words: dict[str, str]) -> regex.Pattern[str]:
    alternatives = "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in words.items())
    return regex.compile(rf"[ \t\r\n]*+(?:{alternatives}|\Z)")


def make_table(grammar: str) -> dict[str, Any]:
    """The automaton of a grammar as plain data, the same on every run.

    `words` are patterns, the one that wins first. A number in `states` is a state or, inverted (~), that of a rule.
    """
    from lark import Lark

    lark = Lark(grammar, parser="lalr", regex=True)
    found = lark.parser.parser._parse_table
    order = [found.start_states["start"]]
    for state in order:  # grows: states are numbered in the order in which they are first reached
        reached = (target for _, (_, target) in sorted(found.states[state].items(), key=_symbol))
        order += dict.fromkeys(target for target in reached if isinstance(target, int) and target not in order)
    numbers = {state: number for number, state in enumerate(order)} | {rule: ~n for n, rule in enumerate(lark.rules)}
    words = sorted(lark.terminals, key=lambda word: -word.priority)
    return {
        "grammar": _fingerprint(grammar),
        "words": {word.name: word.pattern.to_regexp() for word in words if word.name not in lark.ignore_tokens},
        "rules": [[len(rule.expansion), rule.origin.name, rule.alias] for rule in lark.rules],
        "states": [
            {symbol: numbers[target] for symbol, (_, target) in sorted(found.states[state].items(), key=_symbol)}
            for state in order
        ],
        "final": numbers[found.end_states["start"]],
    }


def _symbol(action: tuple[str, Any]) -> str:
    return action[0]


def table_text(grammar: str) -> str:
    """What `segrules.table.json` holds for a grammar: a line for each word, rule and state."""
    table = make_table(grammar)
    words = [f"{json.dumps(word)}: {json.dumps(pattern)}" for word, pattern in table["words"].items()]
    rules, states = ([json.dumps(item) for item in table[part]] for part in ("rules", "states"))
    words_text, rules_text, states_text = (",\n".join(lines) for lines in (words, rules, states))
    return (
        f'{{"grammar": "{table["grammar"]}", "final": {table["final"]},\n"words": {{\n{words_text}}},\n'
        f'"rules": [\n{rules_text}],\n"states": [\n{states_text}]}}\n'
    )
