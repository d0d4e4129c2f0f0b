"""Names of a plan that every engine keeps apart: unique without regard to case, 63 bytes at most."""

from __future__ import annotations

_LONGEST = 63  # bytes of an identifier in PostgreSQL, which cuts longer ones silently


def fresh(wanted: str, taken: set[str]) -> str:
    """`wanted`, or it with a number, so that no name in `taken` equals it; the name is added to `taken`.

    `taken` holds case-folded names, because DuckDB compares even quoted identifiers without regard to case.
    """
    name, number = _cut(wanted, ""), 1
    while name.casefold() in taken:
        number += 1
        name = _cut(wanted, f"_{number}")
    taken.add(name.casefold())
    return name


def _cut(name: str, suffix: str) -> str:
    room = _LONGEST - len(suffix.encode())
    return name.encode()[:room].decode(errors="ignore") + suffix
