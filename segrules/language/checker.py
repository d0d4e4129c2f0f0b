"""Gives an expression its meaning: from the syntax tree to the typed core tree, with findings at the very words.

Sugar ends here. Every operand is checked before its operator, so that one expression can have several findings;
what has one becomes a node of unknown type, which fits everywhere and so has no second.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import assert_never

from segrules.diagnostics import Diagnostic, Fix, has_errors
from segrules.language import check_operators as operators
from segrules.language import core, syntax, trees
from segrules.language.aggregates import AGGREGATES
from segrules.language.check_calendar import calendar_call
from segrules.language.check_calls import ARITY, conditional, right_count, scalar, unknown_function
from segrules.language.check_constants import refuse_unknown_constants
from segrules.language.check_elements import elements, is_of_elements, refuse_inside
from segrules.language.check_findings import Findings, described, refuse, unknown, words
from segrules.language.check_lists import in_list
from segrules.language.check_names import Place, resolve
from segrules.language.check_numbers import number
from segrules.language.check_past import past
from segrules.language.check_population import population
from segrules.language.check_population_form import misplaced
from segrules.language.check_rows import fold, previous
from segrules.language.check_special import at_least, bucket, unknown_keyword
from segrules.language.check_time import ago, length
from segrules.language.check_types import as_test
from segrules.language.check_unknown_names import compared_with_nothing
from segrules.language.check_warnings import missing_warnings, threshold_warnings
from segrules.language.check_windows import bound_expressions, spanned, window_test
from segrules.language.populations import POPULATIONS
from segrules.language.scope import Scope
from segrules.language.types import BOOLEAN, DATE, TEXT, TIMESTAMP, Kind
from segrules.source import Edit, Span

MOST_NODES = 100_000


def check(
    expression: syntax.Expression, scope: Scope, *, predicate: bool, warn_of_missing: bool = True
) -> tuple[core.Expression | None, tuple[Diagnostic, ...]]:
    """The core tree of an expression, or None where it has an error, and all findings in the order of the text.

    predicate: it must be a test, as segments and stages are. Without `warn_of_missing` the caller asks
    `missing_warnings` itself, of a tree that this expression is one part of.
    """
    findings: Findings = []
    place = Place(scope)
    node = _test(expression, place, findings) if predicate else _check(expression, place, findings)
    if not has_errors(findings) and _size(node, {}) > MOST_NODES:
        refuse(findings, "too-deep", expression.span, "the expression is too large", "name parts of it as traits")
    if has_errors(findings):
        return None, _ordered(findings)
    warnings = missing_warnings(node) if warn_of_missing else ()
    return node, _ordered([*findings, *warnings, *threshold_warnings(node, scope)])


def check_row(
    expression: syntax.Expression, place: Place, *, predicate: bool
) -> tuple[core.Expression | None, tuple[Diagnostic, ...]]:
    """The same of an expression over the rows at a place: what makes a derived relation."""
    findings: Findings = []
    node = _test(expression, place, findings) if predicate else _check(expression, place, findings)
    if has_errors(findings):
        return None, _ordered(findings)
    warnings = missing_warnings(node) if predicate else ()
    return node, _ordered([*findings, *warnings])


def _ordered(findings: Findings) -> tuple[Diagnostic, ...]:
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.span.start if finding.span else 0))


def _size(node: core.Expression, known: dict[int, int]) -> int:
    """How many nodes a tree has; parts that stand in several places count each time."""
    if id(node) not in known:
        known[id(node)] = 1 + sum(_size(child, known) for child in trees.children(node))
    return known[id(node)]


def _test(node: syntax.Expression, place: Place, findings: Findings) -> core.Expression:
    return as_test(_check(node, place, findings), findings)


def _check(node: syntax.Expression, place: Place, findings: Findings) -> core.Expression:
    match node:
        case syntax.Constant():
            return _constant(node, findings)
        case syntax.Percent(value=value):
            return number(value, node.span, findings)
        case syntax.Length(count=count, unit=unit):
            return length(count, unit, node.span, findings)
        case syntax.Ago():
            return ago(_check(node.length, place, findings), node.span, findings)
        case syntax.Moment(reading=reading):
            return core.Clock(reading, node.span)
        case syntax.Name():
            return resolve(node, place, findings)
        case syntax.ListOf():
            message = "a list stands only after `in`, `contains any` and `contains all`"
            return refuse(findings, "wrong-type", node.span, message)
        case syntax.Parentheses(inner=inner):
            return _check(inner, place, findings)
        case syntax.Unary(operator="not", operand=operand):
            return core.Not(_test(operand, place, findings), node.span)
        case syntax.Unary(operand=operand):
            return operators.minus(_check(operand, place, findings), node.span, findings)
        case syntax.Logic():
            return _logic(node, place, findings)
        case syntax.Arithmetic():
            left, right = _check(node.left, place, findings), _check(node.right, place, findings)
            return operators.calculation(node.operator, left, right, node.span, findings)
        case syntax.Call():
            return _call(node, place, findings)
        case syntax.Case():
            return _case(node, place, findings)
        case _:
            return _relation_test(node, place, findings)


def _constant(node: syntax.Constant, findings: Findings) -> core.Expression:
    match node.value:
        case bool():
            return core.Literal(node.value, BOOLEAN, node.span)
        case str():
            return core.Literal(node.value, TEXT, node.span)
        case datetime():
            return core.Literal(node.value, TIMESTAMP, node.span)
        case date():
            return core.Literal(node.value, DATE, node.span)
        case value:
            return number(value, node.span, findings)


def _logic(node: syntax.Logic, place: Place, findings: Findings) -> core.Expression:
    if node.operator == "or":
        mixed = next((part for part in node.operands if isinstance(part, syntax.Logic)), None)
        if mixed is not None:
            shown = " or ".join(
                f"({words(part.span)})" if isinstance(part, syntax.Logic) else words(part.span)
                for part in node.operands
            )
            message = "`and` binds tighter than `or`, which a reader may not see"
            fix = Fix(f"write `{shown}`", edits) if (edits := _in_parentheses(node.operands)) else None
            findings.append(Diagnostic("mixed-and-or", message, mixed.operators[0], f"`{shown}` says so", fix=fix))
    items = tuple(_test(operand, place, findings) for operand in node.operands)
    return operators.combined(node.operator, items, node.span)


def _in_parentheses(operands: tuple[syntax.Expression, ...]) -> tuple[Edit, ...]:
    """The changes that put those operands of an `or` that are joined by `and` into parentheses."""
    if len({part.span for part in operands}) < len(operands):  # it is not known where in the file they stand
        return ()
    ends = [(part.span, part.span.start, part.span.end) for part in operands if isinstance(part, syntax.Logic)]
    return tuple(
        Edit(Span(span.file, place, place), sign)
        for span, *places in ends
        for place, sign in zip(places, "()", strict=True)
    )


_Test = syntax.Comparison | syntax.In | syntax.Between | syntax.Is | syntax.TextTest | syntax.ListTest | syntax.InWindow


def _relation_test(node: _Test, place: Place, findings: Findings) -> core.Expression:
    match node:
        case syntax.Comparison():
            before = len(findings)
            left, right = _sides(node.left, node.right, place, findings)
            findings[before:] = [compared_with_nothing(node, finding) for finding in findings[before:]]
            ago_said = _is_ago(node.left) or _is_ago(node.right)
            return operators.comparison(node.operator, left, right, node.span, place.scope, findings, ago_said)
        case syntax.Between():
            item, low, high = (_check(part, place, findings) for part in (node.item, node.low, node.high))
            return operators.between(item, low, high, node.negated, node.span, findings, _is_ago(node.low))
        case syntax.In():
            item = _check(node.item, place, findings)
            values, elements = _list(node.values, item, place, findings)
            test = operators.membership(item, values, elements, node.negated, node.span, findings)
            return _possible(test, item, elements or (values,), place.scope, findings)
        case syntax.Is():
            return operators.state(_state_item(node, place, findings), node.state == "known", node.span)
        case syntax.TextTest():
            left, right = _check(node.left, place, findings), _check(node.right, place, findings)
            word = node.operator_span
            test = operators.text_test(node.test, left, right, node.negated, word, node.span, findings)
            in_list = left.type.kind is Kind.LIST
            return _possible(test, left, (right,), place.scope, findings) if in_list else test
        case syntax.ListTest():
            left = _check(node.left, place, findings)
            values, elements = _list(node.right, left, place, findings)
            test = operators.list_test(node.quantity, left, values, elements, node.negated, node.span, findings)
            return _possible(test, left, elements or (values,), place.scope, findings)
        case syntax.InWindow():
            return _in_window(node, place, findings)
        case _:
            assert_never(node)


def _sides(
    left: syntax.Expression, right: syntax.Expression, place: Place, findings: Findings
) -> tuple[core.Expression, core.Expression]:
    """Both sides of a comparison."""
    first = _check(left, place, findings)
    return first, _constant_for(right, first, False, place, findings)


def _constant_for(
    node: syntax.Expression, value: core.Expression, must: bool, place: Place, findings: Findings
) -> core.Expression:
    """What stands beside a value; an unknown word beside a text may be one without its quotes (in a list it `must`)."""
    before = len(findings)
    constant = _check(node, place, findings)
    kind = value.type.element.kind if value.type.element else value.type.kind
    match node:
        case syntax.Name(parts=(syntax.Identifier(text=word, quoted=False),)) if kind is Kind.TEXT:
            help = f"text goes in single quotes: `'{word}'`"
            if [finding.code for finding in findings[before:]] == ["unknown-name"]:
                if findings[-1].help is None or (must and "did you mean" in findings[-1].help):
                    findings[-1] = replace(findings[-1], help=help)
            elif must and len(findings) == before and constant.type.kind is not Kind.UNKNOWN:
                message = f"a list holds constants, and `{word}` is a name"
                return refuse(findings, "wrong-type", node.span, message, help)
    return constant


def _is_ago(node: syntax.Expression) -> bool:
    while isinstance(node, syntax.Parentheses):
        node = node.inner
    return isinstance(node, syntax.Ago)


def _possible(
    test: core.Expression,
    value: core.Expression,
    constants: tuple[core.Expression, ...],
    scope: Scope,
    findings: Findings,
) -> core.Expression:
    """The test, after a look for constants that the value never has, unless it has a finding already."""
    if test.type.kind is not Kind.UNKNOWN:
        refuse_unknown_constants(value, constants, scope, findings)
    return test


def _list(
    node: syntax.Expression, sought: core.Expression, place: Place, findings: Findings
) -> tuple[core.Expression, tuple[core.Expression, ...]]:
    """A list in which something is `sought`, and its constants one by one where they are written here."""
    while isinstance(node, syntax.Parentheses):
        node = node.inner
    if not isinstance(node, syntax.ListOf):
        return _check(node, place, findings), ()
    elements = tuple(_constant_for(item, sought, True, place, findings) for item in node.items)
    return operators.constants(elements, node.span, findings), elements


def _state_item(node: syntax.Is, place: Place, findings: Findings) -> core.Expression:
    match node.item:
        case syntax.Name(parts=(part,)) if part.text in place.scope.relations:
            before = len(findings)
            item = _check(node.item, place, findings)
            if len(findings) > before and findings[-1].code == "relation-as-value":
                function = "none" if node.state == "missing" else "any"
                findings[-1] = replace(findings[-1], help=f"`{function}({part.text})`?")
            return item
        case item:
            return _check(item, place, findings)


def _in_window(node: syntax.InWindow, place: Place, findings: Findings) -> core.Expression:
    item = _check(node.item, place, findings)
    bounds = tuple(_check(bound, place, findings) for bound in bound_expressions(node.window))
    if not item.type.is_temporal:
        message = f"a window is for dates, and `{words(item)}` is {described(item.type)}"
        return refuse(findings, "wrong-type", item.span, message)
    test = window_test(item, node.window, bounds, False, place.scope.fiscal_year_starts, findings)
    return unknown(node.span) if item.type.kind is Kind.UNKNOWN else spanned(test, node.span)


def _case(node: syntax.Case, place: Place, findings: Findings) -> core.Expression:
    arms = tuple((_test(test, place, findings), _check(value, place, findings)) for test, value in node.arms)
    otherwise = None if node.otherwise is None else _check(node.otherwise, place, findings)
    return conditional(arms, otherwise, node.span, findings)


def _call(call: syntax.Call, place: Place, findings: Findings) -> core.Expression:
    function = call.function.text
    if is_of_elements(call, place):
        return elements(call, place, findings, _check)
    if place.elements and function in (*POPULATIONS, *AGGREGATES):
        return refuse_inside(call, findings)
    if function in POPULATIONS:
        return population(call, place, findings, _check)
    if function == "was":
        return past(call, place, findings, _check)
    if misplaced(call, findings) or unknown_keyword(call, findings):
        return unknown(call.span)
    if function in AGGREGATES:
        return fold(call, place, findings, _check)
    if function == "previous":
        return previous(call, place, findings, _check)
    if function not in ARITY:
        known = (*ARITY, *AGGREGATES, "previous", "was", *POPULATIONS, "case")
        return unknown_function(call.function, known, findings)
    for qualifier in (call.where, call.window, call.within):
        if qualifier is not None:
            message = f"`{function}` works on one value, so there are no rows to pick"
            return refuse(findings, "wrong-arguments", qualifier.span, message)
    if not right_count(call.function, len(call.arguments), call.span, findings):
        return unknown(call.span)
    return _scalar(call, place, findings)


def _scalar(call: syntax.Call, place: Place, findings: Findings) -> core.Expression:
    written = tuple(argument.value for argument in call.arguments)
    match call.function.text:
        case "start_of" | "fiscal_year" | "fiscal_quarter":
            return calendar_call(
                call, place.scope.fiscal_year_starts, findings, lambda part: _check(part, place, findings)
            )
        case "if":
            test = _test(written[0], place, findings)
            values = tuple(_check(value, place, findings) for value in written[1:])
            return conditional(((test, values[0]),), values[1] if len(values) == 2 else None, call.span, findings)
        case "at_least":
            tests = tuple(_test(value, place, findings) for value in written[1:])
            return at_least(_check(written[0], place, findings), tests, call.span, findings)
        case "bucket":
            return bucket(call, place.scope, lambda value: _check(value, place, findings), findings)
        case "in_list":
            return in_list(tuple(_check(value, place, findings) for value in written), call.span, place.scope, findings)
        case function:
            return scalar(function, tuple(_check(value, place, findings) for value in written), call.span, findings)
