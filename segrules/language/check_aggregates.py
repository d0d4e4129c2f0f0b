"""Aggregates of the checker: which relation one folds, what it takes, and the type of what it gives."""

from __future__ import annotations

import re

from segrules.diagnostics import did_you_mean
from segrules.language import syntax
from segrules.language.aggregates import AGGREGATES, OF_ROWS, OF_VALUES, is_test
from segrules.language.check_findings import Findings, described, refuse, unknown, words, written_name
from segrules.language.check_names import Looked
from segrules.language.check_sequences import Sequenced
from segrules.language.check_things import refuse_entity
from segrules.language.core import Aggregate, Expression, Literal
from segrules.language.names_used import names_in
from segrules.language.populations import IN_OVERALL
from segrules.language.scope import Row, Scope
from segrules.language.types import (
    BOOLEAN,
    DECIMAL,
    DURATION,
    INTEGER,
    MAX_PRECISION,
    NUMBER,
    UNKNOWN,
    Kind,
    Type,
    decimal,
)
from segrules.source import Span


def relation_of(call: syntax.Call, scope: Scope, findings: Findings) -> Row | None:
    """The relation that an aggregate folds, or None with a finding."""
    function = call.function.text
    if len(call.arguments) != 1:
        takes = "a relation" if function in OF_ROWS else "one value of a relation's rows"
        help = _after_where(call)
        if function in ("min", "max") and len(call.arguments) > 1 and (help is None or "…" in help):
            help = f"`{'least' if function == 'min' else 'greatest'}(…)` takes several values"
        message = f"`{function}` takes {takes}, and here are {len(call.arguments)} arguments"
        refuse(findings, "wrong-arguments", call.span, message, help)
        return None
    argument = call.arguments[0].value
    while isinstance(argument, syntax.Parentheses):
        argument = argument.inner
    return (_of_rows if function in OF_ROWS else _of_values)(function, argument, scope, findings)


def rolled(call: syntax.Call, base: Row, findings: Findings) -> Row | None:
    """The relation that a column of a rollup folds: always the one it is made from."""
    function = call.function.text
    if len(call.arguments) != 1:
        takes = f"`{base.name}`" if function in OF_ROWS else f"one value of the rows of `{base.name}`"
        message = f"`{function}` takes {takes}, and here are {len(call.arguments)} arguments"
        refuse(findings, "wrong-arguments", call.span, message, _after_where(call))
        return None
    match call.arguments[0].value:
        case syntax.Name(parts=(part,)) if part.text == base.name:
            if function in OF_ROWS:
                return base
            message = f"`{function}` takes a value of each row, and `{base.name}` is the relation itself"
            refuse(findings, "relation-as-value", part.span, message, f"`{function}` of a column of it")
            return None
        case argument if function in OF_ROWS:
            message = f"a rollup of `{base.name}` folds its rows, and `{words(argument.span)}` is something else"
            refuse(findings, "value-as-relation", argument.span, message, f"`{function}({base.name})`")
            return None
    return base


def _after_where(call: syntax.Call) -> str | None:
    """The call with the tests that stand after commas behind `where`, as they belong."""
    if len(call.arguments) < 2 or call.where is not None:
        return None
    first, *others = (argument.value for argument in call.arguments)
    tests = " and ".join(words(other.span) for other in others)
    if call.window is not None or not all(isinstance(other, _TESTS) for other in others):
        tests = "…"
    return f"tests stand after `where`: `{call.function.text}({words(first.span)} where {tests})`"


_TESTS = (
    syntax.Comparison,
    syntax.In,
    syntax.Between,
    syntax.Is,
    syntax.TextTest,
    syntax.ListTest,
    syntax.InWindow,
)


def _of_rows(function: str, argument: syntax.Expression, scope: Scope, findings: Findings) -> Row | None:
    match argument:
        case syntax.Name(parts=(part,)) if part.text in scope.relations:
            return scope.relations[part.text]
        case syntax.Name(parts=(part,)) if part.text in scope.entities or part.text in scope.entity.lookups:
            refuse_entity(function, part, scope, _relations(scope), findings)
        case syntax.Name(parts=(part,)) if _is_value(part.text, scope):
            message = f"`{function}` takes a relation, and `{part.text}` is a value of `{scope.entity.name}`"
            refuse(findings, "value-as-relation", argument.span, message, _of_list(function, argument, scope))
        case syntax.Name(parts=(part,)):
            help = did_you_mean(part.text, scope.relations) or _relations(scope)
            refuse(findings, "unknown-relation", argument.span, f"there is no relation `{part.text}`", help)
        case syntax.Name(parts=(part, *_)) if part.text in scope.relations:
            message = f"`{function}` takes a relation, and `{words(argument.span)}` is a value of its rows"
            help = f"`{function}({part.text} where {words(argument.span)} is known)`?"
            column = scope.relations[part.text].columns.get(argument.parts[-1].text)
            if column is not None and column.type.kind is Kind.LIST and len(argument.parts) == 2:
                tests = f"{function}({words(argument.span)} as item where …)"
                help = f"one test of lists inside another of rows: `any({part.text} where {tests})`"
            refuse(findings, "value-as-relation", argument.span, message, help)
        case _:
            message = f"`{function}` takes a relation, and `{words(argument.span)}` is a value"
            help = _relations(scope)
            names = [name.parts[0].text for name in names_in(argument).values]
            relation = next((name for name in names if name in scope.relations), None)
            if relation:
                help = f"tests stand after `where`: `{function}({relation} where …)`"
            refuse(findings, "value-as-relation", argument.span, message, help)
    return None


def _is_value(word: str, scope: Scope) -> bool:
    return word in scope.entity.columns or word in scope.traits or word in scope.segmentations


def _of_list(function: str, argument: syntax.Name, scope: Scope) -> str | None:
    """Help where a value of the entity stands for a relation: a list has elements to test."""
    word = argument.parts[0].text
    known = scope.entity.columns.get(word) or scope.traits.get(word)
    if known is not None and known.type.kind is Kind.LIST:
        if function not in ("any", "none", "every", "count"):
            return "`any`, `none`, `every` and `count` look into lists"
        return f"the elements of a list need a name: `{function}({words(argument.span)} as item where …)`"
    return _relations(scope)


def _relations(scope: Scope) -> str | None:
    names = ", ".join(f"`{name}`" for name in scope.relations)
    return f"relations here: {names}" if names else "there is no relation here"


def _of_values(function: str, argument: syntax.Expression, scope: Scope, findings: Findings) -> Row | None:
    if isinstance(argument, syntax.Call) and argument.function.text in (*OF_ROWS, *OF_VALUES):
        message = f"`{argument.function.text}` stands inside `{function}`"
        help = f"`{words(argument.span)}` is one value already: leave `{function}` out"
        refuse(findings, "nested-aggregate", argument.function.span, message, help)
        return None
    names = sorted(names_in(argument).values, key=lambda name: name.span.start)
    names = [name for name in names if name.parts[0].text in scope.relations]
    bare = next((name for name in names if len(name.parts) == 1), None)
    if bare is not argument and bare is not None and _is_value(bare.parts[0].text, scope):
        bare = None
    if bare is not None:
        relation = scope.relations[bare.parts[0].text]
        message = f"`{function}` takes a value of each row, and `{relation.name}` is the relation itself"
        column = _column_for(function, relation)
        opening = f"{function}({'…, ' if AGGREGATES[function].argument else ''}"
        help = f"`{opening}{column})`?" if column else f"`count({relation.name})` counts its rows"
        refuse(findings, "relation-as-value", bare.span, message, help)
        return None
    found = tuple(dict.fromkeys(name.parts[0].text for name in names if len(name.parts) > 1))
    if len(found) == 1:
        return scope.relations[found[0]]
    if found:
        message = f"`{function}` folds the rows of one relation, and here are {' and '.join(f'`{n}`' for n in found)}"
        refuse(findings, "wrong-arguments", argument.span, message)
        return None
    message = f"`{function}` folds the rows of a relation, and `{words(argument.span)}` names none"
    refuse(findings, "wrong-arguments", argument.span, message, _qualified(function, argument, scope))
    return None


def _qualified(function: str, argument: syntax.Expression, scope: Scope) -> str | None:
    """How the author may have meant to name a column of some relation."""
    for name in names_in(argument).values:
        for relation in scope.relations.values():
            word = name.parts[0].text
            if word in relation.columns or (word in relation.lookups and len(name.parts) > 1):
                return f"did you mean `{relation.name}.{'.'.join(part.text for part in name.parts)}`?"
    columns = (_column_for(function, relation) for relation in scope.relations.values())
    column = next((column for column in columns if column), None)
    match argument:
        case syntax.Name(parts=(part,)) if _is_value(part.text, scope) and function in IN_OVERALL:
            share = "0.2, " if AGGREGATES[function].argument else ""
            over_all = f"`overall({function}({share}{words(argument.span)}))` looks at every {scope.entity.name}"
            return f"{over_all}; a column of rows is named such as `{column}`" if column else over_all
    if column:
        return f"name a column with its relation, such as `{column}`"
    return None if scope.relations else "there is no relation here"


def _column_for(function: str, relation: Row) -> str | None:
    """A column of a relation that an aggregate may well be about: for a sum an amount, never a number that names."""
    of_numbers = function in _OF_NUMBERS
    fitting = [
        column
        for name, column in relation.columns.items()
        if name != relation.key
        and (not of_numbers or (column.type.is_numeric and name != relation.order and not _NAMING.search(name)))
    ]
    if of_numbers:
        fitting.sort(key=lambda column: column.type.kind is Kind.INTEGER)
    return f"{relation.name}.{written_name(fitting[0].name)}" if fitting else None


_NAMING = re.compile(r"(?i:(?:^|[^a-z])(?:id|key|code|no|nr|number|zip|phone|index)$)|I[dD]$")
"""The end of a column's name whose numbers name things, so that their sum says nothing."""


def aggregate(
    call: syntax.Call,
    looked: Looked,
    value: Expression | None,
    where: Expression | None,
    window: Expression | None,
    argument: Literal | None,
    sequenced: Sequenced,
    findings: Findings,
) -> Expression:
    """The node of an aggregate whose parts are checked."""
    function, word = call.function.text, call.function.span
    relation = looked.relation
    if function in ("every", "share") and where is None:
        help = f"`{function}({relation.name} where …)`"
        return refuse(findings, "missing-where", word, f"`{function}` needs a test of its rows", help)
    if AGGREGATES[function].in_order and relation.time is None and relation.order is None:
        return no_order(function if argument is None else f"number {argument.value}", relation, word, findings)
    type = result_type(function, value, call.span, findings)
    if type is None:
        return unknown(call.span)
    steps, within = sequenced.steps, sequenced.within
    return Aggregate(
        function, relation.name, value, where, window, type, looked.label, steps, within, argument, span=call.span
    )


_OF_NUMBERS = ("sum", "avg", "median", "quantile", "stddev")
_TO_NUMBERS = _OF_NUMBERS[1:]


def result_type(function: str, value: Expression | None, span: Span, findings: Findings) -> Type | None:
    """The type of an aggregate; None with a finding where its value does not fit."""
    if value is None:
        return BOOLEAN if is_test(function) else NUMBER if function == "share" else INTEGER
    kind = value.type.kind
    if kind is Kind.UNKNOWN:
        return INTEGER if function in ("count_distinct", "longest_streak") else UNKNOWN
    match function:
        case "first" | "last" | "nth":
            return value.type
        case "mode" if kind is not Kind.LIST:
            return value.type
        case "count_distinct" if kind is not Kind.LIST:
            return INTEGER
        case "longest_streak" if kind in (Kind.DATE, Kind.INTEGER):
            return INTEGER
        case "longest_streak":
            help = f"`date({words(value)})` is its day" if kind is Kind.TIMESTAMP else None
            message = f"`longest_streak` counts days or whole numbers, and `{words(value)}` is {described(value.type)}"
            refuse(findings, "wrong-type", value.span or span, message, help)
            return None
        case "min" | "max" if kind not in (Kind.LIST, Kind.BOOLEAN):
            return value.type
        case "sum" if value.type.is_numeric:
            return sum_type(value.type)
        case _ if function in _TO_NUMBERS and value.type.is_numeric:
            return NUMBER
        case _ if function in _TO_NUMBERS and kind is Kind.DURATION:
            return DURATION
    help = f"`count({_first_part(value)} where …)` counts rows" if kind is Kind.BOOLEAN else None
    what = "numbers" if function in _OF_NUMBERS else "single values that have an order"
    what = "single values" if function in ("count_distinct", "mode") else what
    message = f"`{function}` folds {what}, and `{words(value)}` is {described(value.type)}"
    refuse(findings, "wrong-type", value.span or span, message, help)
    return None


def sum_type(type: Type) -> Type:
    """The type of a sum of values of a type."""
    if type.kind is not Kind.DECIMAL or type == DECIMAL:
        return type
    return decimal(MAX_PRECISION, type.digits_behind)


def _first_part(value: Expression) -> str:
    return words(value).split(".")[0]


def no_time(at: Span, consequence: str, relation: Row, findings: Findings) -> Expression:
    """The finding for what needs the time of a relation that has none."""
    message = f"`{relation.name}` has no `time`, so {consequence}"
    return refuse(findings, "no-time", at, message, "declare `time` in segrules.yml, or test a column after `where`")


def no_order(function: str, relation: Row, at: Span, findings: Findings) -> Expression:
    """The finding for what needs to know how the rows of a relation stand that does not tell."""
    which = {"previous": "is before another", "sequence": "is after another", "funnel": "is after another"}
    consequence = f"no row of it {which.get(function, f'is the {function}')}"
    message = f"`{relation.name}` has neither `time` nor `order`, so {consequence}"
    return refuse(findings, "no-order", at, message, "declare one of them in segrules.yml")
