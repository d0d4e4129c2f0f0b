"""Functions of the checker with arguments of their own kind: `at_least`, `bucket`, `distance_km`, `version`."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from segrules.diagnostics import did_you_mean
from segrules.language import syntax
from segrules.language.check_constant_arguments import MOST_PLACES, whole
from segrules.language.check_findings import Findings, described, refuse, unknown, words
from segrules.language.core import Call, Column, Compare, Expression, If, Literal
from segrules.language.scope import Scope
from segrules.language.types import INTEGER, NUMBER, TEXT, VERSION, Kind
from segrules.language.versions import encoded
from segrules.source import Span


def at_least(count: Expression, tests: tuple[Expression, ...], span: Span, findings: Findings) -> Expression:
    """`at_least(2, a, b, c)`: two or more of the tests hold. Each that does adds 1."""
    least = whole(count, "at_least", "how many of its tests must hold,", 1, len(tests), findings)
    if least is None:
        return unknown(span)
    ones = [If(((test, Literal(1, INTEGER)),), Literal(0, INTEGER), INTEGER, test.span) for test in tests]
    return Compare(">=", _sum(ones, span), least, span)


def _sum(parts: list[If], span: Span) -> Expression:
    """The parts added in halves: hundreds in a row would nest too deeply."""
    if len(parts) == 1:
        return parts[0]
    half = (len(parts) + 1) // 2
    return Call("add", (_sum(parts[:half], span), _sum(parts[half:], span)), INTEGER, span)


def distance(arguments: tuple[Expression, ...], span: Span, findings: Findings) -> Expression:
    """`distance_km(latitude, longitude, latitude, longitude)` in degrees."""
    for place, node in enumerate(arguments):
        if not node.type.is_numeric:
            message = f"`distance_km` takes degrees, and `{words(node)}` is {described(node.type)}"
            return refuse(findings, "wrong-type", node.span, message)
        what, most = _COORDINATES[place % 2]
        degrees = node.value if isinstance(node, Literal) else None
        if isinstance(degrees, int | Decimal) and not -most <= degrees <= most:
            help = "the latitude stands first: `distance_km(latitude, longitude, latitude, longitude)`"
            message = f"`{words(node)}` is no {what}, which goes from -{most} to {most}"
            return refuse(findings, "wrong-arguments", node.span, message, help if most == 90 else None)
    return Call("distance_km", arguments, NUMBER, span)


_COORDINATES: tuple[tuple[str, int], ...] = (("latitude", 90), ("longitude", 180))


def version(value: Expression, span: Span, findings: Findings) -> Expression:
    """`version(app)`: a text as a version, which is compared part by part."""
    if value.type.kind is not Kind.TEXT:
        help = f"write it as text: `'{words(value)}'`" if isinstance(value, Literal) and value.type.is_numeric else None
        message = f"`version` takes text, and `{words(value)}` is {described(value.type)}"
        return refuse(findings, "wrong-type", value.span, message, help)
    if isinstance(value, Literal):
        return as_version(value, findings) or unknown(span)
    return Call("version", (value,), VERSION, span)


def as_version(constant: Literal, findings: Findings) -> Literal | None:
    """The version that a constant text is, or None with a finding."""
    found = encoded(str(constant.value))
    if found is None:
        message = f"`{words(constant)}` is no version: up to four numbers of up to 9 digits, such as `'2.10.0'`"
        refuse(findings, "wrong-type", constant.span, message)
        return None
    return Literal(found, VERSION, constant.span)


def with_version(left: Expression, right: Expression, findings: Findings) -> tuple[Expression, Expression] | None:
    """Both sides of a comparison of which at least one is a version; None with a finding where the other is none."""
    sides = []
    for side, other in ((left, right), (right, left)):
        match side:
            case _ if side.type.kind is Kind.VERSION:
                sides.append(side)
            case Literal(value=str()) if (constant := as_version(side, findings)) is not None:
                sides.append(constant)
            case Literal(value=str()):
                return None
            case _:
                message = f"`{words(other)}` is a version, and `{words(side)}` is {described(side.type)}"
                help = f"`version({words(side)})`" if side.type.kind is Kind.TEXT else None
                if isinstance(side, Literal) and side.type.is_numeric:
                    help = f"write the version as text: `'{words(side)}'`"
                refuse(findings, "wrong-type", side.span, message, help)
                return None
    return sides[0], sides[1]


def bucket(
    call: syntax.Call,
    scope: Scope,
    check: Callable[[syntax.Expression], Expression],
    findings: Findings,
) -> Expression:
    """`bucket(10, seed: 'spring')`: a number from 1 to 10 that stays with the entity's key."""
    count, *others = call.arguments
    if others and others[0].keyword is None:
        help = f"`bucket({words(count.span)}, seed: {words(others[0].span)})`"
        return refuse(findings, "wrong-arguments", others[0].span, "what `bucket` mixes in is called `seed`", help)
    if count.keyword is not None:
        message = "how many buckets stands first, without a name"
        return refuse(findings, "wrong-arguments", count.span, message, "`bucket(10, seed: 'spring')`")
    number = whole(check(count.value), "bucket", "a number of buckets", 1, MOST_PLACES, findings)
    seed: Expression = check(others[0].value) if others else Literal("", TEXT, call.span)
    if not isinstance(seed, Literal) or seed.type.kind not in (Kind.TEXT, Kind.UNKNOWN):
        message = f"the seed of `bucket` is a constant text, not `{words(seed)}`"
        return refuse(findings, "wrong-arguments", seed.span, message, "`seed: 'spring'`")
    entity = scope.entity
    key = entity.columns.get(entity.key or "")
    if number is None or key is None or seed.type.kind is Kind.UNKNOWN:
        return unknown(call.span)
    if key.type.kind not in (Kind.INTEGER, Kind.TEXT, Kind.UNKNOWN):
        message = f"`bucket` goes by a key of whole numbers or text, and `{entity.name}.{key.name}` is "
        return refuse(findings, "wrong-type", call.function.span, message + described(key.type))
    return Call("bucket", (Column(entity.name, (), key.name, key.type, False), number, seed), INTEGER, call.span)


def unknown_keyword(call: syntax.Call, findings: Findings) -> bool:
    """Whether a call has an argument with a name that its function does not know, with a finding."""
    for argument in call.arguments:
        known = ("seed",) if call.function.text == "bucket" else ()
        if argument.keyword is not None and argument.keyword.text not in known:
            message = f"`{call.function.text}` has no argument called `{argument.keyword.text}`"
            help = did_you_mean(argument.keyword.text, known) if known else "write the value alone"
            refuse(findings, "wrong-arguments", argument.keyword.span, message, help)
            return True
    return False
