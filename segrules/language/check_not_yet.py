"""Forms of the language that this version cannot run: they are read, and refused by name."""

from __future__ import annotations

from segrules.language import syntax
from segrules.language.check_findings import Findings, refuse
from segrules.source import Span

NOT_YET: frozenset[str] = frozenset()
"""Functions of the language that this version cannot run."""


def refuse_not_yet(call: syntax.Call, findings: Findings) -> bool:
    """Whether a call has such a function or form, with a finding at the word."""
    found = _form(call)
    if found is not None:
        span, what = found
        message = f"{what} is part of the language, but this version cannot run it"
        refuse(findings, "not-supported-yet", span, message)
    return found is not None


def _form(call: syntax.Call) -> tuple[Span, str] | None:
    if call.function.text in NOT_YET:
        return call.function.span, f"`{call.function.text}`"
    return None
