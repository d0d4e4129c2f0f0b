"""`sample`: a small copy of the sources for CI, under other keys and names.

It is pseudonymous, not anonymous: dates, amounts and the texts that rules name stay as they are.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from segrules.diagnostics import Diagnostic, has_errors
from segrules.engines.duckdb import connect
from segrules.engines.engine import Engine, EngineError
from segrules.language.core import Expression, Literal
from segrules.language.trees import children
from segrules.project.loader import folder_reader, load
from segrules.project.model import Column, Entity, Lookup, Project, Relation, Rules
from segrules.project.resolve import resolve
from segrules.sql import samples
from segrules.sql.samples import Disguise, Wanted
from segrules.sql.scans import Table
from segrules.workflows import files
from segrules.workflows.opening import Opened
from segrules.workflows.sample_targets import refused, remember, target_of
from segrules.workflows.sources import Owner, Sources, concretize, inspect, open_sources, owners


@dataclass(frozen=True, slots=True)
class Sample:
    """What was written, relative to the output folder."""

    written: tuple[str, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class _Part:
    """What of one file's source is kept: its columns, which of them are keys, and by which of its uses a row is."""

    table: Table
    opened: Opened
    columns: dict[str, Column]
    keys: set[str]
    uses: list[Wanted]


def sample(root: Path, out: Path, *, keys: int = 20000) -> Sample:
    """Writes, per source, the rows of `keys` entity rows below `out`, under the paths that the project names."""
    project, findings = load(folder_reader(root))
    if project is None or has_errors(findings):
        return Sample(findings=findings, exit_code=1)
    with tempfile.TemporaryDirectory(prefix="segrules-") as folder:
        workdir = Path(folder)
        try:
            return _sample(project, root, out, workdir, keys)
        except EngineError as error:
            if error.kind in ("internal", "interrupted"):
                raise
            code = "output-refused" if error.kind in ("disk-full", "permission") else "data-unreadable"
            return Sample(findings=(Diagnostic(code, error.message),), exit_code=2)
        except OSError as error:
            message = f"`{out}` cannot be written: {(error.strerror or str(error)).lower()}"
            return Sample(findings=(Diagnostic("output-refused", message),), exit_code=2)


def _sample(project: Project, root: Path, out: Path, workdir: Path, keys: int) -> Sample:
    sources, findings = open_sources(project, root, workdir / "sources")
    if has_errors(findings):
        return Sample(findings=findings, exit_code=2)
    reason = refused(sources, root, out)
    if reason is not None:
        return Sample(findings=(reason,), exit_code=2)
    staging = workdir / "out"
    staging.mkdir()
    engine = connect(readable=sources.readable, writable=[staging], temp_directory=workdir / "spill")
    try:
        tables, findings = inspect(engine, sources)
        typed, wrong = (project, ()) if has_errors(findings) else concretize(engine, project, tables)
        if has_errors((*findings, *wrong)):
            return Sample(findings=(*findings, *wrong), exit_code=2)
        rules, mistakes = resolve(typed)
        if has_errors(mistakes):
            return Sample(findings=mistakes, exit_code=1)
        disguise = Disguise(_salt(sources), frozenset(_texts(rules.values())))
        parts = _parts(engine, typed, sources, tables, keys)
        remember(out, [target_of(part.opened, root) for part in parts])
        return Sample(tuple(_write(engine, part, root, out, staging, disguise, typed.timezone) for part in parts))
    finally:
        engine.close()


def _salt(sources: Sources) -> str:
    """The same for the same data, and known only to those who have it: a pseudonym cannot be looked up by trying."""
    return "".join(str(item.get("sha256")) for item in sources.fingerprint().values())[:512]


def _texts(rules: Iterable[Rules]) -> Iterator[str]:
    """Every text that rules name, as `Disguise` compares it."""
    for own in rules:
        labelled = (rule for labelling in own.segmentations.values() for _, rule in labelling.stages)
        waiting: list[Expression] = [*own.traits.values(), *own.segments.values(), *labelled]
        while waiting:
            node = waiting.pop()
            waiting.extend(children(node))
            if isinstance(node, Literal):
                values = node.value if isinstance(node.value, tuple) else (node.value,)
                yield from (value.strip().lower() for value in values if isinstance(value, str))


def _parts(
    engine: Engine, project: Project, sources: Sources, tables: Mapping[str, Table], keys: int
) -> Collection[_Part]:
    """What to keep of each source; makes the tables of keys that say so.

    Rows of an entity to which lookups of kept rows lead are kept too, but not what such rows have in relations.
    """
    zone = project.timezone
    for entity in project.entities:
        table, key = _key_of(entity, project)
        engine.execute(samples.chosen_keys(tables[table], key, zone, keys, _keys_table(entity.name)))
    parts: dict[tuple[files.StoredFile, ...], _Part] = {}
    keyed: dict[str, set[str]] = {entity.name: {entity.key} for entity in project.entities}
    for table, owner in owners(project):
        wanted, keyed[table] = _use(table, owner, project, keyed)
        keyed[table] |= {mine for child in owner.lookups if child.entity is not None for mine, _ in child.on}
        for child in owner.lookups:
            linking = {mine for mine, _ in child.on}
            to = _kept_table(f"{table}.{child.name}")
            engine.execute(samples.kept_values(tables[table], owner.columns, linking, wanted, zone, to))
        opened = sources.tables[table]
        part = parts.setdefault(opened.originals, _Part(tables[table], opened, {}, set(), []))
        part.columns.update((item.name, item) for item in owner.columns)
        part.keys.update(keyed[table])
        part.uses.append(wanted)
    for table, owner in owners(project):
        for child in owner.lookups:
            if child.entity is not None and child.entity in sources.tables:
                use = Wanted(_kept_table(f"{table}.{child.name}"), tuple((theirs, mine) for mine, theirs in child.on))
                parts[sources.tables[child.entity].originals].uses.append(use)
    return parts.values()


def _use(table: str, owner: Owner, project: Project, keyed: Mapping[str, set[str]]) -> tuple[Wanted, set[str]]:
    """Which rows of a table are kept, and which of its columns are an entity's key."""
    if isinstance(owner, Lookup):
        parent = table.rpartition(".")[0]
        of_keys = next((item for item in project.entities if item.name == parent and item.source is None), None)
        if of_keys is not None:
            stored_as = _key_of(of_keys, project)[1].name
            wanted = Wanted(_keys_table(parent), tuple((theirs, stored_as) for _, theirs in owner.on))
        else:
            wanted = Wanted(_kept_table(table), tuple((theirs, mine) for mine, theirs in owner.on))
        return wanted, {theirs for mine, theirs in owner.on if mine in keyed[parent]}
    entity = owner if isinstance(owner, Entity) else project.entity(owner.entity)
    return Wanted(_keys_table(entity.name), ((owner.key, _key_of(entity, project)[1].name),)), {owner.key}


def _key_of(entity: Entity, project: Project) -> tuple[str, Column]:
    """The table and the column that an entity's keys are stored in."""
    if entity.source is not None:
        return entity.name, _column(entity, entity.key)
    relation = project.stored(entity.from_relation or "")
    return relation.name, _column(relation, relation.key)


def _column(owner: Entity | Relation, wanted: str) -> Column:
    return next(item for item in owner.columns if item.name == wanted)


def _keys_table(entity: str) -> str:
    return f"keys of {entity}"


def _kept_table(table: str) -> str:
    return f"kept of {table}"


def _write(engine: Engine, part: _Part, root: Path, out: Path, staging: Path, disguise: Disguise, zone: str) -> str:
    """Writes one source's rows, as it writes them, to its path below `out`; that path."""
    relative = target_of(part.opened, root)
    query = samples.sample(part.table, list(part.columns.values()), part.uses, part.keys, disguise, zone)
    encoding = part.opened.format.encoding
    is_other = part.opened.kind == "csv" and not files.is_utf8(encoding)
    written = staging / (f"plain-{relative.name.removesuffix('.gz')}" if is_other else relative.name)
    engine.execute(samples.write(query, part.table, str(written)))
    if is_other:
        files.encode(written, encoding, staging / relative.name)
    (out / relative).parent.mkdir(parents=True, exist_ok=True)
    shutil.move(staging / relative.name, out / relative)
    return relative.as_posix()
