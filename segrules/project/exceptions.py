"""Who is in a segment beside its rule, and who is not: `include`, `exclude`, `suppress`.

What comes later is stronger: the rule or `include`, without `exclude`, without what is suppressed.
"""

from __future__ import annotations

from segrules.diagnostics import Diagnostic
from segrules.language.check_findings import shortened, words, written_name
from segrules.language.check_lists import found_list, member
from segrules.language.core import And, Column, Expression, Literal, Membership, Not, Or, Scalar
from segrules.language.scope import Scope
from segrules.language.types import Kind, Type, list_of
from segrules.project.contract_types import fitted
from segrules.project.declarations import unfit_finding
from segrules.project.leaves import Unfit
from segrules.project.model import Keys, Segment, Suppression
from segrules.source import Span, whole_file

Findings = list[Diagnostic]


def with_exceptions(
    rule: Expression,
    segment: Segment,
    suppressed: tuple[Expression, ...],
    scope: Scope,
    zone: str,
    findings: Findings,
) -> Expression:
    """The test that a segment is: its rule and what stands beside it. `suppressed` are tests that take rows out."""
    span = segment.rule.span
    taken = _member(segment.include, "include", scope, zone, findings)
    left = _member(segment.exclude, "exclude", scope, zone, findings)
    node = rule if taken is None else Or((rule, taken), span)
    out = [Not(test, _said(_without(words(test)))) for test in (*([left] if left else ()), *suppressed)]
    return And((node, *out), span) if out else node


def suppressed_words(suppression: Suppression) -> str:
    """How a test that leaves out what is suppressed everywhere is written in messages."""
    return _without(shortened(suppression.rule.text))


def _without(words: str) -> str:
    return f"not ({words})"


def _member(keys: Keys | None, word: str, scope: Scope, zone: str, findings: Findings) -> Expression | None:
    """The test whether the key of a row is among some keys; None where there are none, or with a finding."""
    column = scope.entity.columns.get(scope.entity.key or "")
    if keys is None or column is None or column.type.kind is Kind.UNKNOWN:
        return None
    key = Column(scope.entity.name, (), column.name, column.type, False, _said(written_name(column.name)))
    shown = _said(f"{word}: {words(keys.span)}")
    if keys.file is None:
        values = _values(keys, column.type, word, zone, findings)
        return Membership(key, Literal(values, list_of(column.type), shown), shown) if values else None
    found = found_list(keys.file, keys.span, scope, findings)
    if found is None:
        return None
    if found.header != column.name and found.header in scope.entity.columns:
        message = f"`lists/{found.name}` lists `{found.header}`, and `{word}` takes keys: `{column.name}`"
        help = f"in a rule it is `in_list('{found.name}')`"
        findings.append(Diagnostic("wrong-value", message, keys.span, help))
        return None
    before = len(findings)
    test = member(key, found, shown, keys.span, findings)
    return test if len(findings) == before else None


def _values(keys: Keys, type: Type, word: str, zone: str, findings: Findings) -> tuple[Scalar, ...]:
    """The keys, each once; those that do not fit the key's column with a finding instead."""
    values: dict[Scalar, None] = {}
    for node in keys.written:
        try:
            value = fitted(node, type, zone)
            if value is None:
                raise Unfit("a key of `{key}` has no value", span=node.span)
            values[value] = None  # type: ignore[index]
        except Unfit as unfit:
            findings.append(unfit_finding(unfit, word, node.span))
    return tuple(values)


def _said(text: str) -> Span:
    """A span that only tells what a test is, for messages: its words do not stand in the rule."""
    return whole_file("", text).span
