"""Which clauses of a rule changed: those of two versions side by side, as their authors wrote them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal as OneOf

from segrules.language.clauses import is_one_test, written_clauses
from segrules.language.core import (
    Aggregate,
    And,
    Call,
    Compare,
    Duration,
    Expression,
    IsMissing,
    Literal,
    Membership,
    Not,
    Or,
    Population,
)
from segrules.language.normal_form import normal_form
from segrules.language.trees import walk
from segrules.language.types import DURATION
from segrules.planning.labels import constant, words

Effect = OneOf["wider", "narrower"]
Alike = Callable[[Expression], Expression]
"""The normal form under which clauses of both versions are compared."""


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """A clause that another one took the place of; without `before` it is new, without `after` it is gone.

    joint: how it stands beside others: all of them must hold, any of them, or it stands alone. effect: whether it
    lets more rows through or fewer, where that is plain. values: constants that changed where the words do not say so,
    as those of params do: before and after.
    """

    before: Expression | None
    after: Expression | None
    joint: OneOf["all", "any", "alone"] = "alone"
    effect: Effect | None = None
    values: tuple[tuple[str, str], ...] = ()

    @property
    def texts(self) -> tuple[str | None, str | None]:
        """Both clauses in their authors' words, on one line."""
        return said(self.before), said(self.after)


def clause_changes(
    before: Expression, after: Expression, then: Alike = normal_form, now: Alike = normal_form
) -> tuple[ClauseChange, ...]:
    """The smallest clauses in which two versions of a rule differ. `then` and `now` are the forms to compare by."""
    return tuple(_changes(before, after, then, now, "alone", 1))


def said(node: Expression | None) -> str | None:
    """A clause as its author wrote it; a list of clauses as `all of (a; b)`."""
    if node is None:
        return None
    text = "" if node.span is None else node.span.words
    match node:
        case And(items=items) | Or(items=items) if text in ("", "all", "any", "none") and len(items) > 1:
            word = "all of" if isinstance(node, And) else "any of"
            return f"{word} ({'; '.join(str(said(item)) for item in items)})"
        case Not(item=item) if text in ("", "none"):
            return f"not {said(item)}"
        case _:
            return text or words(node)


def _changes(
    before: Expression, after: Expression, then: Alike, now: Alike, joint: OneOf["all", "any", "alone"], sign: int
) -> Iterator[ClauseChange]:
    if then(before) == now(after):
        return
    match before, after:
        case (Not(item=left), Not(item=right)):
            inner = {"all": "any", "any": "all", "alone": "alone"}
            if isinstance(left, And | Or) and isinstance(right, And | Or) and not is_one_test(before):
                yield from _changes(left, right, then, now, inner[joint], -sign)  # type: ignore[arg-type]
                return
    kind = _shared_kind(before, after, then, now)
    if kind is None:
        yield _replaced(before, after, joint, sign)
        return
    old, new = _unmatched(_clauses(before, kind), _clauses(after, kind), then, now)
    inside: OneOf["all", "any"] = "all" if kind is And else "any"
    for clause in old[:]:
        partner = next((item for item in new if _subject(item, now) == _subject(clause, then)), None)
        if partner is not None:
            old.remove(clause)
            new.remove(partner)
            yield from _changes(clause, partner, then, now, inside, sign)
    if len(old) == len(new) == 1:
        yield from _changes(old[0], new[0], then, now, inside, sign)
        return
    widens = (kind is And) == (sign > 0)
    yield from (ClauseChange(item, None, inside, "wider" if widens else "narrower") for item in old)
    yield from (ClauseChange(None, item, inside, "narrower" if widens else "wider") for item in new)


def _shared_kind(before: Expression, after: Expression, then: Alike, now: Alike) -> type[And] | type[Or] | None:
    """As a list of what kind two rules can be compared clause by clause; a single clause is a list of one.

    Of an `and` and an `or` it is the one that has the other among its clauses.
    """
    kinds = {type(node) for node in (before, after) if isinstance(node, And | Or) and not is_one_test(node)}
    if len(kinds) == 1:
        return And if And in kinds else Or
    for kind in (And, Or) if kinds else ():
        old, new = (_clauses(node, kind) for node in (before, after))
        if len(old) != len(new) and {then(item) for item in old} & {now(item) for item in new}:
            return kind
    return None


def _clauses(node: Expression, kind: type[And] | type[Or]) -> list[Expression]:
    """The clauses of a list; what sugar stands for stays one."""
    if not isinstance(node, kind) or is_one_test(node):
        return [node]
    return [part for clause in written_clauses(node) for part in _clauses(clause, kind)]


def _unmatched(
    old: Sequence[Expression], new: Sequence[Expression], then: Alike, now: Alike
) -> tuple[list[Expression], list[Expression]]:
    """The clauses that the other version has not."""
    before, after = {then(item) for item in old}, {now(item) for item in new}
    return [item for item in old if then(item) not in after], [item for item in new if now(item) not in before]


def _subject(node: Expression, alike: Alike) -> object:
    """What a test is about: the value that it compares."""
    match node:
        case Not(item=item):
            return _subject(item, alike)
        case Compare(left=left, right=right):
            return alike(right if isinstance(left, Literal) else left)
        case Membership(item=item) | IsMissing(item=item):
            return alike(item)
        case And(items=items) | Or(items=items):
            return _subject(items[0], alike) if is_one_test(node) else type(node)
        case Aggregate(function=function, relation=relation):
            return function, relation
        case Population(function=function, value=value):
            return function, alike(value)
        case Call(arguments=(first, *_)):
            return alike(first)
        case _:
            return alike(node)


def _replaced(before: Expression, after: Expression, joint: OneOf["all", "any", "alone"], sign: int) -> ClauseChange:
    effect = _effect(before, after)
    if effect is not None and sign < 0:
        effect = "narrower" if effect == "wider" else "wider"
    texts = said(before) or "", said(after) or ""
    has_param = "params." in texts[0] + texts[1] and len(list(walk(before))) == len(list(walk(after)))
    values = _values(before, after) if has_param or texts[0] == texts[1] else ()
    return ClauseChange(before, after, joint, effect, values)


def _effect(before: Expression, after: Expression) -> Effect | None:
    """Whether the second of two tests of one value holds for more rows."""
    match normal_form(before), normal_form(after):
        case Not(item=left), Not(item=right):
            inner = _effect(left, right)
            return None if inner is None else "narrower" if inner == "wider" else "wider"
        case (
            Compare(operator=first, left=left, right=Literal(value=low)),
            Compare(operator=second, left=right, right=Literal(value=high)),
        ) if left == right and first[0] == second[0] and first[0] in "<>" and low is not None and high is not None:
            return _moved(first[0], low, high) or _loosened(first, second)
        case (
            Membership(item=left, values=Literal(value=tuple() as few)),
            Membership(item=right, values=Literal(value=tuple() as many)),
        ) if left == right:
            one, other = set(few), set(many)
            return "wider" if one < other else "narrower" if other < one else None
        case _:
            return None


def _moved(direction: str, low: object, high: object) -> Effect | None:
    try:
        is_higher = high > low  # type: ignore[operator]
    except TypeError:
        return None
    if low == high:
        return None
    return "wider" if is_higher == (direction == "<") else "narrower"


def _loosened(first: str, second: str) -> Effect | None:
    return None if first == second else "wider" if second.endswith("=") else "narrower"


def _values(before: Expression, after: Expression) -> tuple[tuple[str, str], ...]:
    """The constants that differ, in pairs, where two trees are alike but for them."""
    found: dict[tuple[str, str], None] = {}
    for left, right in zip(_with_arguments(before), _with_arguments(after), strict=False):
        if isinstance(left, Literal) and isinstance(right, Literal) and left.value != right.value:
            if isinstance(left.value, tuple) and isinstance(right.value, tuple):
                found[_lists(left.value, right.value)] = None
            else:
                found[_said_constant(left), _said_constant(right)] = None
    return tuple(found)


def _with_arguments(node: Expression) -> Iterator[Expression]:
    """All nodes, and the share or number that a function such as `in_top` takes, and its `within`."""
    for part in walk(node):
        yield part
        if isinstance(part, Aggregate | Population) and part.argument is not None:
            yield part.argument
        if isinstance(part, Aggregate) and part.within is not None:
            yield Literal(_length(part.within), DURATION)


def _length(microseconds: int) -> Duration:
    """A length of time in the largest unit of which it is a whole number."""
    units: tuple[tuple[OneOf["day", "hour", "minute"], int], ...] = (("day", 86_400), ("hour", 3_600), ("minute", 60))
    seconds = microseconds // 1_000_000
    for unit, size in units:
        if seconds % size == 0:
            return Duration(seconds // size, unit)
    return Duration(seconds, "second")


def _said_constant(node: Literal) -> str:
    """A constant as it was written: `60 days ago` is minus 60 days in the tree."""
    return words(node).removeprefix("-") if isinstance(node.value, Duration) else words(node)


def _lists(before: tuple[object, ...], after: tuple[object, ...]) -> tuple[str, str]:
    """What only one of two lists has."""
    gone = [constant(value) for value in before if value not in set(after)]
    new = [constant(value) for value in after if value not in set(before)]
    return _some(gone), _some(new)


def _some(values: Sequence[str]) -> str:
    shown = ", ".join(values[:3]) or "nothing"
    return shown if len(values) <= 3 else f"{shown} and {len(values) - 3:,} more"
