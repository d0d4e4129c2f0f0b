"""CORE TREE -> PROOF OR EXAMPLE: whether some row of an entity can pass tests at once, and which row would.

In: an entity's rules, the as-of instant, tests (core trees over the entity's rows); out: an `Answer` for each question,
the contradicting part of some tests, or how each two of many tests lie to each other. No SQL is made here and no data
is read: whether an example does what it was made up for is asked of an engine, by the workflows.
"""

from __future__ import annotations

from segrules.analysis.answers import Answer, Cells, Example, Fact, Prover
from segrules.analysis.prover import has_solver, open_prover

__all__ = ["Answer", "Cells", "Example", "Fact", "Prover", "has_solver", "open_prover"]
