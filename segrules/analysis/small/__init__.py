"""A small procedure for the common cases, without a solver: ranges, sets of values, missing values, counts of rows.

Tests become formulas over *things* (columns, folds of rows, functions that are not looked into), each of which has a
set of values; two things are independent unless `bindings` ties them. What contradicts itself even so, contradicts
itself in every run. Nothing here is random, and work is counted in steps, so that answers are the same everywhere.
"""

from __future__ import annotations

from segrules.analysis.small.prover import SmallProver

__all__ = ["SmallProver"]
