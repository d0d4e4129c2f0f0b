"""Questions whose answers were worked out by hand, a section for each part of the theory; rows say they are right."""

from __future__ import annotations

from random import Random

import pytest
from proofs import passes
from proofs_questions import Asked
from proofs_rows import Truths, allowed, by_engine, by_reference
from proofs_search import rows_near
from question_table import Question, asked, rows_of, sections

from segrules.analysis import open_prover
from segrules.engines import Engine

QUESTIONS = [question for section in sections() for question in section.questions]
TITLES = [section.title for section in sections()]


@pytest.mark.parametrize("question", QUESTIONS, ids=[question.id for question in QUESTIONS])
def test_the_solver_gives_the_answer(question: Question) -> None:
    """To the question alone. What is never and not seen is no secret: it stands in the table."""
    every = asked(question.section)
    tests = [every.tests[every.names.index(name)] for name in question.names]
    verdict = open_prover(every.project, every.own, every.moment, tests).ask(tests).verdict
    assert ("unseen" if question.verdict == "unseen" and verdict != "never" else verdict) == question.verdict


@pytest.mark.parametrize("is_small", [True, False], ids=["small", "solver"])
@pytest.mark.parametrize("title", TITLES)
def test_nothing_that_is_possible_is_excluded_by_what_else_is_asked(title: str, is_small: bool) -> None:
    every = asked(title)
    prover = every.prover(is_small=is_small)
    for question in QUESTIONS:
        if question.section == title and question.verdict == "possible":
            tests = [every.tests[every.names.index(name)] for name in question.names]
            assert prover.ask(tests).verdict != "never", question.id


@pytest.mark.parametrize("title", TITLES)
def test_rows_say_that_the_answers_are_right(title: str, duckdb_engine: Engine) -> None:
    """What is possible is seen in rows, those beside a question or some near its constants; what is not, is not."""
    every = asked(title)
    own = [question for question in QUESTIONS if question.section == title]
    seen = rows_near(every, [dict.fromkeys(one.names, True) for one in own], (), duckdb_engine, Random(title))
    for question in own:
        wanted = dict.fromkeys(question.names, True)
        given = [_first(question, every, duckdb_engine)] if question.given else []
        found = [row for row in (*given, *seen) if passes(row, wanted)]
        assert bool(found) == (question.verdict == "possible"), question.id


def _first(question: Question, every: Asked, engine: Engine) -> Truths:
    """What the first customer beside a question makes of the tests."""
    given = [allowed(every.project, rows_of(question, every.project))]
    (ours,), (theirs,) = by_reference(every, given), by_engine(every, given, engine)
    assert ours == theirs, question.id
    return ours[1]
