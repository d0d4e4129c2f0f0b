"""Members that a cluster writes itself: folders of Parquet files, none of whose rows comes here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from segrules.engines.engine import Cluster, Engine
from segrules.planning.nodes import Plan
from segrules.sql import DIALECTS, writes
from segrules.sql.delivery import count_query
from segrules.sql.text import text
from segrules.workflows.output import OutputRefused
from segrules.workflows.running import Run


def refuse_unspread(layout: str, format: str, **others: bool) -> None:
    """OutputRefused where a cluster does not write what is wanted. others: by name, whether it is asked for."""
    wanted = [name for name, is_wanted in others.items() if is_wanted]
    if layout == "files":
        wanted.append("--layout files")
    if format != "parquet":
        wanted.append(f"--format {format}")
    if wanted:
        message = f"members that Spark writes cannot have `{wanted[0]}` yet"
        raise OutputRefused(message, "it writes Parquet, in the layouts `long` and `wide`, into --out")


def spread_query(run: Run, entity: str, plan: Plan, layout: str) -> tuple[str, writes.Query]:
    """The name of an entity's folder, and the query of what is in it, in the cluster's dialect."""
    zone, dialect = run.as_of.zone, DIALECTS[run.engine.dialect]
    if layout == "long":
        return entity, writes.exploded_query(plan, run.scan, zone, dialect)
    return f"{entity}.wide", writes.wide_query(plan, run.scan, zone, dialect)


def write_spread(
    engine: Cluster,
    local: Engine,
    queries: Iterable[tuple[str, writes.Query]],
    folder: Path,
    layout: str,
    rows: Mapping[str, int],
) -> list[str]:
    """Writes every entity's files below `folder`, which all machines see; their relative paths.

    `long` has a folder for each segment, `customer/segment=vip/`, as Hive and what came after it read them. local: the
    engine of this machine. rows: how many were counted, by the name of the entity's folder; OutputRefused where there
    are others here.
    """
    parts = ("segment",) if layout == "long" else ()
    for name, query in queries:
        engine.write_parquet(text(query, DIALECTS[engine.dialect]), str((folder / name).absolute()), parts)
        _refuse_absent(local, folder / name, rows[name])
    for path in folder.rglob("*"):  # marks and checksums that it leaves beside the files
        if path.is_file() and path.suffix != ".parquet":
            path.unlink()
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet"))


def _refuse_absent(local: Engine, folder: Path, rows: int) -> None:
    """Machines that write into folders of their own leave nothing here, or a part, and know nothing of it."""
    paths = [str(path.absolute()) for path in folder.rglob("*.parquet")]
    ((found,),) = local.run(count_query(paths)) if paths else ((0,),)
    if found != rows:
        message = f"Spark wrote {rows:,} rows of `{folder.name}`, and {found:,} of them are in the folder of --out"
        raise OutputRefused(message, "name a folder with --out that every machine of the cluster sees")
