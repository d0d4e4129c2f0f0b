"""What the benchmark finds: figures, curves, notes; how they read as a line and as JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Goal:
    """What a ratio should reach. kind: `faster`, at least so many times as fast; `cost`, at most so much more."""

    kind: str
    limit: float

    def __str__(self) -> str:
        if self.kind == "cost":
            return f"at most {self.limit:g}x"
        return "not slower" if self.limit == 1 else f"at least {self.limit:g}x faster"


@dataclass(frozen=True)
class Figure:
    """One row of the table: seconds, or what `unit` says, of segrules and of what stands beside it.

    kind: how the ratio reads, as in Goal. stopped: which of `segrules` and `other` were ended before they had finished,
    so that their number is too small.
    """

    what: str
    beside: str
    segrules: float
    other: float
    kind: str = "faster"
    goal: float | None = None
    unit: str = "s"
    stopped: tuple[str, ...] = ()

    @property
    def ratio(self) -> float:
        """How many times as fast segrules is, or (kind `cost`) how many times as much it takes."""
        many, one = (self.other, self.segrules) if self.kind == "faster" else (self.segrules, self.other)
        return many / one if one else float("inf")

    @property
    def is_met(self) -> bool | None:
        """None without a goal, and where what was stopped could have made the difference."""
        if self.goal is None or self.stopped == ("segrules", "other"):
            return None
        reached = self.ratio >= self.goal if self.kind == "faster" else self.ratio <= self.goal
        known = not self.stopped or (reached if self.stopped == ("other",) else not reached)
        return reached if known else None


@dataclass(frozen=True)
class Curve:
    """Seconds of each side against x. points: side -> (x, seconds), x rising; a side may end early."""

    name: str
    title: str
    x: str
    points: Mapping[str, tuple[tuple[float, float], ...]]


@dataclass(frozen=True)
class Note:
    """One sentence: what was left out, and why."""

    text: str


Finding = Figure | Curve | Note


class UnequalAnswers(Exception):
    """Two sides gave different answers, so that none of their times means anything."""


def check_equal(answers: Mapping[str, Mapping[str, Any]], what: str) -> None:
    """UnequalAnswers where a side's answers, by segment, are not those of the first side."""
    (first, right), *others = answers.items()
    if not right:
        raise UnequalAnswers(f"{what}: {first} gave no answers")
    for name, given in others:
        for segment in {**right, **given}:
            if right.get(segment) != given.get(segment):
                raise UnequalAnswers(
                    f"{what}: `{segment}` is {right.get(segment)} by {first} and {given.get(segment)} by {name}"
                )


# one line, in Markdown


HEAD = ("| what | beside it | segrules | it | ratio | goal | |", "|---|---|--:|--:|--:|---|---|")


def line(figure: Figure) -> str:
    """The figure as a row of the table under HEAD."""
    goal = "" if figure.goal is None else str(Goal(figure.kind, figure.goal))
    met = "" if figure.goal is None else {True: "met", False: "**not met**", None: "not known"}[figure.is_met]
    own = _amount(figure.segrules, figure.unit, "segrules" in figure.stopped)
    other = _amount(figure.other, figure.unit, "other" in figure.stopped)
    return f"| {figure.what} | {figure.beside} | {own} | {other} | {_ratio(figure)} | {goal} | {met} |"


def _ratio(figure: Figure) -> str:
    """`6.3x faster`, `1.2x slower`, or what it costs, `1.2x`; `over` or `under` where a side was stopped."""
    if len(figure.stopped) == 2:
        return ""
    is_large = (figure.kind == "faster") == (figure.stopped == ("other",))
    ratio, word = figure.ratio, ""
    if figure.kind == "faster":
        word = " faster" if ratio >= 1 else " slower"
        is_large = is_large == (ratio >= 1)
        ratio = max(ratio, 1 / ratio)
    bound = ("over " if is_large else "under ") if figure.stopped else ""
    return f"{bound}{_number(ratio)}x{word}"


def _amount(value: float, unit: str, is_stopped: bool) -> str:
    return f"{'over ' if is_stopped else ''}{_number(value)} {unit}"


def _number(value: float) -> str:
    """Two digits that count, and no more than a person reads."""
    if value >= 10:
        return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


# JSON


def as_json(finding: Finding) -> dict[str, Any]:
    """The finding as JSON has it; `kind_of` says which it is."""
    more = {"ratio": finding.ratio, "is_met": finding.is_met} if isinstance(finding, Figure) else {}
    return {"kind_of": type(finding).__name__, **asdict(finding), **more}


def from_json(value: Mapping[str, Any]) -> Finding:
    """What `as_json` gave."""
    fields = {key: item for key, item in value.items() if key not in ("kind_of", "ratio", "is_met")}
    match value["kind_of"]:
        case "Figure":
            return Figure(**{**fields, "stopped": tuple(fields["stopped"])})
        case "Curve":
            points = {name: tuple((x, y) for x, y in pairs) for name, pairs in fields["points"].items()}
            return Curve(**{**fields, "points": points})
        case _:
            return Note(**fields)
