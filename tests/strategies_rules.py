"""Random rule texts of a wanted type. Constants come from the same few values as the rows' cells."""

from __future__ import annotations

import strategies_folds as folds
import strategies_population as population
import strategies_tests as tests
import strategies_values as values
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from strategies_writing import FOLDS, FORMS, SIMPLE_TESTS, Names, atom, difference, write


@st.composite
def rule(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    """The text of a random expression of the type."""
    return write(draw, names, type, depth)


@st.composite
def fold(draw: DrawFn, names: Names, type: str) -> str:
    """The text of an aggregate of the type, or of a function over all entity rows."""
    forms = [folds.folded, folds.folded, folds.folded, population.overall]
    forms += [population.ranked, population.ranked] if type in ("integer", "number") else []
    return draw(st.sampled_from(forms))(draw, names, type, 1)


SIMPLE_TESTS += (
    tests.compare_numbers,
    tests.compare_alike,
    tests.compare_days,
    tests.membership,
    tests.between,
    tests.is_known,
    tests.text_test,
)
FOLDS += (folds.share, folds.count, folds.quantified, folds.folded, folds.around, folds.nested)
FOLDS += (population.ranked, population.in_top, population.overall)
FORMS |= {
    "boolean": (
        *(
            tests.compare_numbers,
            tests.compare_numbers,
            tests.compare_numbers,
            tests.compare_alike,
            tests.compare_alike,
            tests.compare_days,
        ),
        *(
            tests.membership,
            tests.in_list,
            tests.between,
            tests.is_known,
            tests.text_test,
            tests.list_test,
            tests.logic,
            tests.logic,
            tests.logic,
            tests.negation,
            tests.in_window,
        ),
        *(
            tests.segment,
            tests.was,
            folds.quantified,
            folds.quantified,
            folds.quantified,
            folds.around,
            folds.around,
            folds.nested,
            folds.nested,
            atom,
        ),
        population.in_top,
    ),
    "integer": (
        atom,
        folds.count,
        folds.count,
        folds.folded,
        population.ranked,
        population.overall,
        folds.around,
        folds.around,
        values.arithmetic,
        values.numeric_call,
        values.chosen,
        values.measure,
        values.was,
    ),
    "decimal": (
        *(atom, folds.folded, folds.folded, values.arithmetic, values.numeric_call, values.chosen, values.was),
        population.overall,
    ),
    "number": (
        *(atom, folds.folded, folds.folded, values.arithmetic, values.numeric_call, values.chosen),
        *(population.ranked, population.overall),
    ),
    "text": (atom, values.was, folds.folded, population.overall, values.text_call, values.chosen),
    "date": (atom, folds.folded, population.overall, values.shifted, values.calendar_day, values.chosen),
    "timestamp": (atom, folds.folded, population.overall, values.shifted, values.chosen),
    "duration": (difference,),
    "list": (atom,),
}
FORMS["number"] += (folds.share, values.distance)
FORMS["boolean"] += (tests.at_least, tests.version, tests.elements, tests.elements)
