"""Colours of pictures: readable in both themes, and told apart by people who see fewer of them."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from segrules.report.dashboard.charts import charts_style

THEMES = [
    dict(re.findall(r"--chart-([\w-]+): (#\w{6})", block))
    for block in re.findall(r"\{\s*(--chart-ink.*?)\}", charts_style(), re.DOTALL)
]
SEEN_BY = {
    "most": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "those without red": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "those without green": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "those without blue": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""What becomes of linear red, green and blue: Machado, Oliveira and Fernandes 2009, severity 1."""

Three = tuple[float, ...]


def linear(colour: str) -> Three:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return tuple(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)


def luminance(colour: Three) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def contrast(one: str, other: str) -> float:
    """As WCAG 2 has it."""
    low, high = sorted((luminance(linear(one)), luminance(linear(other))))
    return (high + 0.05) / (low + 0.05)


def lab(colour: Three) -> Three:
    """CIE L*a*b* of linear sRGB."""
    red, green, blue = colour
    x, y, z = (
        part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116
        for part in (
            (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047,
            luminance(colour),
            (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883,
        )
    )
    return (116 * y - 16, 500 * (x - y), 200 * (y - z))


def seen(colour: str, by: str) -> Three:
    parts = linear(colour)
    mixed = (sum(a * b for a, b in zip(row, parts, strict=True)) for row in SEEN_BY[by])
    return lab(tuple(min(1.0, max(0.0, part)) for part in mixed))


def apart(one: str, other: str, by: str) -> float:
    return sum((a - b) ** 2 for a, b in zip(seen(one, by), seen(other, by), strict=True)) ** 0.5


def test_light_and_two_ways_to_dark_name_the_same_colours() -> None:
    assert len(THEMES) == 3
    assert THEMES[0].keys() == THEMES[1].keys()
    assert THEMES[1] == THEMES[2] != THEMES[0]


@pytest.mark.parametrize("theme", THEMES[:2], ids=("light", "dark"))
def test_marks_stand_out_and_words_are_readable(theme: dict[str, str]) -> None:
    for place in range(1, 17):
        assert contrast(theme[str(place)], theme["paper"]) >= 3, place
    assert contrast(theme["none"], theme["paper"]) >= 3
    assert contrast(theme["soft"], theme["paper"]) >= 4.5
    for shade in range(3):
        assert contrast(theme["ink"], theme[f"shade-{shade}"]) >= 4.5, shade


@pytest.mark.parametrize("by", SEEN_BY)
@pytest.mark.parametrize("theme", THEMES[:2], ids=("light", "dark"))
def test_the_first_eight_differ_for_everyone_and_neighbours_much(theme: dict[str, str], by: str) -> None:
    for one, other in combinations(range(1, 9), 2):
        distance = apart(theme[str(one)], theme[str(other)], by)
        assert distance >= (25 if other == one + 1 else 10), (one, other)
