"""The finding for a name that nothing here has, with the best guess at what was meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from segrules.diagnostics import Diagnostic, Fix, did_you_mean
from segrules.language import syntax
from segrules.language.check_findings import Findings, refuse, words, written_name
from segrules.language.check_things import things_of
from segrules.language.core import Expression
from segrules.language.scope import Row, Scope
from segrules.source import Edit, Span

_MISSING_WORDS = frozenset({"missing", "null", "none", "nil", "nan", "na", "undefined"})
_NOTHING = frozenset({"missing", "null", "nil", "undefined"})
"""Those of them that are hardly ever a text whose quotes are missing."""

_DEEPEST_LOOKUP = 3


def unknown_name(name: syntax.Name, scope: Scope, relation: Row | None, findings: Findings) -> Expression:
    """Report a name that is no column, trait, segmentation or relation."""
    word = ".".join(part.text for part in name.parts)
    message = f"`{word}` is not a column or trait"
    if relation is not None:
        message = f"`{word}` is not a column of `{relation.name}` or `{scope.entity.name}`, nor a trait"
    asked = (name, relation, len(scope.relations))  # a derived relation is known from where it is checked
    if asked not in scope.guesses:
        scope.guesses[asked] = _guess(name, word, scope, relation)
    return refuse(findings, "unknown-name", name.span, message, scope.guesses[asked])


def compared_with_nothing(test: syntax.Comparison, finding: Diagnostic) -> Diagnostic:
    """The finding for a comparison with `null`, which asks whether there is a value; other findings as they are."""
    match test:
        case syntax.Comparison("==" | "!=" as operator, left, syntax.Name(parts=(word,), span=span)) if (
            finding.code == "unknown-name" and finding.span == span != left.span and word.text.casefold() in _NOTHING
        ):
            state = "is missing" if operator == "==" else "is known"
            help = f"write `{words(left.span)} {state}`"
            edit = Edit(Span(span.file, left.span.end, span.end), f" {state}")
            return replace(finding, help=help, fix=Fix(help, (edit,)))
        case _:
            return finding


def closest_segment(word: str, scope: Scope) -> str | None:
    """The guess at what was meant by the name of a segment that there is not."""
    if word not in scope.guesses:
        scope.guesses[word] = did_you_mean(word, scope.segments)
    return scope.guesses[word]


def _guess(name: syntax.Name, word: str, scope: Scope, relation: Row | None) -> str | None:
    if name.parts[0].quoted and len(name.parts) == 1:
        return f"double quotes name a column; text goes in single quotes: `'{word}'`"
    if word.casefold() in ("true", "false"):
        return f"write `{word.casefold()}`"
    if prefixed := _prefixed(name, scope, relation):
        return f"did you mean `{prefixed}`?"
    if word.casefold() in _MISSING_WORDS:
        return "whether a value is there is asked with `is missing` or `is known`"
    if word in scope.segments:
        return f"`{word}` is a segment: `segments.{word}`"
    if word in scope.params:
        return f"`{word}` is a param: `params.{word}`"
    if word in _constants(scope, relation):
        return f"text goes in single quotes: `'{word}'`"
    reachable = tuple(_reachable(scope, relation))
    exact = next((path for path in reachable if path.rsplit(".", 1)[-1] == word), None)
    if exact:
        return f"did you mean `{exact}`?"
    owner = next((row for row in scope.relations.values() if word in row.columns), None)
    if owner is not None:
        return f"`{owner.name}.{written_name(word)}` is a column of the relation `{owner.name}`"
    return _closest(word, scope, reachable)


def _prefixed(name: syntax.Name, scope: Scope, relation: Row | None) -> str | None:
    """What a name with a prefix that is none, `segment.vip` or `traits.spend`, most likely means."""
    first, *others = (part.text for part in name.parts)
    rest = ".".join(others)
    match first.casefold():
        case "segment" if rest in scope.segments:
            return f"segments.{rest}"
        case "param" if rest in scope.params:
            return f"params.{rest}"
        case "trait" | "traits" | "column" | "columns" | "entity" | "lookup" | "lookups" | "segmentations":
            return rest if rest in _reachable(scope, relation) else None
    return None


def _closest(word: str, scope: Scope, reachable: tuple[str, ...]) -> str | None:
    """The nearest name, trying what is written without a prefix before what has one."""
    last_parts = {path.rsplit(".", 1)[-1]: path for path in reversed(reachable)}
    prefixed = {**last_parts, **{segment: f"segments.{segment}" for segment in scope.segments}}
    for known in (reachable, scope.relations, prefixed):
        help = did_you_mean(word, known)
        if help:
            guess = help.split("`")[1]
            return f"did you mean `{prefixed[guess]}`?" if known is prefixed else help
    return None


def _reachable(scope: Scope, relation: Row | None) -> Iterator[str]:
    """Every value that can be named here, as it would be written."""
    if relation is not None:
        yield from _paths(relation, "", _DEEPEST_LOOKUP)
    yield from scope.traits
    yield from scope.segmentations
    yield from _paths(scope.entity, "", _DEEPEST_LOOKUP)


def _paths(row: Row, prefix: str, depth: int) -> Iterator[str]:
    yield from (prefix + written_name(column) for column in row.columns)
    yield from (prefix + thing for thing in things_of(row))
    if depth:
        for lookup_name, lookup in row.lookups.items():
            yield from _paths(lookup, f"{prefix}{written_name(lookup_name)}.", depth - 1)


def _constants(scope: Scope, relation: Row | None) -> frozenset[object]:
    """Texts that some column or segmentation near here is declared to have."""
    rows = [scope.entity, *scope.entity.lookups.values()]
    if relation is not None:
        rows += [relation, *relation.lookups.values()]
    columns = (column for row in rows for column in row.columns.values())
    labels = (label for names, _ in scope.segmentations.values() for label in names)
    return frozenset((*(value for column in columns for value in column.values or ()), *labels))
