"""A folder's files as a project: read, checked file by file and against each other, expressions still text."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Several
from datetime import date, datetime

from segrules.diagnostics import Diagnostic, has_errors
from segrules.project import declarations
from segrules.project.contract_checks import contract_findings
from segrules.project.contract_types import wall_clock
from segrules.project.cut_rules import without_cut_rules
from segrules.project.document_reading import read_document
from segrules.project.documents import ProjectDocument, SegmentsDocument
from segrules.project.environments import NO_SETTINGS, Settings, with_settings
from segrules.project.file_reading import elsewhere, read_file
from segrules.project.ignores import ignores_of
from segrules.project.levels import levels
from segrules.project.limits import approvals, limits
from segrules.project.list_files import load_lists
from segrules.project.model import Broken, Entity, Lookup, Project, Relation
from segrules.project.name_checks import name_findings
from segrules.project.reader import PROJECT_FILE, RULE_FOLDER, FolderReader, Reader, folder_reader
from segrules.project.rule_files import RuleFiles, add_file, without_duplicates
from segrules.project.suppressions import suppressions
from segrules.project.upkeep import History, Ignore
from segrules.project.yaml_source import Mapping, Node, Sequence, read_yaml

__all__ = ["PROJECT_FILE", "FolderReader", "Reader", "folder_reader", "load", "needs_data"]

Findings = list[Diagnostic]


def load(read: Reader, settings: Settings = NO_SETTINGS) -> tuple[Project | None, tuple[Diagnostic, ...]]:
    """The project that the files describe, and all findings.

    None where entities and relations are not known well enough to look at rules. What else has findings is left out;
    `Project.broken` names it. Params and sources are as the settings say.
    """
    findings: Findings = []
    ignores: list[Ignore] = []
    document, is_whole = _project_document(read, findings, ignores)
    names = frozenset(map(str, (*document.entities, *document.relations))) if document else frozenset()
    files = list(_rule_documents(read, names, findings, ignores))
    if document is None:
        return None, tuple(findings)
    zone = declarations.time_zone(document.timezone, findings)
    entities = declarations.entities(document, zone, findings)
    relations = declarations.relations(document, zone, findings)
    is_whole = is_whole and len(entities) == len(document.entities) and len(relations) == len(document.relations)
    rules = _rules(files, [str(name) for name in document.entities], findings)
    project = Project(
        document.name.value if document.name else "project",
        _as_of(document, zone),
        zone,
        entities,
        relations,
        rules.params,
        tuple(rules.traits),
        tuple(rules.segments),
        tuple(rules.segmentations),
        tuple(rules.carry),
        tuple(rules.broken),
        load_lists(read),
        suppressions(document, findings),
        document.fiscal_year_starts or 1,
        levels(document.findings, findings),
        tuple(ignores),
        tuple(limits(document)),
        tuple(approvals(document)),
        tuple(rules.assertions),
        _history(document),
        declarations.engine_of(document.engine, findings),
        rules.param_spans,
    )
    project = with_settings(project, read, settings, findings)
    findings += contract_findings(project, document)
    findings += name_findings(project)
    is_whole = is_whole and _leads_to_entities(project)
    return project if is_whole and entities else None, tuple(findings)


def _leads_to_entities(project: Project) -> bool:
    """Whether every lookup that leads to an entity leads to one that is there."""
    names = {None, *(entity.name for entity in project.entities)}
    waiting: list[Entity | Relation | Lookup] = [*project.entities, *project.relations]
    while waiting:
        lookups = waiting.pop().lookups
        if any(lookup.entity not in names for lookup in lookups):
            return False
        waiting.extend(lookups)
    return True


def _project_document(read: Reader, findings: Findings, ignores: list[Ignore]) -> tuple[ProjectDocument | None, bool]:
    """segrules.yml, and whether all that it declares could be understood."""
    text = read.text(PROJECT_FILE)
    if isinstance(text, Diagnostic):
        if text.code == "file-missing":
            help = "`segrules init` starts a project; or name its folder as the last argument"
            text = Diagnostic("file-missing", "there is no `segrules.yml` here", help=help, path=PROJECT_FILE)
        findings.append(text)
        return None, False
    node, wrong = read_yaml(PROJECT_FILE, text)
    findings += wrong
    if node is None:
        if not wrong:
            findings.append(Diagnostic("missing-key", "the file is empty", path=PROJECT_FILE, help="`segrules init`"))
        return None, False
    cleaned, cut = without_cut_rules(node)
    ignores += ignores_of(node, findings)
    document, unfit, has_lost = read_document(ProjectDocument, cleaned)
    findings += (*cut, *elsewhere(unfit, wrong))
    if document is None:
        return None, False
    findings += _top_findings(node, document)
    harmless = all(finding.code == "unknown-key" for finding in unfit)
    return document, not cut and (harmless or not has_lost) and not has_errors(wrong)


def _top_findings(node: Node, document: ProjectDocument) -> Iterator[Diagnostic]:
    if isinstance(node, Mapping) and node.get("segrules") is None:
        help = "write `segrules: 1` as the first line"
        yield Diagnostic(
            "missing-key", "the file needs `segrules`, the version of its format", help=help, path=PROJECT_FILE
        )
    entities = node.get("entities") if isinstance(node, Mapping) else None
    if entities is None or (
        not isinstance(entities, Sequence) and not getattr(entities, "entries", entities.span.text)
    ):
        message = "the project has no `entities`, so there is nothing to segment"
        yield Diagnostic("missing-key", message, help="`segrules init` writes them from data files", path=PROJECT_FILE)


def _history(document: ProjectDocument) -> History | None:
    if document.history is None:
        return None
    return History(document.history.keep.value if document.history.keep else None, document.key_span("history"))


def _as_of(document: ProjectDocument, zone: str) -> date | datetime | None:
    value: date | datetime | None = document.as_of.value if document.as_of else None
    return wall_clock(value, zone) if isinstance(value, datetime) else value


def _rule_documents(
    read: Reader, names: frozenset[str], findings: Findings, ignores: list[Ignore]
) -> Iterator[tuple[str, Node | None, SegmentsDocument | None]]:
    """Each rule file as written and as understood; nothing for one that could not be read."""
    for path in read.list(RULE_FOLDER):
        text = read_file(read, path, findings)
        if text is None:
            yield path, None, None
            continue
        node, wrong = read_yaml(path, text)
        findings += wrong
        if node is None:
            if wrong:
                yield path, None, None
            continue
        cleaned, cut = without_cut_rules(node)
        ignores += ignores_of(node, findings)
        document, unfit, _ = read_document(SegmentsDocument, cleaned, names)
        findings += (*cut, *elsewhere(unfit, wrong))
        yield path, node, document


def _rules(
    files: Several[tuple[str, Node | None, SegmentsDocument | None]], entities: Several[str], findings: Findings
) -> RuleFiles:
    rules = RuleFiles()
    for path, node, document in files:
        if node is None or document is None:
            rules.broken.append(Broken("file", path, None))
        else:
            add_file(rules, node, document, entities, findings)
    without_duplicates(rules, findings)
    return rules


def needs_data(project: Project) -> tuple[str, ...]:
    """The tables whose columns are not given: `customer`, `orders`, `orders.product`."""
    owners: tuple[Entity | Relation, ...] = (*project.entities, *project.relations)
    return tuple(name for owner in owners for name in _without_columns(owner, owner.name))


def _without_columns(owner: Entity | Relation | Lookup, name: str) -> Iterator[str]:
    if owner.source is not None and not owner.columns:
        yield name
    for lookup in owner.lookups:
        yield from _without_columns(lookup, f"{name}.{lookup.name}")
