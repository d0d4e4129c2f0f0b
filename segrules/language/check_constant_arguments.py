"""Constants that functions take: a share of 1, the place of a row, how many tests must hold."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from segrules.language.check_findings import Findings, refuse, words
from segrules.language.core import Expression, Literal
from segrules.language.types import DECIMAL, INTEGER, Kind

MOST_PLACES = 1_000_000
"""The largest place of a row, number of buckets and the like."""


def share(node: Expression, function: str, findings: Findings) -> Literal | None:
    """A constant from 0 to 1, in one form however it is written; None with a finding for anything else."""
    help: str | None = None
    match node:
        case Literal(value=int() | Decimal() as value) if not isinstance(value, bool) and 0 <= value <= 1:
            return Literal(Decimal(value).normalize(), DECIMAL, node.span)
        case _ if node.type.kind is Kind.UNKNOWN:
            return None
        case Literal(value=int() | Decimal() as value) if 1 < value <= 100:
            help = f"in percent it is `{words(node)}%`"
    message = f"`{function}` takes a share such as `0.2` or `20%`, not `{words(node)}`"
    refuse(findings, "wrong-arguments", node.span, message, help)
    return None


def whole(node: Expression, function: str, what: str, least: int, most: int, findings: Findings) -> Literal | None:
    """A constant whole number from `least` to `most`; None with a finding for anything else."""
    match node:
        case Literal(value=int() as value) if not isinstance(value, bool) and least <= value <= most:
            return replace(node, type=INTEGER)
        case _ if node.type.kind is Kind.UNKNOWN:
            return None
    message = f"`{function}` takes {what} from {least} to {most}, not `{words(node)}`"
    refuse(findings, "wrong-arguments", node.span, message)
    return None
