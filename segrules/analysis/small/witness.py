"""One value for each thing, such that formulas hold: a row as far as the theory sees one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from segrules.analysis.small.choices import choices
from segrules.analysis.small.contract import key_promises
from segrules.analysis.small.folds import Fold
from segrules.analysis.small.formulas import All, Formula, Some, Thing, Within
from segrules.analysis.small.known_things import ORDER, thing_of
from segrules.analysis.small.search import OutOfWork, Position, Search, State
from segrules.analysis.small.texts import Part, likely_texts
from segrules.analysis.small.theory import Theory
from segrules.analysis.small.values import MISSING, Values, compared
from segrules.language.core import Column
from segrules.language.types import Kind

WORK = 200_000


def witness(theory: Theory, state: State, others: Iterable[Thing] = ()) -> State | None:
    """Each thing with one value of those that it can have, also other things; None where that was not managed."""
    search = Search(theory, left=WORK)
    found: Position | None = Position(state, ())
    asked = sorted(state, key=_late)
    try:
        for thing in (*asked, *others, *_key(theory)):
            found = None if found is None else _chosen(search, found, thing)
        while found is not None and (
            left := [one for one, values in found.state.items() if not _is_single(one, values)]
        ):
            found = _chosen(search, found, left[0])  # what lookups brought in
    except OutOfWork:
        return None
    return None if found is None or found.open else found.state


def _key(theory: Theory) -> Iterator[Thing]:
    """The key of the row, which it has whatever is asked."""
    entity = theory.rules.entity
    for column in entity.columns:
        if column.name == entity.key:
            yield thing_of(theory, Column(entity.name, (), column.name, column.type))


def _is_key(theory: Theory, thing: Thing) -> bool:
    entity = theory.rules.entity
    node = thing.node
    return isinstance(node, Column) and (node.row, node.path, node.name) == (entity.name, (), entity.key)


def _narrower(theory: Theory, values: Values, kind: Kind) -> Values:
    """Keys that rows in relations may have, too, from 1 on."""
    for promised, _ in key_promises(theory.rules, theory.moment):
        values = values & promised if not (values & promised.known()).is_empty else values
    is_positive = kind is Kind.INTEGER and values.has(1)
    return (values & compared(">=", 1) if is_positive else values).known()


def _late(thing: Thing) -> int:
    """Tests of a text are told before the text, so that it can be made to pass them."""
    return 1 if thing.node is not None and thing.node.type.kind is Kind.TEXT else 0


def _chosen(search: Search, position: Position, thing: Thing) -> Position | None:
    """The same with one value for a thing, the plainest that goes."""
    is_asked = thing in position.state
    if not is_asked:
        values = search.base(thing)
        if thing.group is None and values.missing:  # nothing is asked of it, and nothing is bound by it
            return Position({**position.state, thing: MISSING}, position.open)
        plainest = next(_options(search.theory, position.state, thing, values, is_asked=False), None)
        found = None if plainest is None else search.narrowed(position, thing, plainest)
        if found is not None:
            return found
        touched = search.narrowed(position, thing, values)
        if touched is None:
            return None
        position = touched
    values = position.state[thing]
    if _is_single(thing, values):
        return position
    for one in _options(search.theory, position.state, thing, values, is_asked=is_asked):
        found = search.narrowed(position, thing, one)
        if found is not None:
            return found
    return None


def _is_single(thing: Thing, values: Values) -> bool:
    if values.missing:
        return not values.has_known
    if values.below or len(values.edges) != 2:
        return False
    (first, _), (last, _) = values.edges
    return bool(first == last or (thing.unit is not None and last - first == thing.unit))


def _options(theory: Theory, state: State, thing: Thing, values: Values, *, is_asked: bool) -> Iterator[Values]:
    """Sets of one value each, the plainest first: a missing one where nothing is asked of the thing."""
    if values.missing and not is_asked:
        yield MISSING
    kind = kind_of(thing)
    if _is_key(theory, thing):
        for value in choices(_narrower(theory, values, kind), kind, thing.unit, theory.moment):
            yield compared("==", value)
    if kind is Kind.TEXT:
        tests = {other.about: set_ for other, set_ in state.items() if _is_test_of(other, thing)}
        for text in likely_texts(values, tests):
            yield compared("==", text)
    for value in choices(values, kind, thing.unit, theory.moment):
        yield compared("==", value)
    if values.missing and is_asked:
        yield MISSING


def _is_test_of(other: Thing, text: Thing) -> bool:
    return other.group == text.group and other.group is not None and isinstance(other.about, Part)


def kind_of(thing: Thing) -> Kind:
    if isinstance(thing.about, Fold):
        return thing.about.kind
    return thing.node.type.kind if thing.node is not None else Kind.INTEGER


def things_of(formulas: Iterable[Formula]) -> tuple[Thing, ...]:
    """Every thing that formulas speak of, each once."""
    found: dict[Thing, None] = {}
    seen: set[Formula] = set()
    waiting = list(formulas)[::-1]
    while waiting:
        formula = waiting.pop()
        if formula in seen:
            continue
        seen.add(formula)
        match formula:
            case Within(thing=thing):
                sides = thing.about if thing.group == ORDER else ()
                found.update(dict.fromkeys((*(side for side in sides if side is not None), thing)))
            case All(items=items) | Some(items=items):
                waiting += items[::-1]
    return tuple(found)
