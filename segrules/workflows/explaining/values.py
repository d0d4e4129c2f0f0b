"""Values that were computed, as rules know them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segrules.language.types import Kind, Type
from segrules.planning.time import to_local


@dataclass(frozen=True, slots=True)
class Value:
    """A value and its type: timestamps on the project's wall clock, lists as tuples, durations in microseconds."""

    text: str
    value: Any
    type: Type


def known_value(value: Any, type: Type, zone: str) -> Any:
    """A value of an engine as rules know it: timestamps on the project's wall clock, lists as tuples."""
    if isinstance(value, datetime) and type.kind is Kind.TIMESTAMP:
        return to_local(value, zone)
    return tuple(value) if isinstance(value, list) else value
