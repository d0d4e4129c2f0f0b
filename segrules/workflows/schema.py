"""`schema`: the contract that the data suggests, printed, or written into segrules.yml where it is not given."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from segrules.diagnostics import Diagnostic, has_errors
from segrules.engines.duckdb import connect
from segrules.engines.engine import Engine, EngineError
from segrules.language.types import DECIMAL, Kind
from segrules.project.json_schema import json_schema
from segrules.project.loader import PROJECT_FILE, folder_reader, load
from segrules.project.model import Column, Entity, Lookup, Project, Relation
from segrules.sql.scans import Table
from segrules.workflows.connecting import ONLY_DUCKDB, chosen_engine, database_of
from segrules.workflows.contract_text import fill, written_columns
from segrules.workflows.inference import infer_columns
from segrules.workflows.sources import data_finding, inspect, open_sources, owners

Contracts = Mapping[str, tuple[Column, ...]]


@dataclass(frozen=True, slots=True)
class Schema:
    """What was found: YAML of the contract, or what was written."""

    text: str
    findings: tuple[Diagnostic, ...] = ()
    exit_code: int = 0


def schema(root: Path, *, write: bool = False) -> Schema:
    """The columns of every source. With `write`, those without `columns` in segrules.yml get them there."""
    project, findings = load(folder_reader(root))
    if project is None:
        return Schema("", findings, 1)
    with tempfile.TemporaryDirectory(prefix="segrules-") as workdir:
        try:
            contracts, problems = suggested(project, root, Path(workdir))
        except EngineError as error:
            if error.kind in ("internal", "interrupted"):
                raise
            return Schema("", (Diagnostic("data-unreadable", error.message),), 2)
    if has_errors(problems):
        return Schema("", problems, 2)
    if not write:
        return Schema(contract_text(project, contracts), problems)
    wanted = {table: contracts[table] for table, owner in owners(project) if not owner.columns and contracts[table]}
    if not wanted:
        return Schema("every source has its columns already", problems)
    try:
        _fill_file(root / PROJECT_FILE, wanted)
    except OSError as error:
        message = f"`{PROJECT_FILE}` cannot be written: {(error.strerror or str(error)).lower()}"
        return Schema("", (Diagnostic("output-refused", message),), 2)
    return Schema(f"{PROJECT_FILE} now has the columns of {', '.join(wanted)}", problems)


def editor_schema() -> str:
    """The JSON Schema of the files, as text."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False)


def suggested(project: Project, root: Path, workdir: Path) -> tuple[Contracts, tuple[Diagnostic, ...]]:
    """Per table id the columns that its data suggests."""
    choice = chosen_engine(project, None, ONLY_DUCKDB)
    if isinstance(choice, Diagnostic):
        return {}, (choice,)
    sources, findings = open_sources(project, root, workdir, database=database_of(choice, root))
    if has_errors(findings):
        return {}, findings
    engine = connect(readable=sources.readable, database=sources.database, temp_directory=workdir / "spill")
    try:
        tables, findings = inspect(engine, sources)
        contracts: dict[str, tuple[Column, ...]] = {}
        for table, owner in owners(project):
            if table in tables and owner.source is not None:
                try:
                    contracts[table] = _columns(engine, tables[table])
                except EngineError as error:
                    findings = (*findings, data_finding(error, owner.source))
        return contracts, findings
    finally:
        engine.close()


def _columns(engine: Engine, table: Table) -> tuple[Column, ...]:
    """What is written down: of text, a decimal without its digits, so that tomorrow's file may have one more."""
    names = [stored for stored, _ in table.physical]
    is_text = table.kind in ("csv", "json")
    return tuple(
        Column(item.name, DECIMAL if is_text and item.type.kind is Kind.DECIMAL else item.type)
        for item in infer_columns(engine, table)
        if names.count(item.name) == 1
    )


def contract_text(project: Project, contracts: Contracts) -> str:
    """YAML with the columns of every source, in the shape of segrules.yml."""
    lines = []
    for title, owned in (("entities", project.entities), ("relations", project.relations)):
        parts = [line for owner in owned for line in _owner_lines(owner.name, owner, contracts, 2)]
        lines += [f"{title}:", *parts] if parts else []
    return "\n".join(lines)


def _owner_lines(table: str, owner: Entity | Relation | Lookup, contracts: Contracts, depth: int) -> Iterator[str]:
    pad = " " * depth
    columns = contracts.get(table, ())
    nested = [
        line for item in owner.lookups for line in _owner_lines(f"{table}.{item.name}", item, contracts, depth + 4)
    ]
    if columns or nested:
        yield f"{pad}{owner.name}:"
    if columns:
        yield f"{pad}  columns:"
        yield from written_columns(columns, depth + 4)
    if nested:
        yield f"{pad}  lookups:"
        yield from nested


def _fill_file(path: Path, wanted: Contracts) -> None:
    """Writes the file anew, whole or not at all."""
    old = path.read_bytes().decode("utf-8")
    new = fill(str(path), old, wanted)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(new.encode("utf-8"))
        os.chmod(temporary, path.stat().st_mode)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
