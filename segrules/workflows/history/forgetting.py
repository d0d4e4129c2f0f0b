"""Every trace of one customer taken out of what `apply` wrote: members, recorded runs, and the rules kept with them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segrules.diagnostics import Diagnostic
from segrules.engines.duckdb import DuckDB, connect
from segrules.engines.engine import EngineError
from segrules.language.types import Kind, Type
from segrules.planning.time import parse_as_of
from segrules.project.loader import load
from segrules.project.reader import TEST_FOLDER, folder_reader
from segrules.sql import writes
from segrules.sql.scans import natural
from segrules.sql.without_key import columns_of, other_rows, own_rows, rows_of_key
from segrules.workflows.connecting import broken_off
from segrules.workflows.history.key_texts import OneKey, namings, one_key, other_lines, own_values, without, words_of
from segrules.workflows.history.records import FOLDER, FORMAT, RULES, HistoryUnreadable, stamp
from segrules.workflows.history.recounting import recounted, recounted_members
from segrules.workflows.outcome import refusal_of
from segrules.workflows.output import (
    RECORD,
    Beside,
    OutputRefused,
    file_hash,
    last_run,
    locked,
    publish_beside,
    staging,
    write_json,
)
from segrules.workflows.running import Refusal, texts_of_rules

_PAGE = "report.html"


@dataclass(frozen=True, slots=True)
class Place:
    """A file, and a line of it where that is known."""

    path: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The files below the output folder in which a key was, and where else it is named.

    page: a report that was made before. findings: files that could not be looked into.
    """

    entity: str | None
    files: tuple[str, ...]
    named: tuple[Place, ...]
    page: Path | None
    findings: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """A file of rows by key. columns: of a Parquet file the first one's name and type."""

    path: str
    entity: str
    format: str
    key: tuple[str, Type] | None = None


@dataclass(frozen=True, slots=True)
class _Folder:
    """An output folder: files of rows; by their paths what runs say of themselves, and kept rules."""

    out: Path
    files: tuple[_File, ...]
    records: Mapping[str, Mapping[str, Any]]
    rules: Mapping[str, Mapping[str, str]]
    findings: tuple[Diagnostic, ...]


def forget(root: Path, out: Path, key: str, *, entity: str | None = None) -> Forgotten | Refusal:
    """Takes the rows of a key out of everything that was written below `out`, all of it or nothing.

    What runs say of sizes is counted anew. Nothing of the project or its sources is changed.
    """
    if not out.is_dir():
        return Refusal((Diagnostic("no-history", f"nothing is written in `{out}`", help="name the folder: --out"),), 2)
    try:
        with locked(out), staging(out) as staged, tempfile.TemporaryDirectory(prefix="segrules-") as workdir:
            engine = connect(writable=(out,), temp_directory=Path(workdir), in_order=True)
            try:
                return _forget(engine, root, staged, _opened(engine, out), key, entity)
            except EngineError as error:
                return Refusal((broken_off(error),), 2)
            except OSError as error:
                raise OutputRefused(f"`{out}` cannot be written: {(error.strerror or str(error)).lower()}") from None
            finally:
                engine.close()
    except OutputRefused as error:
        return refusal_of(error)


def _forget(
    engine: DuckDB, root: Path, staged: Path, folder: _Folder, text: str, entity: str | None
) -> Forgotten | Refusal:
    declared = _declared(root)
    entities = dict.fromkeys((*(file.entity for file in folder.files), *declared))
    if entity is not None and entity not in entities:
        help = f"there is {', '.join(f'`{name}`' for name in entities)}" if entities else None
        return Refusal((Diagnostic("unknown-entity", f"no entity `{entity}` is recorded", help=help),), 2)
    keys = {name: _key(name, text, folder, declared) for name in entities if entity in (None, name)}
    found = {file: keys[file.entity] for file in folder.files if file.entity in keys}
    having = [file for file, key in found.items() if _has(engine, folder.out, file, key)]
    kept = {name: _kept_rules(folder, key, declared.get(name)) for name, key in keys.items()}
    owners = dict.fromkeys((*(file.entity for file in having), *(name for name, changed in kept.items() if changed)))
    if len(owners) > 1:
        named = " and ".join(f"`{name}`" for name in owners)
        help = f"say whose it is: `--entity {next(iter(owners))}`"
        return Refusal((Diagnostic("unknown-entity-key", f"the key `{text}` is one of {named}", help=help),), 2)
    owner = next(iter(owners), None)
    key = keys[owner] if owner is not None else next(iter(keys.values()), OneKey("", text, ()))
    rules = kept.get(owner, {}) if owner is not None else {}
    if having or rules:
        _write(engine, staged, folder, having, key, rules)
    touched = (*(file.path for file in having), *rules)
    page = folder.out / _PAGE
    own = declared.get(key.entity)
    named_in = (*_left(folder, key, rules), *_named(root, key, own[0] if own else None))
    return Forgotten(owner, touched, named_in, page if page.exists() else None, folder.findings)


def _opened(engine: DuckDB, out: Path) -> _Folder:
    """What is in an output folder. OutputRefused where its run.json is damaged, or a newer segrules recorded a run."""
    last_run(out)
    records: dict[str, Mapping[str, Any]] = {}
    rules: dict[str, Mapping[str, str]] = {}
    files: list[_File] = []
    findings: list[Diagnostic] = []
    recorded = [folder for folder in (out / FOLDER, *sorted(out.glob(f"{FOLDER}.kept-*"))) if folder.is_dir()]
    for path in (out / RECORD, *(path for folder in recorded for path in sorted(folder.glob(f"*/{RECORD}")))):
        _take(path, out, records, findings)
    for path in (path for folder in recorded for path in sorted((folder / RULES).glob("*.json"))):
        _take(path, out, rules, findings)
    for place, about in records.items():
        if isinstance(about.get("format"), int) and about["format"] > FORMAT:
            message = f"`{out / place}` was written by a newer segrules ({about.get('segrules', 'of another version')})"
            raise HistoryUnreadable(message, "take that version")
    written = records.get(RECORD, {}).get("files", {})
    members = [out / name for name in written if (out / name).is_file()]
    for path in (*members, *(path for folder in recorded for path in sorted(folder.glob("*/*.parquet")))):
        try:
            files.append(_file(engine, out, path))
        except EngineError as error:
            findings.append(_unreadable(path, error.message))
    return _Folder(out, tuple(files), records, rules, tuple(findings))


def _take(path: Path, out: Path, into: dict[str, Any], findings: list[Diagnostic]) -> None:
    """Reads a JSON file, if it is there and is one."""
    if not path.is_file():
        return
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        content = None
    if isinstance(content, dict):
        into[path.relative_to(out).as_posix()] = content
    else:
        findings.append(_unreadable(path, f"`{path}` is damaged: it cannot be read"))


def _unreadable(path: Path, message: str) -> Diagnostic:
    return Diagnostic("history-unreadable", message, help=f"the key may be in it: delete `{path.name}` by hand")


def _file(engine: DuckDB, out: Path, path: Path) -> _File:
    relative = path.relative_to(out)
    is_recorded = relative.parts[0] == FOLDER or relative.parts[0].startswith(f"{FOLDER}.kept-")
    called = relative.name if is_recorded else relative.parts[0]
    format = path.suffix.removeprefix(".")
    key = None
    if format == "parquet":
        name, stored = engine.describe(columns_of(str(path.absolute())))[0]
        key = (name, natural(stored) or Type(Kind.TEXT))
    return _File(relative.as_posix(), called.partition(".")[0], format, key)


def _declared(root: Path) -> dict[str, tuple[str, Type]]:
    """By entity the key's name and declared type, as far as the project can be read."""
    project, _ = load(folder_reader(root))
    found = {}
    for own in project.entities if project is not None else ():
        kind = next((column.type for column in own.columns if column.name == own.key), Type(Kind.UNKNOWN))
        found[own.name] = (own.key, kind)
    return found


def _key(entity: str, text: str, folder: _Folder, declared: Mapping[str, tuple[str, Type]]) -> OneKey:
    """The key in the types that keys of the entity have in files, and in the one that the project says."""
    types = [file.key[1] for file in folder.files if file.entity == entity and file.key is not None]
    if entity in declared and declared[entity][1].kind is not Kind.UNKNOWN:
        types.append(declared[entity][1])
    return one_key(entity, text, dict.fromkeys(types), _zone(folder))


def _zone(folder: _Folder) -> str:
    return next((str(about["timezone"]) for about in folder.records.values() if "timezone" in about), "UTC")


def _has(engine: DuckDB, out: Path, file: _File, key: OneKey) -> bool:
    path = out / file.path
    if file.key is None:
        return any(is_own for _, is_own in other_lines(path, key, file.format))
    name, type = file.key
    wanted = key.in_type(type)
    return wanted is not None and engine.run(rows_of_key(str(path.absolute()), name, wanted)) != [(0,)]


def _kept_rules(folder: _Folder, key: OneKey, own: tuple[str, Type] | None) -> dict[str, dict[str, str]]:
    """The kept rules that name the key, by their paths, without it."""
    name = None if own is None else own[0]
    changed = {path: without(texts, key, name) for path, texts in folder.rules.items()}
    return {path: texts for path, texts in changed.items() if texts != folder.rules[path]}


def _write(
    engine: DuckDB,
    staged: Path,
    folder: _Folder,
    files: Sequence[_File],
    key: OneKey,
    rules: Mapping[str, Mapping[str, str]],
) -> None:
    """Writes the files anew, with hashes to match in what runs say of themselves, and puts all of it in place."""
    hashes: dict[str, str] = {}
    for file in files:
        target = staged / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_others(engine, folder.out / file.path, target, file, key)
        hashes[file.path] = file_hash(target)
    for path, texts in rules.items():
        (staged / path).parent.mkdir(parents=True, exist_ok=True)
        write_json(staged / path, texts)
    added = [*(file.path for file in files), *rules]
    records = {**folder.records, **_recounted(engine, folder, key)}
    with suppress(KeyError, TypeError, ValueError, AttributeError):
        records[RECORD] = _recounted_output(engine, folder, files, key, records)
    for path, about in records.items():
        own = about.get("files", {})
        base = path.removesuffix(RECORD)
        new = {name: hashes.get(f"{base}{name}", old) for name, old in own.items()}
        if new != own or about is not folder.records[path]:
            (staged / path).parent.mkdir(parents=True, exist_ok=True)
            write_json(staged / path, {**about, "files": new})
            added += [path] if path != RECORD else []  # that one is put in place last, without being named
    publish_beside(folder.out, staged, Beside(tuple(added)))


def _recounted(engine: DuckDB, folder: _Folder, key: OneKey) -> dict[str, Mapping[str, Any]]:
    """By their paths what recorded runs say of themselves without the key, as far as their files can be read."""
    keys = {folder.out / file.path: file.key for file in folder.files}

    def rows(path: Path) -> list[tuple[Any, ...]]:
        name, type = keys.get(path) or ("", None)
        wanted = key.in_type(type)
        return [] if wanted is None else engine.run(own_rows(str(path.absolute()), name, wanted))

    groups: dict[Path, dict[Path, Mapping[str, Any]]] = {}
    for place, about in folder.records.items():
        if place != RECORD:
            path = folder.out / place
            groups.setdefault(path.parents[1], {})[path] = about
    found: dict[str, Mapping[str, Any]] = {}
    for records in groups.values():
        with suppress(KeyError, TypeError, ValueError, AttributeError):  # a record that is damaged is left as it is
            for path, about in recounted(records, key.entity, rows):
                found[path.relative_to(folder.out).as_posix()] = about
    return found


def _recounted_output(
    engine: DuckDB, folder: _Folder, files: Sequence[_File], key: OneKey, records: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Any]:
    """What the run that wrote the members says of itself without the key; the next run tells its changes from that."""
    about = folder.records[RECORD]
    rows = {file.path: _own(engine, folder.out / file.path, file, key) for file in files if file.path in about["files"]}
    day = stamp(parse_as_of(about["as_of"], about["timezone"]))
    same = f"{FOLDER}/{day}/{RECORD}"  # no file has a customer who is in no segment
    counts = [place[same]["entities"][key.entity]["rows"] for place in (folder.records, records) if same in place]
    is_there = bool(counts) and counts[0] != counts[1]
    return recounted_members(about, key.entity, rows, is_there) if is_there or any(rows.values()) else about


def _own(engine: DuckDB, path: Path, file: _File, key: OneKey) -> list[Mapping[str, Any]]:
    """The rows of a file that have the key, by their columns."""
    if file.key is None:
        return list(own_values(path, key, file.format))
    name, type = file.key
    wanted = key.in_type(type)
    assert wanted is not None  # the file has the key
    found = engine.describe(columns_of(str(path.absolute())))
    columns = [called for called, stored in found if "TIME ZONE" not in stored]  # carried ones; they cannot be fetched
    rows = engine.run(own_rows(str(path.absolute()), name, wanted, columns))
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _write_others(engine: DuckDB, path: Path, target: Path, file: _File, key: OneKey) -> None:
    if file.key is None:
        with target.open("w", encoding="utf-8", newline="") as written:
            written.writelines(line for line, is_own in other_lines(path, key, file.format) if not is_own)
        return
    name, type = file.key
    wanted = key.in_type(type)
    assert wanted is not None  # the file has the key
    query = other_rows(str(path.absolute()), name, wanted)
    engine.execute(writes.copy_statement(query, str(target.absolute()), "parquet"))


def _left(folder: _Folder, key: OneKey, rules: Mapping[str, Mapping[str, str]]) -> Iterator[Place]:
    """Files of the output folder that have the key among other words, as in a rule or a param."""
    for path, texts in folder.rules.items():
        if words_of(rules.get(path, texts), key):
            yield Place(str(folder.out / path))
    for path, about in folder.records.items():
        if words_of(about, key):
            yield Place(str(folder.out / path))


def _named(root: Path, key: OneKey, key_name: str | None) -> Iterator[Place]:
    """Lines of the project's own files that name the key."""
    read = folder_reader(root)
    texts = texts_of_rules(read)
    for path in read.list(TEST_FOLDER):
        text = read.text(path)
        texts[path] = text if isinstance(text, str) else ""
    seen = dict.fromkeys((one.span.file.path, one.line) for one in namings(texts, key, key_name))
    yield from (Place(path, line) for path, line in seen)
