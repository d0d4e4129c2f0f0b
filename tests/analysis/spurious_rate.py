"""How often an example that a prover makes up is none on an engine: `python tests/analysis/spurious_rate.py [COUNT]`.

It prints that for random rules, and for the rules of the examples, packs and cases; and all that is wrong.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import proofs
from hypothesis import Phase, given, settings
from proofs_rows import replayed
from strategies import Sample, samples
from test_never_searched import FOLDERS, ROOT, everything
from test_soundness import SEEDS, run

from segrules.engines import Engine
from segrules.engines.duckdb import connect
from segrules.project.loader import folder_reader
from segrules.workflows.validate import validate


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    engine = connect(threads=1)
    for is_small in (True, False):
        print("the small procedure" if is_small else "the solver")
        _show("  random rules", _of_samples(engine, count, is_small))
        _show("  written rules", _of_folders(engine, is_small))


def _show(what: str, tally: proofs.Tally) -> None:
    print(f"{what}: {tally}")
    for line in dict.fromkeys(tally.wrong):
        print(f"    WRONG {line[:1000]}")


def _of_samples(engine: Engine, count: int, is_small: bool) -> proofs.Tally:
    whole = proofs.Tally()

    @settings(max_examples=count, database=None, derandomize=True, deadline=None, phases=[Phase.generate])
    @given(sample=samples(), seed=SEEDS)
    def each(sample: Sample, seed: int) -> None:
        whole.add(run(sample, seed, engine, is_small=is_small))

    each()
    return whole


def _of_folders(engine: Engine, is_small: bool) -> proofs.Tally:
    whole = proofs.Tally()
    for folder in FOLDERS:
        checked, own = validate(folder_reader(folder)), proofs.Tally()
        for entity in checked.rules:
            asked = everything(checked, entity)
            regions = asked.prover(is_small=is_small).regions(asked.tests)
            own.add(proofs.check_regions(asked, regions, (), replayed(asked, regions.examples, engine)))
        if own.spurious:
            print(f"    {folder.relative_to(ROOT)}: {own.spurious} of {own.examples}")
        whole.add(own)
    return whole


if __name__ == "__main__":
    main()
