"""What is proven of the rules of examples, packs and cases is searched for rows that break it, near their constants."""

from __future__ import annotations

from pathlib import Path
from random import Random

import proofs
import pytest
from proofs_questions import Asked, named
from proofs_search import rows_near

from segrules.analysis.answers import NEVER
from segrules.engines import Engine
from segrules.planning.time import as_of
from segrules.project.loader import folder_reader
from segrules.workflows.testing.unit_tests import EXAMPLE_DAY
from segrules.workflows.validate import Validated, validate

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(
    path.parent for path in (*ROOT.glob("examples/**/segrules.yml"), *ROOT.glob("tests/cases/*/segrules.yml"))
)


@pytest.mark.parametrize("folder", FOLDERS, ids=[str(path.relative_to(ROOT)) for path in FOLDERS])
def test_no_row_is_found_where_none_can_be(folder: Path, duckdb_engine: Engine) -> None:
    """By either prover: the same rows are held against what both say."""
    checked = validate(folder_reader(folder))
    assert checked.project is not None
    for entity in checked.rules:
        asked = everything(checked, entity)
        if asked.names:
            assert found_by_search(asked, duckdb_engine, Random(entity), checked) == []


@pytest.mark.parametrize("folder", ["examples/cdnow", "examples/packs/hubspot", "tests/cases/missing"])
def test_the_search_finds_nearly_all_that_there_is(folder: str, duckdb_engine: Engine) -> None:
    """Somebody whom a segment takes in, and somebody whom it leaves out: else that nobody is found would say little."""
    checked = validate(folder_reader(ROOT / folder))
    asked = everything(checked, "customer")
    wanted = [{name: value} for name in asked.names for value in (True, False)]
    seen = rows_near(asked, wanted, [case.given for case in checked.cases], duckdb_engine, Random(1))
    found = [one for one in wanted if any(proofs.passes(row, one) for row in seen)]
    assert len(found) > 0.9 * len(wanted)


def everything(checked: Validated, entity: str) -> Asked:
    """All segments and stages of an entity."""
    assert checked.project is not None
    own = checked.rules[entity]
    stages = [f"{name}.{label}" for name, one in own.segmentations.items() for label, _ in one.stages]
    moment = as_of(checked.project.as_of or EXAMPLE_DAY, checked.project.timezone)
    return named(checked.project, checked.rules, entity, moment, (*own.segments, *stages))


def found_by_search(asked: Asked, engine: Engine, luck: Random, checked: Validated) -> list[str]:
    """What rows say against regions: those that tests give, and those made for what is proven to be nobody."""
    nobody: list[dict[str, bool]] = []
    for is_small in (True, False):
        regions = asked.prover(is_small=is_small).regions(asked.tests)
        claimed = [wanted for wanted, place in proofs.claims(asked, regions) if place == NEVER]
        nobody += [wanted for wanted in claimed if wanted not in nobody]
    if not nobody:
        return []
    seen = rows_near(asked, nobody, [case.given for case in checked.cases], engine, luck)
    return [proofs.told(asked, wanted) for wanted in nobody if any(proofs.passes(row, wanted) for row in seen)]
