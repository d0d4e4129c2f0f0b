"""`init`: data files -> a first project that validates, tests and applies at once. Nothing is ever overwritten."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import takewhile
from pathlib import Path

from segrules.diagnostics import Diagnostic, has_errors
from segrules.engines.duckdb import connect
from segrules.engines.engine import Engine, EngineError
from segrules.language.types import DECIMAL, Kind
from segrules.project.model import Column, Entity, Format, Project, Source
from segrules.sql.facts import MEASURES, facts_query
from segrules.sql.scans import Table
from segrules.workflows import example
from segrules.workflows.csv_guess import guess_format
from segrules.workflows.files import Unreadable, find_files, kind_of
from segrules.workflows.guesses import Ask, ColumnFacts, FileFacts, guess, identifier
from segrules.workflows.inference import infer_columns
from segrules.workflows.sources import Sources, data_finding, inspect, open_sources
from segrules.workflows.starter import AMOUNTS, project_files


@dataclass(frozen=True, slots=True)
class Written:
    """What `init` wrote, relative to the folder: nothing where a finding says why. `notes` tell what was guessed."""

    paths: tuple[str, ...]
    notes: tuple[str, ...] = ()
    findings: tuple[Diagnostic, ...] = ()


def init(root: Path, files: Sequence[Path] = (), *, ask: Ask | None = None, today: date | None = None) -> Written:
    """Writes a project about these files into `root`, or an example with data of its own.

    `ask` is given each doubtful guess; without it the guess is taken and told in `notes`.
    """
    if not files:
        return _write(root, example.FILES, ())
    with tempfile.TemporaryDirectory(prefix="segrules-") as workdir:
        found, notes, findings = _look_into(root, files, Path(workdir) / "each")
        parts = {} if findings else _parts(files, found)
        if parts:
            found, notes, findings = _look_into(root, [parts.get(file, file) for file in files], Path(workdir) / "all")
    if findings:
        return Written((), findings=findings)
    for whole in dict.fromkeys(parts.values()):
        names = ", ".join(f"`{file.name}`" for file, target in parts.items() if target == whole)
        notes = (*notes, f"{names} have the same columns and are read as one, `{whole.name}`")
    draft = guess(found, ask)
    name = identifier(root.absolute().name)
    return _write(root, project_files(draft, name, today or date.today()), (*notes, *draft.notes))


def _parts(files: Sequence[Path], found: Sequence[FileFacts]) -> dict[Path, Path]:
    """From files that are parts of one export to the glob of all its parts: same folder, columns and ending."""
    groups: dict[tuple[Path, str, tuple[str, ...]], list[Path]] = {}
    for file, facts in zip(dict.fromkeys(files), found, strict=True):
        columns = tuple(column.name for column in facts.columns)
        groups.setdefault((file.parent, "".join(file.suffixes), columns), []).append(file)
    parts: dict[Path, Path] = {}
    for (_, ending, _), group in groups.items():
        names = [file.name.removesuffix(ending) for file in group]
        same = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
        start = "".join(letters[0] for letters in same).rstrip("0123456789")
        whole = group[0].with_name(f"{start}*{ending}")
        if len(group) > 1 and start.strip("_-0123456789") and set(find_files(str(whole), Path())) == set(group):
            parts |= dict.fromkeys(group, whole)
    return parts


def _write(root: Path, texts: Mapping[str, str], notes: tuple[str, ...]) -> Written:
    there = [path for path in texts if (root / path).exists()]
    if there:
        help = "choose another folder: nothing is ever overwritten"
        return Written((), findings=(Diagnostic("output-refused", f"`{there[0]}` is already there", help=help),))
    try:
        for path, text in texts.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            with (root / path).open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
    except OSError as error:
        message = f"`{path}` cannot be written: {(error.strerror or str(error)).lower()}"
        return Written((), findings=(Diagnostic("output-refused", message),))
    return Written(tuple(texts), notes)


def _look_into(
    root: Path, files: Sequence[Path], workdir: Path
) -> tuple[list[FileFacts], tuple[str, ...], tuple[Diagnostic, ...]]:
    """What is in the files, remarks on how they are written, and findings where they cannot be read."""
    notes: list[str] = []
    entities: list[Entity] = []
    for number, file in enumerate(dict.fromkeys(files)):
        try:
            format, remarks = _format(file)
        except (OSError, Unreadable) as error:
            reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error)
            return [], (), (Diagnostic("data-unreadable", f"`{file}` cannot be read: {reason}"),)
        notes += remarks
        entities.append(Entity(f"file{number}", "", Source(file.absolute().as_posix(), format=format)))
    project = Project("", None, "UTC", tuple(entities), (), {}, (), (), (), ())
    sources, findings = open_sources(project, root, workdir)
    if has_errors(findings):
        return [], (), findings
    facts, findings = _read(sources, dict(zip(dict.fromkeys(files), entities, strict=True)), root)
    return facts, tuple(notes), findings


def _read(
    sources: Sources, entities: Mapping[Path, Entity], root: Path
) -> tuple[list[FileFacts], tuple[Diagnostic, ...]]:
    """The facts of each file; `entities` are its stand-ins in `sources`."""
    facts: list[FileFacts] = []
    engine = connect(readable=sources.readable)
    try:
        tables, findings = inspect(engine, sources)
        if has_errors(findings):
            return [], findings
        for file, entity in entities.items():
            try:
                facts.append(_facts(engine, tables[entity.name], entity, root))
            except EngineError as error:
                return [], (data_finding(error, Source(str(file))),)
    except EngineError as error:
        if error.kind in ("internal", "interrupted"):
            raise
        return [], (Diagnostic("data-unreadable", error.message),)
    finally:
        engine.close()
    return facts, tuple(Diagnostic("data-missing", f"`{item.path}` has no rows") for item in facts if not item.rows)


def _format(file: Path) -> tuple[Format, tuple[str, ...]]:
    found = find_files(str(file), Path())
    if not found or kind_of(found[0]) != "csv":
        return Format(), ()
    guesses = [guess_format(part) for part in found if isinstance(part, Path)]
    missing = dict.fromkeys(mark for format, _ in guesses for mark in format.missing)
    return replace(guesses[0][0], missing=tuple(missing)), tuple(note for _, notes in guesses for note in notes)


def _path_from(file: Path, root: Path) -> str:
    """The file as segrules.yml names it: relative to the project where that is possible."""
    try:
        return Path(os.path.relpath(file, root)).as_posix()
    except ValueError:  # another drive
        return file.absolute().as_posix()


def _as_money(item: Column) -> Column:
    """An amount that is stored as a float is declared `decimal`, so that its sums are exact."""
    return replace(item, type=DECIMAL) if item.type.kind is Kind.NUMBER and AMOUNTS.search(item.name) else item


def _facts(engine: Engine, table: Table, entity: Entity, root: Path) -> FileFacts:
    assert entity.source is not None
    assert entity.source.path is not None
    columns = [_as_money(item) for item in infer_columns(engine, table)]
    rows, *measures = engine.run(facts_query(table, columns, "UTC", engine.dialect))[0]
    facts = []
    for number, item in enumerate(columns):
        known, distinct, least, most, total, commonest = measures[number * MEASURES : (number + 1) * MEASURES]
        exact = None if total is None else Decimal(total)
        facts.append(ColumnFacts(item.name, item.type, known, distinct, least, most, exact, commonest))
    return FileFacts(_path_from(Path(entity.source.path), root), rows, tuple(facts), entity.source.format)
