"""What a run sets besides its rules: `--env prod` takes environments/prod.yml, `--set vip_spend=800` one param."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar
from unicodedata import normalize

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.language.core import Literal
from segrules.project.cut_rules import without_cut_rules
from segrules.project.declarations import engine_of, source_of, unfit_finding
from segrules.project.document_reading import read_document
from segrules.project.documents import SourceDocument
from segrules.project.environment_document import EnvironmentDocument
from segrules.project.file_reading import elsewhere, read_file
from segrules.project.leaves import Unfit
from segrules.project.model import Entity, Lookup, Project, Relation, Source
from segrules.project.param_values import from_text, from_yaml
from segrules.project.plain import Key
from segrules.project.reader import ENVIRONMENT_FOLDER, Reader
from segrules.project.yaml_source import read_yaml

Findings = list[Diagnostic]
Owner = TypeVar("Owner", Entity, Relation, Lookup)


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment of `--env`, and `name=value` of each `--set`; of two for one param the last one counts."""

    environment: str | None = None
    sets: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, str]:
        """The text of each param that `--set` gives."""
        pairs = (item.partition("=") for item in self.sets)
        return {normalize("NFC", name.strip()): text for name, _, text in pairs}


NO_SETTINGS = Settings()


def environment_path(name: str, read: Reader) -> str | None:
    """The file of an environment."""
    return _paths(read).get(normalize("NFC", name))


def with_settings(project: Project, read: Reader, settings: Settings, findings: Findings) -> Project:
    """The project with the params and sources of its environment and of `--set`. Every environment is checked."""
    changed = project
    findings += _same_names(read)
    for name, path in _paths(read).items():
        own = _with_environment(project, read, path, findings)
        changed = (
            own if settings.environment is not None and name == normalize("NFC", settings.environment) else changed
        )
    if settings.environment is not None and environment_path(settings.environment, read) is None:
        findings.append(_unknown_environment(settings.environment, _paths(read)))
    params = dict(changed.params)
    for item in settings.sets:
        _set(item, params, project, findings)
    return replace(changed, params=params)


def has_invalid_setting(findings: Iterable[Diagnostic]) -> bool:
    """Whether the command line sets something that the project does not have."""
    return any(finding.code == "invalid-setting" for finding in findings)


def _paths(read: Reader) -> dict[str, str]:
    """The files of environments by name."""
    names = {}
    for path in read.list(ENVIRONMENT_FOLDER):
        names[normalize("NFC", path.removeprefix(f"{ENVIRONMENT_FOLDER}/").rpartition(".")[0])] = path
    return names


def _same_names(read: Reader) -> Iterator[Diagnostic]:
    """A finding for a file whose name but for its ending is that of another one."""
    kept = set(_paths(read).values())
    for path in read.list(ENVIRONMENT_FOLDER):
        if path not in kept:
            message = "there is another file of this environment, with another ending"
            yield Diagnostic("duplicate-name", message, path=path, help="keep one of the two")


def _unknown_environment(name: str, known: Mapping[str, str]) -> Diagnostic:
    listed = ", ".join(f"`{other}`" for other in known)
    help = did_you_mean(name, known) or (f"known are {listed}" if known else "environments are `environments/*.yml`")
    return Diagnostic("invalid-setting", f"`--env {name}`: there is no environment `{name}`", help=help)


def _set(item: str, params: dict[str, Literal], project: Project, findings: Findings) -> None:
    """Gives one param the value of a `--set`."""
    written, sign, text = item.partition("=")
    name = normalize("NFC", written.strip())
    help: str | None
    if not sign or not name:
        message, help = f"`--set {item}` does not say which param has what value", "write `--set vip_spend=800`"
    elif name not in params:
        if any(broken.kind == "file" or (broken.kind, broken.name) == ("param", name) for broken in project.broken):
            return  # it may be defined where something is wrong
        message = f"`--set {item}`: there is no param `{name}`"
        help = did_you_mean(name, params) or "params are defined under `params` in the files of `segments/`"
    else:
        try:
            params[name] = from_text(text, params[name])
            return
        except Unfit as unfit:
            message, help = f"`--set {item}`: " + unfit.message.replace("{key}", name), unfit.help
    findings.append(Diagnostic("invalid-setting", message, help=help))


def _with_environment(project: Project, read: Reader, path: str, findings: Findings) -> Project:
    """The project as one environment has it."""
    text = read_file(read, path, findings)
    node, wrong = read_yaml(path, text) if text is not None else (None, ())
    findings += wrong
    if node is None:
        return project
    cleaned, cut = without_cut_rules(node)
    document, unfit, _ = read_document(EnvironmentDocument, cleaned)
    findings += (*cut, *elsewhere(unfit, wrong))
    if document is None:
        return project
    params = dict(project.params)
    has_unread_files = any(broken.kind == "file" for broken in project.broken)
    for name, value in document.params.items():
        if name in params:
            try:
                params[str(name)] = from_yaml(value, params[name])
            except Unfit as misfit:
                findings.append(unfit_finding(misfit, name, value.span))
        elif not has_unread_files and not any((item.kind, item.name) == ("param", name) for item in project.broken):
            help = did_you_mean(name, params) or "an environment gives params of `segments/` other values"
            findings.append(Diagnostic("unknown-param", f"there is no param `{name}`", name.span, help))
    engine = engine_of(document.engine, findings) or project.engine
    return _with_sources(replace(project, params=params, engine=engine), document.sources, findings)


def _with_sources(project: Project, documents: Mapping[Key, SourceDocument], findings: Findings) -> Project:
    """The project with other sources for some tables. How CSV files are written stays, unless it is said anew."""
    known = dict(_stored(project))
    sources: dict[str, Source] = {}
    for name, document in documents.items():
        found = source_of(document, None, findings)
        if name not in known:
            help = did_you_mean(name, known) or f"known are {', '.join(f'`{table}`' for table in known)}"
            message = f"there is no source `{name}` that could be another one"
            findings.append(Diagnostic("invalid-source", message, name.span, help))
        elif found is not None:
            sources[str(name)] = found if document.format else replace(found, format=known[name].format)

    def changed(table: str, owner: Owner) -> Owner:
        lookups = tuple(changed(f"{table}.{lookup.name}", lookup) for lookup in owner.lookups)
        return replace(owner, source=sources.get(table, owner.source), lookups=lookups)

    return replace(
        project,
        entities=tuple(changed(item.name, item) for item in project.entities),
        relations=tuple(changed(item.name, item) for item in project.relations),
    )


def _stored(project: Project) -> Iterator[tuple[str, Source]]:
    """Every table with a source: `customer`, `orders`, `orders.product`."""

    def nested(table: str, owner: Entity | Relation | Lookup) -> Iterator[tuple[str, Source]]:
        if owner.source is not None:
            yield table, owner.source
        for lookup in owner.lookups:
            yield from nested(f"{table}.{lookup.name}", lookup)

    owners: tuple[Entity | Relation, ...] = (*project.entities, *project.relations)
    for owner in owners:
        yield from nested(owner.name, owner)
