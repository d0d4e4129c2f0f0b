"""segrules: declarative rules for customer segments.

`segrules.load(path)` gives a project to Python programs; the names below are loaded when they are asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segrules.api import Applied, Counted, Counts, Findings, Project, Refused, load

__version__ = "0.1.0"
__all__ = ["Applied", "Counted", "Counts", "Findings", "Project", "Refused", "load"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("segrules.api"), name)
    raise AttributeError(f"module 'segrules' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
