"""Core trees as formulas: that a test holds, that a value is known, that a value is known and lies in a set.

A test that is missing does not hold, and its negation does: the complement of a formula is exact.
"""

from __future__ import annotations

from collections.abc import Iterator

from segrules.analysis.small import folds, paths
from segrules.analysis.small.constants import value_of
from segrules.analysis.small.formulas import FALSE, TRUE, Formula, Thing
from segrules.analysis.small.known_things import between_two, is_plain_thing, thing_of
from segrules.analysis.small.paths import same_kind
from segrules.analysis.small.texts import text_test
from segrules.analysis.small.theory import Theory, is_own
from segrules.analysis.small.unwrapping import unwrapped
from segrules.analysis.small.values import EVERYTHING, Values, among, between, compared
from segrules.language.core import (
    Aggregate,
    And,
    Call,
    Compare,
    Expression,
    If,
    IsMissing,
    Literal,
    Membership,
    Not,
    Or,
    Population,
    Reference,
)
from segrules.language.functions import PREDICATES, missing_rule
from segrules.language.trees import is_predicate
from segrules.language.types import Kind

MOST_CONSTANTS = 2_000
"""A longer list of constants is not looked into."""

_TRUE = compared("==", 1)
_MIRRORED = {"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def holds(theory: Theory, node: Expression) -> Formula:
    """That a Boolean is true."""
    make = theory.formulas
    match node:
        case Literal(value=value):
            return TRUE if value is True else FALSE
        case Reference() if is_own(node):
            return _once(theory, node)
        case And(items=items):
            return make.all_of(holds(theory, item) for item in items)
        case Or(items=items):
            return make.some_of(holds(theory, item) for item in items)
        case Not(item=item):
            return make.negated(holds(theory, item))
        case IsMissing(item=item):
            return make.negated(is_known(theory, item))
        case Compare(operator=operator, left=left, right=right):
            return _comparison(theory, operator, left, right)
        case Membership(item=item, values=values):
            return _membership(theory, item, values)
        case Aggregate(function=function) if folds.is_counted(function):
            return folds.counted(theory, node, holds, is_known)
        case Call(function=function) if function in PREDICATES:
            return _predicate(theory, node)
        case Population(type=type) if type.kind is Kind.BOOLEAN:
            wanted = value_in(theory, node.value, compared(">", 0)) if node.function == "in_top_share" else TRUE
            return make.all_of((_is_ranked(theory, node), wanted, make.within(thing_of(theory, node), _TRUE)))
        case _:
            return value_in(theory, node, _TRUE)


def _is_ranked(theory: Theory, node: Population) -> Formula:
    """That a row is among those that a function over all of them looks at."""
    where = TRUE if node.where is None else holds(theory, node.where)
    return theory.formulas.all_of((is_known(theory, node.value), where))


def _once(theory: Theory, node: Reference) -> Formula:
    key = ("holds", node.to, node.name)
    if key not in theory.known:
        theory.known[key] = holds(theory, theory.meaning(node))
    found: Formula = theory.known[key]
    return found


def is_known(theory: Theory, node: Expression) -> Formula:
    """That a value is not missing."""
    make = theory.formulas
    match node:
        case Literal(value=value):
            return FALSE if value is None else TRUE
        case Reference(to=to, name=name) if is_own(node):
            if to == "segment":
                return TRUE
            key = ("known", to, name)
            if key not in theory.known:
                theory.known[key] = is_known(theory, theory.meaning(node))
            found: Formula = theory.known[key]
            return found
        case If():
            return make.some_of(
                make.all_of((way, is_known(theory, value))) for way, value in paths.ways(theory, node, holds)
            )
        case Population(is_overall=False) if node.type.kind is not Kind.BOOLEAN:
            return _is_ranked(theory, node)
        case Aggregate():
            return folds.known(theory, node, holds, is_known)
        case Call(function=function, arguments=arguments) if function not in PREDICATES:
            each = [is_known(theory, part) for part in arguments]
            if missing_rule(function, (False, True)) and not missing_rule(function, (True, True)):
                return make.some_of(each)
            if not missing_rule(function, (True,)):
                return TRUE
            if function in ("least", "greatest", "coalesce"):
                return make.some_of(each)
            thing = thing_of(theory, node)
            return make.all_of((*each, make.within(thing, EVERYTHING.known())))
        case _ if is_predicate(node):
            return TRUE
        case _:
            return make.within(thing_of(theory, node), EVERYTHING.known())


def value_in(theory: Theory, node: Expression, values: Values) -> Formula:
    """That a value is known and among some, which are told as values of its type are."""
    make = theory.formulas
    match node:
        case Literal():
            value = value_of(node, node.type)
            return TRUE if value is not None and values.has(value) else FALSE
        case Reference(to=to, name=name) if is_own(node):
            key = ("value", to, name, values)
            if key not in theory.known:
                theory.known[key] = value_in(theory, theory.meaning(node), values)
            found: Formula = theory.known[key]
            return found
        case If():
            return _of_ways(theory, node, values)
        case Aggregate() if node.type.kind is not Kind.BOOLEAN:
            return folds.value_in(theory, node, values, holds, is_known)
        case Call(function="coalesce", arguments=arguments) if same_kind(node, arguments):
            return _first_known(theory, arguments, values)
        case Call(function="least" | "greatest" as function, arguments=arguments) if same_kind(node, arguments):
            return _extreme(theory, function, arguments, values)
    inside = unwrapped(node, values, theory.moment.zone)
    if inside is not None:
        return value_in(theory, *inside)
    table = paths.outcomes(theory, node, holds) if isinstance(node, Call) else None
    if table is not None:
        return make.some_of(way for value, way in table if value is not None and values.has(value))
    if is_predicate(node) and not _is_plain(node):
        return _truth(theory, holds(theory, node), values)
    return make.all_of((is_known(theory, node), make.within(thing_of(theory, node), values)))


def _is_plain(node: Expression) -> bool:
    """Whether a Boolean is a thing of its own."""
    if isinstance(node, Aggregate):
        return not folds.is_counted(node.function)
    if isinstance(node, Population):
        return node.type.kind is not Kind.BOOLEAN
    plain = Literal | Compare | Membership | IsMissing | And | Or | Not
    return not (isinstance(node, plain) or (isinstance(node, Call) and node.function in PREDICATES))


def _truth(theory: Theory, formula: Formula, values: Values) -> Formula:
    """That a test's outcome is among some."""
    make = theory.formulas
    outcomes = ((formula, 1), (make.negated(formula), 0))
    return make.some_of(way for way, value in outcomes if values.has(value))


def _of_ways(theory: Theory, node: If, values: Values) -> Formula:
    make = theory.formulas
    ways = tuple(paths.ways(theory, node, holds))
    if not same_kind(node, tuple(value for _, value in ways)):
        return make.all_of((is_known(theory, node), make.within(thing_of(theory, node), values)))
    return make.some_of(make.all_of((way, value_in(theory, value, values))) for way, value in ways)


def _first_known(theory: Theory, arguments: tuple[Expression, ...], values: Values) -> Formula:
    make = theory.formulas
    found: list[Formula] = []
    before: list[Formula] = []
    for part in arguments:
        found.append(make.all_of((*before, value_in(theory, part, values))))
        before.append(make.negated(is_known(theory, part)))
    return make.some_of(found)


def _extreme(theory: Theory, function: str, arguments: tuple[Expression, ...], values: Values) -> Formula:
    """That the least of the known ones is in each range from its start on, and not past its end."""
    make = theory.formulas
    found: list[Formula] = []
    for start, end in values.ranges():
        above = Values((start,)) if start else Values(below=True)
        under = Values((end,), below=True) if end else Values(below=True)
        every, some = (above, under) if function == "least" else (under, above)
        beyond = every.known().complement().known()
        none_beyond = (make.negated(value_in(theory, part, beyond)) for part in arguments)
        found.append(make.all_of((*none_beyond, make.some_of(value_in(theory, part, some) for part in arguments))))
    return make.some_of(found)


# tests of two values


def _comparison(theory: Theory, operator: str, left: Expression, right: Expression) -> Formula:
    if isinstance(left, Literal) and not isinstance(right, Literal):
        return _comparison(theory, _MIRRORED[operator], right, left)
    if isinstance(right, Literal):
        if right.value is None:
            return FALSE
        constant = value_of(right, left.type)
        if constant is not None:
            return value_in(theory, left, compared(operator, constant))
        return _opaque(theory, Compare(operator, left, right))  # type: ignore[arg-type]
    return _two(theory, operator, left, right)


def _two(theory: Theory, operator: str, left: Expression, right: Expression) -> Formula:
    """A comparison of two values: what stands between them is a thing of its own, -1, 0 or 1."""
    make = theory.formulas
    for one, other, sign in ((left, right, operator), (right, left, _MIRRORED[operator])):
        table = paths.outcomes(theory, one, holds)
        if table is not None and (one.type.kind is Kind.NUMBER) == (other.type.kind is Kind.NUMBER):
            return make.some_of(
                make.all_of((way, value_in(theory, other, compared(_MIRRORED[sign], value))))
                for value, way in table
                if value is not None
            )
    first, second = theory.key(left), theory.key(right)
    both = (is_known(theory, left), is_known(theory, right))
    if first == second:
        return both[0] if "=" in operator else FALSE
    sides = (_plain_thing(theory, left), _plain_thing(theory, right)) if same_kind(left, (right,)) else (None, None)
    thing, is_turned = between_two(theory, (first, second), sides)
    told = _MIRRORED[operator] if is_turned else operator
    return make.all_of((*both, make.within(thing, compared(told, 0))))


def _plain_thing(theory: Theory, node: Expression) -> Thing | None:
    """The thing that a value is, where it is nothing else."""
    if isinstance(node, Reference) and is_own(node):
        return _plain_thing(theory, theory.meaning(node))
    if isinstance(node, Aggregate):
        return None if folds.is_counted(node.function) else folds.thing_of_fold(theory, node, holds, is_known)
    return thing_of(theory, node) if is_plain_thing(node) else None


def _membership(theory: Theory, item: Expression, values: Expression) -> Formula:
    match values:
        case Literal(value=tuple() as listed) if len(listed) <= MOST_CONSTANTS and values.type.element is not None:
            element = values.type.element
            constants = [value_of(Literal(one, element), item.type) for one in listed]
            if None not in constants:
                return value_in(theory, item, among(constants))
        case Literal():
            pass
        case _ if isinstance(item, Literal):
            return _has(theory, values, item)
    return _opaque(theory, Membership(item, values))


def _opaque(theory: Theory, node: Compare | Membership | Call) -> Formula:
    """A test that is not looked into, but that what it is about must be known."""
    make = theory.formulas
    thing = theory.thing(("test", theory.key(node)), None, between(0, 1), unit=1)
    sides = (is_known(theory, part) for part in _sides(node))
    return make.all_of((*sides, make.within(thing, _TRUE)))


def _sides(node: Compare | Membership | Call) -> Iterator[Expression]:
    match node:
        case Compare(left=left, right=right):
            yield from (left, right)
        case Membership(item=item, values=values):
            yield from (item, values)
        case Call(arguments=arguments):
            yield from arguments


# tests of texts and lists


def _predicate(theory: Theory, node: Call) -> Formula:
    make = theory.formulas
    match node.function, node.arguments:
        case "list_contains", (items, Literal() as value):
            return _has(theory, items, value)
        case (("contains_any" | "contains_all" as function), (items, Literal(value=tuple() as wanted, type=type))):
            if type.element is not None and wanted and len(wanted) <= MOST_CONSTANTS:
                each = (_has(theory, items, Literal(value, type.element)) for value in wanted)
                return make.some_of(each) if function == "contains_any" else make.all_of(each)
        case function, (text, Literal(value=str() as part)):
            return _of_text(theory, text, function, part)
    return _opaque(theory, node)


def _of_text(theory: Theory, text: Expression, function: str, part: str) -> Formula:
    """A test of a text with a constant."""
    make = theory.formulas
    if isinstance(text, Reference) and is_own(text):
        return _of_text(theory, theory.meaning(text), function, part)
    if isinstance(text, If):
        ways = paths.ways(theory, text, holds)
        return make.some_of(make.all_of((way, _of_text(theory, value, function, part))) for way, value in ways)
    found = text_test(theory, text, function, part)
    if isinstance(found, bool):
        return TRUE if found else FALSE
    if isinstance(found, Values):
        return value_in(theory, text, found)
    return make.all_of((is_known(theory, text), make.within(found, _TRUE)))


def _has(theory: Theory, items: Expression, value: Literal) -> Formula:
    """That a list is known and has a value in it."""
    make = theory.formulas
    match items:
        case Reference() if is_own(items):
            return _has(theory, theory.meaning(items), value)
        case If():
            ways = paths.ways(theory, items, holds)
            return make.some_of(make.all_of((way, _has(theory, part, value))) for way, part in ways)
        case Call(function="known_list", arguments=arguments):
            return make.some_of(_comparison(theory, "==", part, value) for part in arguments)
        case Literal(value=tuple() as listed, type=type) if type.element is not None:
            own = (Literal(one, type.element) for one in listed)
            return make.some_of(_comparison(theory, "==", part, value) for part in own)
        case Literal():
            return FALSE
    element = items.type.element
    constant = None if element is None else value_of(value, element)
    if constant is None:
        return _opaque(theory, Call("list_contains", (items, value), items.type))
    list_key = theory.key(items)
    thing = theory.thing(
        ("has", list_key, constant), None, between(0, 1), unit=1, group=("list", list_key), about=("has", constant)
    )
    return make.all_of((is_known(theory, items), make.within(thing, _TRUE)))
