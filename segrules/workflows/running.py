"""A project opened for a run: rules resolved against the data's own types, an engine that sees the sources."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from segrules.diagnostics import Diagnostic, did_you_mean, is_error
from segrules.engines.duckdb import DuckDB
from segrules.engines.engine import Engine
from segrules.language.aggregates import AGGREGATES
from segrules.language.core import Aggregate, Column, Expression, Previous, Reference
from segrules.language.trees import relation_of, walk
from segrules.planning import reference
from segrules.planning.others import reached
from segrules.planning.renaming import labels
from segrules.planning.time import AsOf, as_of, parse_as_of
from segrules.project.environments import (
    NO_SETTINGS,
    Settings,
    environment_path,
    has_invalid_setting,
)
from segrules.project.list_files import LIST_ENDINGS, LIST_FOLDER, list_text
from segrules.project.loader import PROJECT_FILE
from segrules.project.model import Project, Relation, Rules
from segrules.project.reader import ENVIRONMENT_FOLDER, Reader
from segrules.sql import DIALECTS
from segrules.sql.queries import ScanQuery
from segrules.sql.scans import Table, typed_scans
from segrules.workflows.sources import Sources

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a run did not start; exit code 1 for wrong rules, 2 for wrong usage or data."""

    findings: tuple[Diagnostic, ...]
    exit_code: int


@dataclass(frozen=True, slots=True)
class Run:
    """Everything a run needs. `tables` are by table id; `findings` are warnings so far.

    engine: where the data is and rules run; local: DuckDB, where members are written, mostly the same; workdir: for
    files of a moment. is_replay: the as-of was asked for and lies before the project's own, or before today.
    """

    project: Project
    rules: Mapping[str, Rules]
    rules_hash: str
    settings: Settings
    sources: Sources
    tables: Mapping[str, Table]
    engine: Engine
    local: DuckDB
    workdir: Path
    as_of: AsOf
    is_replay: bool
    findings: tuple[Diagnostic, ...]

    @property
    def scan(self) -> ScanQuery:
        """From a plan's scan to the query of its table's typed rows, in the engine's dialect."""
        return typed_scans(self.tables, self.as_of.zone, DIALECTS[self.engine.dialect])

    @property
    def is_local(self) -> bool:
        """Whether rules run in the DuckDB that writes members."""
        return self.engine is self.local

    def close(self) -> None:
        self.engine.close()
        if not self.is_local:
            self.local.close()


def code_of_errors(findings: Sequence[Diagnostic]) -> int:
    """1 where rules are wrong; 2 where segrules.yml or an environment is: those are the configuration of a run."""
    errors = [finding for finding in findings if is_error(finding)]
    places = [finding.span.file.path if finding.span else finding.path or "" for finding in errors]
    is_configuration = any(place == PROJECT_FILE or place.startswith(f"{ENVIRONMENT_FOLDER}/") for place in places)
    return 2 if is_configuration or has_invalid_setting(findings) else 1


def chosen_as_of(project: Project, text: str | None, today: date) -> AsOf | Diagnostic:
    """The as-of of the command line, else of the project, else the end of today."""
    try:
        return (
            parse_as_of(text, project.timezone) if text is not None else as_of(project.as_of or today, project.timezone)
        )
    except ValueError:
        shown = project.as_of if text is None else text
        help = "write a day, `2026-01-31`, or an instant, `2026-01-31T12:00`"
        return Diagnostic("impossible-date", f"`{shown}` is no day or instant that a run can be of", help=help)


def texts_of_rules(read: Reader, settings: Settings = NO_SETTINGS) -> dict[str, str]:
    """The texts of segrules.yml, every rule file and every list, and of the environment, by their paths."""
    lists = read.list(LIST_FOLDER, LIST_ENDINGS)
    environment = environment_path(settings.environment, read) if settings.environment is not None else None
    texts: dict[str, str] = {}
    for path in ("segrules.yml", *read.list("segments"), *lists, *([environment] if environment else [])):
        text = list_text(read, path) if path in lists else read.text(path)
        texts[path] = text if isinstance(text, str) else ""
    return texts


def hash_of_rules(read: Reader, settings: Settings = NO_SETTINGS) -> str:
    """One hash of all that `texts_of_rules` gives, and of what is set besides."""
    digest = hashlib.sha256()
    for path, content in texts_of_rules(read, settings).items():
        digest.update(f"{path}\0{len(content)}\0{content}".encode())
    for name, value in sorted(settings.values.items()):
        digest.update(f"--set\0{name}\0{len(value)}\0{value}".encode())
    return digest.hexdigest()


def chosen(rules: Mapping[str, Rules], select: Sequence[str]) -> dict[str, tuple[Reference, ...]] | Diagnostic:
    """Per entity the segments, segmentations and their stages that a run gives: all, or those of `--select`."""
    wanted = {name: all_references(own) for name, own in rules.items()}
    if not select:
        return {entity: references for entity, references in wanted.items() if references}
    known = {reference.name for references in wanted.values() for reference in references}
    for name in select:
        if name not in known:
            return Diagnostic("unknown-segment", f"there is no segment `{name}`", help=did_you_mean(name, known))
    names = set(select)
    kept = {
        entity: tuple(item for item in references if names & {item.name, item.name.partition(".")[0]})
        for entity, references in wanted.items()
    }
    return {entity: references for entity, references in kept.items() if references}


def all_references(rules: Rules) -> tuple[Reference, ...]:
    """Segments in the order of the files, then each segmentation with its stages."""
    names = [*rules.segments]
    for name, labelling in rules.segmentations.items():
        names += [name, *(f"{name}.{label}" for label in labels(labelling))]
    return tuple(reference(rules, name) for name in names)


def ordered_relations(rules: Mapping[str, Rules], wanted: Mapping[str, Sequence[Reference]]) -> frozenset[str]:
    """The relations of whose rows at one place only one counts for something wanted."""
    found: set[str] = set()
    for one in (one for entity, references in wanted.items() for one in reached(rules[entity], references)):
        for node in walk(one.expression):
            match node:
                case Aggregate(function=function, relation=name, value=value) if AGGREGATES[function].takes_one:
                    if value is not None and _may_differ(value, one.rules.relations[name]):
                        found.add(_stored(name, one.rules))
                case Previous(item=item):
                    name = relation_of(item.row)
                    if _may_differ(item, one.rules.relations[name]):
                        found.add(_stored(name, one.rules))
    return frozenset(found)


def _may_differ(value: Expression, relation: Relation) -> bool:
    """Whether rows of equal time and order may have different values: not if these are all that it is made of."""
    columns = [node for node in walk(value) if isinstance(node, Column | Reference)]
    return any(node.path or node.name not in (relation.time, relation.order) for node in columns)


def _stored(relation: str, rules: Rules) -> str:
    """The stored relation behind a derived one that has its rows; a rollup has rows of its own."""
    made = rules.derived.get(relation)
    return relation if made is None or made.by else _stored(made.base, rules)


@contextmanager
def watched(engine: Engine, progress: Progress | None) -> Iterator[None]:
    """Reports how far the engine is, five times a second, while the body runs."""
    if progress is None:
        yield
        return
    done = threading.Event()

    def report() -> None:
        while not done.wait(0.2):
            share = engine.progress()
            if share is not None:
                progress(share)

    watcher = threading.Thread(target=report, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
