"""Members at every recorded run are those of plain sets, whatever runs, reruns, names and prunings came between."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from segrules.engines.duckdb import DuckDB, connect
from segrules.language.core import Duration
from segrules.planning.time import parse_as_of
from segrules.sql.states import State
from segrules.workflows.history.causes import RuleChange
from segrules.workflows.history.keeping import settled
from segrules.workflows.history.reading import members_at
from segrules.workflows.history.recording import _write_changes
from segrules.workflows.history.records import FOLDER, EntityRun, History, RecordedRun, SegmentRun, stamp
from segrules.workflows.output import publish_beside, staging

KEYS = "abcdef"
NAMES = ("one", "two", "three")
"""A few names, so that one is often given up, taken by something else, and taken up again."""

Members = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Then:
    """A run: its day, who is there, who is in what, and what has another name than at the run before."""

    day: int
    there: frozenset[str]
    members: Members
    renamed: Mapping[str, str] = field(default_factory=dict)


@st.composite
def runs(draw: st.DrawFn) -> list[Then]:
    """Runs of days that rise, or are those of the last run again."""
    made: list[Then] = []
    day = 1
    some = st.frozensets(st.sampled_from(KEYS))
    for _ in range(draw(st.integers(2, 7))):
        day += draw(st.sampled_from((0, 1, 1, 1, 3)))
        there = draw(some)
        members = {name: draw(some) & there for name in draw(st.lists(st.sampled_from(NAMES), unique=True))}
        before = next((one for one in reversed(made) if one.day < day), None)
        free = [name for name in (before.members if before else ()) if name not in members]
        new = [name for name in members if before and name not in before.members]
        renamed = {name: old for name, old in zip(new, free, strict=False) if draw(st.booleans())}
        made.append(Then(day, there, members, renamed))
    return made


def record(engine: DuckDB, out: Path, history: History, then: Then, keep: Duration | None) -> History:
    """Records a run as `apply` does, of members that are given."""
    as_of = parse_as_of(f"2026-01-{then.day:02d}", "UTC")
    before = history.before(as_of)
    with staging(out) as staged:
        folder = staged / FOLDER / stamp(as_of)
        folder.mkdir(parents=True)
        names = tuple(then.members)
        words = [("key", "VARCHAR"), *([("in 0", "BIGINT")] if names else [])]
        bits = {
            key: sum((key in then.members[name]) << place for place, name in enumerate(names)) for key in then.there
        }
        engine.load("state", words, [(key, *([bits[key]] if names else [])) for key in sorted(then.there)])
        now = State(str((folder / "customer.members.parquet").absolute()), names)
        engine.execute(f"COPY state TO '{now.place}' (FORMAT parquet)")
        files = {}
        change = RuleChange(renamed={("customer", name): old for name, old in then.renamed.items()})
        if before is not None:
            target = folder / "customer.changes.parquet"
            _write_changes(engine, "customer", "id", now, before, change, target)
            files = {target.name: "a hash"}
        segments = {("customer", name): SegmentRun(len(own)) for name, own in then.members.items()}
        entities = {"customer": EntityRun(len(then.there), "id", names)}
        run = RecordedRun(as_of, "rules", folder, entities, segments, change.renamed, {"files": files})
        beside = settled(engine, history, [run], staged, keep)
        publish_beside(out, staged, beside)
    kept = [one for one in history.runs if one.as_of.now < as_of.now]
    every = [*kept, replace(run, folder=out / FOLDER / stamp(as_of))]
    return History(history.folder, tuple(one for one in every if any(one.folder.glob("*"))))


def check(engine: DuckDB, history: History, expected: Mapping[str, Then]) -> None:
    for run in history.runs:
        then = expected[run.folder.name]
        for name, members in then.members.items():
            query = members_at(history, run, ("customer", name), is_name_there=True)
            assert query is not None
            assert {key for (key,) in engine.run(query.sql("duckdb"))} == members, (run.folder.name, name)
        for name in NAMES:
            if name not in then.members:
                assert members_at(history, run, ("customer", name), is_name_there=True) is None


@settings(max_examples=40)
@given(runs(), st.sampled_from((None, Duration(2, "day"))))
def test_members_of_the_past_are_those_of_plain_sets(sequence: list[Then], keep: Duration | None) -> None:
    expected: dict[str, Then] = {}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        engine = connect(writable=(out,), threads=1)
        history = History(out / FOLDER)
        for then in sequence:
            history = record(engine, out, history, then, keep)
            expected[history.runs[-1].folder.name] = then
        check(engine, history, expected)
        engine.close()
