"""How the checker reports: a finding is added, and a node of unknown type stands where the error was."""

from __future__ import annotations

from collections.abc import Iterable

from segrules.diagnostics import Diagnostic, did_you_mean, guess
from segrules.language.core import Expression, Literal
from segrules.language.types import UNKNOWN, Kind, Type
from segrules.language.words import RESERVED
from segrules.source import Span

Findings = list[Diagnostic]

_LONGEST_QUOTE = 60


def refuse(findings: Findings, code: str, span: Span | None, message: str, help: str | None = None) -> Literal:
    """Add an error; the node given back fits everywhere, so that one mistake is one finding."""
    findings.append(Diagnostic(code, message, span, help, fix=guess(help, span)))
    return unknown(span)


def unknown(span: Span | None) -> Literal:
    """The node of what already has a finding."""
    return Literal(None, UNKNOWN, span)


def words(at: Span | Expression | None) -> str:
    """The author's words at a span or of a node, on one line, cut where they are long."""
    span = at if at is None or isinstance(at, Span) else at.span
    return shortened(span.text) if span else "…"


def shortened(text: str) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"


def written_name(name: str) -> str:
    """A name as rules write it: in double quotes where it is no plain word."""
    plain = name.isidentifier() and name not in RESERVED
    return name if plain else f'"{name.replace(chr(34), chr(34) * 2)}"'


def guessed(word: str, known: Iterable[str]) -> str | None:
    """`did_you_mean` with the name as rules write it."""
    help = did_you_mean(word, known)
    name = help.removeprefix("did you mean `").removesuffix("`?") if help else ""
    return f"did you mean `{written_name(name)}`?" if help else None


def described(type: Type) -> str:
    """A type in a sentence: `x` is …"""
    match type.kind:
        case Kind.BOOLEAN:
            return "true or false"
        case Kind.INTEGER:
            return "a whole number"
        case Kind.DECIMAL | Kind.NUMBER:
            return "a number"
        case Kind.TEXT:
            return "text"
        case Kind.LIST:
            return f"a {type}"
        case _:
            return f"a {type.kind}"
