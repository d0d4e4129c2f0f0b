"""The questions of questions.txt, each section as a project: a segment for each test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import running
import yaml
from proofs_questions import Asked, named

from segrules.language.types import Kind
from segrules.planning.time import parse_as_of
from segrules.project.model import Project
from segrules.workflows.sources import owners
from segrules.workflows.testing.given_rows import GivenRows

FOLDER = Path(__file__).parent
RULES = """
entity: customer
traits:
  spend: sum(orders.amount)
  tier: if(spend > 100, 'gold', 'basic')
  twice_age: age * 2
  recency: days_since(max(orders.at))
segmentations:
  ages: {stages: {child: age < 10, teen: age < 20, infant: age < 5}}
  bands: {hit: unique, stages: {low: age < 10, high: age >= 10}, otherwise: rest}
  groups: {hit: any, stages: {few: count(orders) < 5, some: count(orders) < 10}}
"""


@dataclass(frozen=True)
class Question:
    """Tests, and what is to be said of them. given: rows of which the first customer passes all."""

    section: str
    number: int
    verdict: str
    texts: tuple[str, ...]
    given: GivenRows | None = None

    @property
    def id(self) -> str:
        return f"{self.section}: {self.verdict} {' && '.join(self.texts)}"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"test_{self.number}_{place}" for place, _ in enumerate(self.texts))


@dataclass(frozen=True)
class Section:
    title: str
    zone: str
    as_of: str
    questions: tuple[Question, ...]


@cache
def sections() -> tuple[Section, ...]:
    return tuple(_sections((FOLDER / "questions.txt").read_text("utf-8")))


def _sections(text: str) -> Iterator[Section]:
    _, *parts = text.split("\n[")
    for part in parts:
        head, _, body = part.partition("]\n")
        title, _, when = head.partition("; ")
        zone, as_of = when.split() if when else ("UTC", "2026-01-31")
        yield Section(title, zone, as_of, tuple(_questions(title, body)))


def _questions(title: str, body: str) -> Iterator[Question]:
    questions: list[Question] = []
    for line in body.splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "with":
            questions[-1] = replace(questions[-1], given=yaml.safe_load(rest))
        elif word:
            texts = tuple(one.strip() for one in rest.split("&&"))
            questions.append(Question(title, len(questions), word, texts))
    yield from questions


@cache
def asked(title: str) -> Asked:
    """All tests of a section."""
    section = next(one for one in sections() if one.title == title)
    tests = {name: text for one in section.questions for name, text in zip(one.names, one.texts, strict=True)}
    files = {
        "segrules.yml": (FOLDER / "questions.yml").read_text("utf-8") + f"timezone: {section.zone}\n",
        "segments/rules.yml": RULES + "segments:\n  rich: spend > 1000\n" + "".join(map(_line, tests.items())),
    }
    project = running.open_project(files)
    return named(
        project, running.resolve_project(project), "customer", parse_as_of(section.as_of, section.zone), [*tests]
    )


def _line(test: tuple[str, str]) -> str:
    name, text = test
    return f"  {name}: >-\n    {text}\n"


def rows_of(question: Question, project: Project) -> GivenRows:
    """The rows beside a question, with values of their columns' types."""
    given: dict[str, Any] = dict(question.given or {})
    for table, rows in given.pop("more", {}).items():
        given[table] = [*given.get(table, ()), *rows]
    kinds = {table: {column.name: column.type.kind for column in owner.columns} for table, owner in owners(project)}
    return {table: [_typed(row, kinds[table]) for row in rows] for table, rows in given.items()}


def _typed(row: Mapping[str, Any], kinds: Mapping[str, Kind]) -> dict[str, Any]:
    return {name: _value(value, kinds[name]) for name, value in row.items()}


def _value(value: Any, kind: Kind) -> Any:
    if kind is Kind.DECIMAL:
        return Decimal(str(value))
    if kind is Kind.TIMESTAMP:
        assert isinstance(value, datetime)
    return value
