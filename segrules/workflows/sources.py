"""A project's sources -> tables that an engine can read, and a project whose columns have the data's own types."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from glob import has_magic
from itertools import takewhile
from pathlib import Path

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.engines.engine import Engine, EngineError
from segrules.engines.remote import stored_at
from segrules.project.addresses import scheme_of
from segrules.project.model import Column, Entity, Format, Lookup, Project, Relation, Source
from segrules.sql import DIALECTS, scans
from segrules.sql.dialect import Dialect
from segrules.sql.scans import Table
from segrules.workflows import files
from segrules.workflows.inference import infer_columns, with_scales
from segrules.workflows.opening import Opened, open_source
from segrules.workflows.stored_tables import stored_table, table_of_files

Owner = Entity | Relation | Lookup


@dataclass(frozen=True, slots=True)
class Sources:
    """Table ids (`customer`, `orders`, `orders.product`) with the files or tables that they read.

    database: the file of DuckDB that has those tables.
    """

    tables: Mapping[str, Opened]
    root: Path
    database: Path | None = None

    @property
    def readable(self) -> tuple[files.StoredFile, ...]:
        """Every file that an engine must be allowed to read."""
        return tuple(dict.fromkeys(path for opened in self.tables.values() for path in opened.paths))

    def source_of(self, error: EngineError) -> Source | None:
        """The source whose file an engine's error is about, where it is the file's fault or its server's."""
        if error.path is None or not _is_of_data(error):
            return None
        opened = (one for one in self.tables.values() if error.path in map(stored_at, (*one.paths, *one.originals)))
        return next((one.source for one in opened), None)

    def fingerprint(self) -> dict[str, dict[str, object]]:
        """Per table id, what tells one state of its data from another: of a table, the state of its database file."""
        of_database = {}
        if self.database is not None and any(not opened.originals for opened in self.tables.values()):
            of_database = files.fingerprint(files.of_database(self.database), self.root)
        return {
            table: files.fingerprint(opened.originals, self.root)
            if opened.originals
            else {"table": opened.source.table, **of_database}
            if opened.source.table is not None
            else {"address": opened.source.path}
            for table, opened in self.tables.items()
        }


def owners(project: Project) -> Iterator[tuple[str, Owner]]:
    """Each entity, relation and lookup that has rows stored somewhere, under its table id."""

    def nested(prefix: str, lookups: Iterable[Lookup]) -> Iterator[tuple[str, Owner]]:
        for lookup in lookups:
            table = f"{prefix}.{lookup.name}"
            if lookup.source is not None:
                yield table, lookup
            yield from nested(table, lookup.lookups)

    tops: tuple[Entity | Relation, ...] = (*project.entities, *project.relations)
    for owner in tops:
        if owner.source is not None:
            yield owner.name, owner
        yield from nested(owner.name, owner.lookups)


def table_of(project: Project, path: str) -> str | None:
    """The table id of what a path of lookups leads to: `orders.product`, or `company` for `user.company`."""
    first, *steps = path.split(".")
    tops: tuple[Entity | Relation, ...] = (*project.entities, *project.relations)
    owner: Owner | None = next((item for item in tops if item.name == first), None)
    table = first
    for step in steps:
        lookup = next((item for item in owner.lookups if item.name == step), None) if owner is not None else None
        if lookup is None or lookup.entity is None:
            owner, table = lookup, f"{table}.{step}"
        else:
            owner, table = project.entity(lookup.entity), lookup.entity
    return table if owner is not None else None


def open_sources(
    project: Project,
    root: Path,
    workdir: Path,
    besides: Collection[str] = (),
    database: Path | None = None,
    *,
    is_cluster: bool = False,
) -> tuple[Sources, tuple[Diagnostic, ...]]:
    """Every source with its files found and, where they are in another encoding, written anew as UTF-8 in `workdir`.

    besides: tables whose rows come from elsewhere. database: the file of DuckDB with what sources name as tables.
    is_cluster: the engine goes to addresses itself.
    """
    opened: dict[tuple[str | None, str | None, Format], Opened] = {}
    tables: dict[str, Opened] = {}
    findings: list[Diagnostic] = []
    for table, owner in owners(project):
        source = owner.source
        assert source is not None
        if table in besides:
            continue
        place = (source.path, source.table, source.format)
        if place not in opened:
            result = open_source(source, root, workdir / str(len(opened)), is_cluster=is_cluster)
            if isinstance(result, Diagnostic):
                findings.append(result)
                continue
            opened[place] = result
        tables[table] = replace(opened[place], source=source)
    return Sources(tables, root, database), tuple(findings)


def inspect(engine: Engine, sources: Sources) -> tuple[dict[str, Table], tuple[Diagnostic, ...]]:
    """The table of each id with its stored columns."""
    known: dict[object, Table] = {}
    tables: dict[str, Table] = {}
    findings: list[Diagnostic] = []
    for name, opened in sources.tables.items():
        place = (opened.paths or opened.source.path, opened.source.table, opened.format)
        if place not in known:
            result = _inspect(engine, opened, sources.root)
            if isinstance(result, Diagnostic):
                findings.append(result)
                continue
            known[place] = result
        tables[name] = known[place]
    return tables, tuple(findings)


def concretize(engine: Engine, project: Project, tables: Mapping[str, Table]) -> tuple[Project, tuple[Diagnostic, ...]]:
    """The project with every contract filled and every plain `decimal` given its scale, as the data says.

    Findings: columns that the data has not, or has with another type.
    """
    findings: list[Diagnostic] = []
    dialect = DIALECTS[engine.dialect]

    def columns(table: str, owner: Owner) -> tuple[Column, ...]:
        stored = tables.get(table)
        if stored is None:
            return owner.columns
        delimiter = _other_delimiter(stored)
        if delimiter is not None and owner.source is not None:
            message = f"the columns of `{owner.source.path}` seem to be separated by `{delimiter}`"
            help = f"say so: `format: {{delimiter: '{delimiter}'}}`"
            findings.append(Diagnostic("invalid-source", message, owner.source.span, help))
            return owner.columns
        wrong = [finding for item in owner.columns if (finding := _column_finding(item, stored, owner, dialect))]
        findings.extend(wrong)
        if wrong or owner.source is None:
            return owner.columns
        try:
            return with_scales(engine, stored, owner.columns) if owner.columns else infer_columns(engine, stored)
        except EngineError as error:
            findings.append(data_finding(error, owner.source))
            return owner.columns

    return with_columns(project, columns), tuple(findings)


def with_columns(project: Project, columns: Callable[[str, Owner], tuple[Column, ...]]) -> Project:
    """The project with the columns that a function of table id and owner gives, where rows are stored."""

    def lookup(prefix: str, old: Lookup) -> Lookup:
        table = f"{prefix}.{old.name}"
        new = columns(table, old) if old.source is not None else old.columns
        return replace(old, columns=new, lookups=tuple(lookup(table, item) for item in old.lookups))

    def entity(old: Entity) -> Entity:
        new = columns(old.name, old) if old.source is not None else old.columns
        return replace(old, columns=new, lookups=tuple(lookup(old.name, item) for item in old.lookups))

    def relation(old: Relation) -> Relation:
        new = columns(old.name, old) if old.source is not None else old.columns
        return replace(old, columns=new, lookups=tuple(lookup(old.name, item) for item in old.lookups))

    return replace(
        project,
        entities=tuple(entity(item) for item in project.entities),
        relations=tuple(relation(item) for item in project.relations),
    )


def data_finding(error: EngineError, source: Source) -> Diagnostic:
    """What an engine says about a file, at the source that names it. Anything but the file's fault is raised on, or its
    server's.
    """
    if error.kind != "overflow" and not _is_of_data(error):
        raise error
    code = "data-missing" if error.kind == "missing" else "data-unreadable"
    message = error.message
    if error.path is not None:
        file = files.stored(error.path)
        if files.kind_of(file) == "csv":
            message = re.sub(r"(?<=: line )\d+", partial(_line, file), message)
        message = message.replace(error.path, _shown(error.path, source))
    return Diagnostic(code, message, source.span)


def _is_of_data(error: EngineError) -> bool:
    """Of files elsewhere, who may not read them or does not reach them is told so, too."""
    is_elsewhere = scheme_of(error.path or "") is not None
    return error.kind in ("data", "missing") or (is_elsewhere and error.kind in ("permission", "connection"))


def _line(path: files.StoredFile, record: re.Match[str]) -> str:
    """The line that editors show of the record that an engine counts; the latter where the file cannot be read."""
    try:
        return str(files.line_of(path, int(record[0])))
    except (OSError, EngineError, files.Unreadable):
        return record[0]


def _inspect(engine: Engine, opened: Opened, root: Path) -> Table | Diagnostic:
    source = opened.source
    try:
        if opened.kind is None:
            return stored_table(engine, source)
        if opened.kind in DIALECTS[engine.dialect].file_schemas:
            return table_of_files(engine, source, DIALECTS[engine.dialect].file_schemas[opened.kind], root)
        paths = tuple(map(stored_at, opened.paths))
        table = Table(opened.kind, paths, format=opened.format)
        match opened.kind:
            case "csv":
                return _csv_table(table, opened)
            case "json":
                return replace(table, physical=tuple(engine.describe(scans.json_names(paths).sql(engine.dialect))))
            case "parquet":
                return _parquet_table(engine, table)
    except EngineError as error:
        return data_finding(error, source)
    except files.Unreadable as error:
        return Diagnostic("data-unreadable", str(error), source.span, error.help)


def _csv_table(table: Table, opened: Opened) -> Table | Diagnostic:
    headers = [files.header(path, opened.format) for path in opened.paths]
    first = headers[0]
    for path, other in zip(opened.originals, headers, strict=True):
        if sorted(other) != sorted(first):
            extra, lacking = (sorted(set(a) - set(b)) for a, b in ((other, first), (first, other)))
            what = f"has a column `{extra[0]}`" if extra else f"has no column `{lacking[0]}`" if lacking else "differs"
            message = f"the header of `{path.name}` {what}, unlike that of `{opened.originals[0].name}`"
            return Diagnostic("data-unreadable", message, opened.source.span)
    groups: dict[tuple[str, ...], list[str]] = {}
    for path_text, other in zip(table.paths, headers, strict=True):
        groups.setdefault(other, []).append(path_text)
    if len(groups) > 1 and len(set(first)) < len(first):
        message = "the files' headers have a column twice, and in different orders"
        return Diagnostic("data-unreadable", message, opened.source.span)
    physical = tuple((stored, "VARCHAR") for stored in first)
    orders = tuple((order, tuple(paths)) for order, paths in groups.items()) if len(groups) > 1 else ()
    return replace(table, physical=physical, groups=orders)


def _parquet_table(engine: Engine, table: Table) -> Table:
    """Columns that every file has; where files store one with different types, the type that holds them all."""
    each = [
        engine.describe(scans.everything(replace(table, paths=(path,))).sql(engine.dialect)) for path in table.paths
    ]
    if all(columns == each[0] for columns in each):
        return replace(table, physical=tuple(each[0]))
    shared = set.intersection(*({column for column, _ in columns} for columns in each))
    together = engine.describe(scans.everything(table).sql(engine.dialect))
    return replace(table, physical=tuple(item for item in together if item[0] in shared))


def _shown(path: str, source: Source) -> str:
    """A file as the project names it; one of a glob from where the glob begins to differ."""
    if source.path is None or not has_magic(source.path) or scheme_of(source.path) is not None:
        return path if has_magic(source.path or "") else source.path or path
    fixed = takewhile(lambda part: not has_magic(part), Path(source.path).parts)
    folder = "".join(f"{part}/" for part in fixed)
    start = path.rfind(f"/{folder}") if folder else -1
    return path[start + 1 :] if start >= 0 else Path(path).name


def _other_delimiter(table: Table) -> str | None:
    """What separates columns, where a CSV header read as one column looks like several."""
    if table.kind != "csv" or len(table.physical) != 1:
        return None
    return next((sign for sign in (";", "\t", "|", ",") if sign in table.physical[0][0]), None)


def _column_finding(item: Column, table: Table, owner: Owner, dialect: Dialect) -> Diagnostic | None:
    names = [stored for stored, _ in table.physical]
    place = scans.position(table, item.name)
    if place is None:
        help = did_you_mean(item.name, names)
        if help is None and len(table.paths) > 1:
            help = "each of the files must have it"
        return Diagnostic("missing-column", f"the data of `{owner.name}` has no column `{item.name}`", item.span, help)
    if names.count(names[place]) > 1:
        message = f"the data of `{owner.name}` has the column `{item.name}` more than once"
        return Diagnostic("missing-column", message, item.span)
    stored = table.physical[place][1]
    if scans.accepts(table, stored, item.type, dialect):
        return None
    found = f"the frame of `{owner.name}` has it as" if table.kind == "frame" else "stored as"
    message = f"`{item.name}` is declared {item.type}, but {found} {stored}"
    natural = scans.natural(stored, dialect)
    help = f"declare it {natural}" if natural else None
    return Diagnostic("wrong-column-type", message, item.span, help)
