"""Members into files: one that is replaced, or a folder for each as-of, as any tool reads that knows Hive's partitions.

All of a run's files are put in place by one journal, as those of the output folder are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from segrules.engines.engine import Engine, EngineError
from segrules.planning.time import AsOf
from segrules.sql import delivery as statements
from segrules.sql.delivery import Columns
from segrules.sql.stored_values import is_stored_as, stored_type
from segrules.sql.writes import Query, copy_statement
from segrules.workflows.delivering.target import AS_OF, FORMATS, Delivered, FileTarget
from segrules.workflows.history.records import stamp
from segrules.workflows.output import Beside, OutputRefused, locked, publish_beside, staging

_PARTITION = "as_of="


def check_files(
    target: FileTarget,
    engine: Engine,
    entities: Mapping[str, Columns],
    segments: Mapping[str, Sequence[str]] | None,
    as_of: AsOf,
    sources: Sequence[Path],
) -> None:
    """OutputRefused where the files that are there already must not be written over, or gone on from."""
    taken = {path.resolve() for path in sources}
    for entity, columns in entities.items():
        path = target.folder / _file(target, entity, as_of)
        if path.resolve() in taken:
            raise OutputRefused(f"`{path}` is a source of the project", "name another file with --to")
        other = next((each for each in _of_other_formats(path) if _is_partitioned(target) and each.exists()), None)
        if other is not None:
            help = f"write with --format {other.suffix[1:]}, or move it away"
            raise OutputRefused(f"`{other}` has the members of this as-of already", help)
        if path.exists() and path.stat().st_size:  # JSON of no members is no byte
            _refuse_other_columns(target, engine, path, columns)
            _refuse_narrower(target, engine, path, None if segments is None else segments[entity])
        _columns_of_log(target, engine, _log(target, entity, as_of), columns)


def into_files(
    target: FileTarget,
    engine: Engine,
    entities: Mapping[str, tuple[Columns, Query]],
    segments: Mapping[str, Sequence[str]] | None,
    as_of: AsOf,
) -> tuple[Delivered, ...]:
    """Writes each entity's file, all of them or none. Segments that are left out keep their rows of a log."""
    delivered, files = [], []
    with locked(target.folder, "--to"), staging(target.folder) as folder:
        for entity, (columns, query) in entities.items():
            file = _file(target, entity, as_of)
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            place = str((folder / file).absolute())
            entered = left = None
            if target.mode == "delta":
                log = _log(target, entity, as_of)
                before = statements.log_query(columns, _texts(log), _columns_of_log(target, engine, log, columns))
                own = None if segments is None else segments[entity]
                query = statements.changes_query(columns, query, before, own)
            elif not _is_partitioned(target):
                query = statements.dated(query, as_of)
            ((rows,),) = engine.run(copy_statement(query, place, target.format))
            if target.mode == "delta":
                ((entered, left),) = engine.run(statements.file_change_counts_query(place))
            path = (target.folder / file).as_posix()
            delivered.append(Delivered(entity, target.mode, path, {"file": path}, rows, entered, left))
            files.append(file)
        publish_beside(target.folder, folder, Beside(tuple(files)))
    return tuple(delivered)


def _of_other_formats(path: Path) -> Iterator[Path]:
    return (path.with_suffix(f".{format}") for format in FORMATS if path.suffix != f".{format}")


def _is_partitioned(target: FileTarget) -> bool:
    """Whether the name of a folder has the as-of, and rows so need not."""
    return _PARTITION + AS_OF in target.path


def _file(target: FileTarget, entity: str, as_of: AsOf) -> str:
    partitioned = target.path.replace(_PARTITION + AS_OF, _PARTITION + _value(as_of))
    return partitioned.replace("{entity}", entity).replace(AS_OF, stamp(as_of))


def _value(as_of: AsOf) -> str:
    """A day, or an instant in UTC, as Hive names a partition: texts that stand in the order of time."""
    if not isinstance(as_of.given, datetime):
        return as_of.given.isoformat()
    if as_of.now.microsecond:
        raise OutputRefused(f"`{as_of.given.isoformat()}` is no as-of of files, which go by whole seconds")
    return as_of.now.isoformat(sep=" ").replace(":", "%3A")


def _log(target: FileTarget, entity: str, as_of: AsOf) -> list[Path]:
    """The files of changes before an as-of; OutputRefused where there are some of later ones, or of other kinds."""
    if target.mode != "delta":
        return []
    now, file = _value(as_of), Path(_file(target, entity, as_of))
    folder = target.folder / file.parent.parent
    others = sorted(found.parent.name.removeprefix(_PARTITION) for found in folder.glob(f"{_PARTITION}*/{file.name}"))
    for value in others:
        if len(value) != len(now):
            kinds = ("days", "instants") if len(value) < len(now) else ("instants", "days")
            raise OutputRefused(f"the log `{folder}` is of {kinds[0]}, and {kinds[1]} do not go with them")
    if others and others[-1] > now:
        message = (
            f"the log `{folder}` goes on to {others[-1].replace('%3A', ':')}, which is after {now.replace('%3A', ':')}"
        )
        raise OutputRefused(message, "changes are told in order: run a later day, or begin another log")
    return [folder / f"{_PARTITION}{value}" / file.name for value in others if value < now]


def _columns_of_log(target: FileTarget, engine: Engine, log: Sequence[Path], columns: Columns) -> Mapping[str, str]:
    """The columns of a log's files. Carried ones may be missing; keys must be of the same type as now."""
    if not log:
        return {}
    there = _described(engine, log, target.format)
    key, kind = columns.key
    _refuse_missing(log[-1], there, (key, "segment", "change"))
    if not is_stored_as(stored_type(there[key]), kind):
        raise OutputRefused(f"`{key}` is {there[key].lower()} in `{log[-1]}` and {kind} now", "begin another log")
    return there


def _refuse_other_columns(target: FileTarget, engine: Engine, path: Path, columns: Columns) -> None:
    """A file that is there must have the columns that we write."""
    there = _described(engine, [path], target.format)
    is_log = target.mode == "delta"
    _refuse_missing(path, there, (columns.key[0], "segment", "as_of", *(["change"] if is_log else [])))
    if "change" in there and not is_log:
        raise OutputRefused(f"`{path}` is a log of changes", "write with --mode delta, or name another folder")


def _refuse_missing(path: Path, there: Collection[str], names: Sequence[str]) -> None:
    for name in names:
        if name not in there:
            message = f"`{path}` is there already and has no column `{name}`: it is not of these members"
            raise OutputRefused(message, "move it away, or name another file with --to")


def _described(engine: Engine, paths: Sequence[Path], format: str) -> dict[str, str]:
    try:
        return dict(engine.describe(statements.stored_files(_texts(paths), format).sql("duckdb")))
    except EngineError:
        raise OutputRefused(f"`{paths[-1]}` is there already and cannot be read", "move it away") from None


def _texts(paths: Sequence[Path]) -> list[str]:
    return [str(path.absolute()) for path in paths]


def _refuse_narrower(target: FileTarget, engine: Engine, path: Path, segments: Sequence[str] | None) -> None:
    """A selection must not replace a file that has more: what it leaves out would be lost."""
    if segments is None:
        return
    found = engine.run(statements.segments_query(str(path.absolute()), target.format))
    lost = [segment for (segment,) in found if segment not in segments]
    if lost:
        more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
        message = f"`{path}` has `{lost[0]}`{more}, which --select leaves out"
        raise OutputRefused(message, "write a selection to another file with --to")
