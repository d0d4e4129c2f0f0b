"""Names of entities for several of their rows."""

from __future__ import annotations


def plural(name: str) -> str:
    """The entity's name for several of its rows, as far as English rules go: `customers`, `companies`."""
    if not name.isascii() or not name[-1:].isalpha() or name.endswith("s"):
        return name
    if name.endswith(("x", "z", "ch", "sh")):
        return name + "es"
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return name[:-1] + "ies"
    return name + "s"
