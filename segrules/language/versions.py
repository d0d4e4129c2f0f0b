"""Version numbers of programs as whole numbers that stand in the same order."""

from __future__ import annotations

import re

PARTS = 4
DIGITS = 9
PATTERN = rf"^v?[0-9]{{1,{DIGITS}}}(\.[0-9]{{1,{DIGITS}}}){{0,{PARTS - 1}}}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$"
"""What a version looks like: up to four numbers, `v` before them, `-suffix` and `+build` behind them."""


def encoded(text: str) -> int | None:
    """A number that is larger for later versions; None where the text is no version.

    The four parts, nine digits each, and then 0 where there is a suffix, 1 for the release itself, which is later.
    Parts that are left out are 0; what stands after `+` makes no difference.
    """
    if not re.fullmatch(PATTERN[1:-1], text):
        return None
    written, _, suffix = text.removeprefix("v").partition("+")[0].partition("-")
    parts = [*written.split("."), *["0"] * PARTS][:PARTS]
    return int("".join(part.rjust(DIGITS, "0") for part in parts) + ("0" if suffix else "1"))
