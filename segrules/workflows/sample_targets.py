"""Where `sample` writes, and what it never takes the place of: the data itself, another sample, somebody's file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from segrules.diagnostics import Diagnostic
from segrules.workflows import files
from segrules.workflows.opening import Opened
from segrules.workflows.sources import Sources

RECORD = ".segrules-sample"  # lists what earlier samples wrote, a path a line: that may be replaced


def target_of(opened: Opened, root: Path) -> Path:
    """Where a source is found in a project folder: its path, of a glob that of the first file."""
    return files.relative(opened.originals[0], root)


def refused(sources: Sources, root: Path, out: Path) -> Diagnostic | None:
    """Why the samples cannot be written below `out`."""
    first: dict[Path, Opened] = {}
    own = _written_before(out)
    for opened in sources.tables.values():
        if not opened.originals:
            message = f"`{opened.source.table}` is a table, and a sample is made of files"
            return Diagnostic("not-supported-yet", message, opened.source.span, "export it, best to Parquet")
        relative = target_of(opened, root)
        target = out / relative
        other = first.setdefault(relative, opened)
        message, help = "", "choose another folder with --out"
        if other.originals != opened.originals:
            paths = f"`{other.source.path}` and `{opened.source.path}`"
            message = f"the samples of {paths} would both be written to `{relative.as_posix()}`"
            help = "keep files of different names in the project's folder"
        elif target.exists() and any(
            isinstance(original, Path) and target.samefile(original) for original in opened.originals
        ):
            message = f"the sample of `{opened.source.path}` would be written over the data itself"
        elif (target.exists() or target.is_symlink()) and relative.as_posix() not in own:
            message = f"`{target}` is already there, and no sample wrote it"
            help = "choose another folder with --out, or remove the file"
        if message:
            return Diagnostic("output-refused", message, opened.source.span, help)
    return None


def has_sample(sources: Sources) -> bool:
    """Whether some of the sources' files were written by `sample`."""
    originals = (path for opened in sources.tables.values() for path in opened.originals)
    files_read = {path.absolute() for path in originals if isinstance(path, Path)}
    return any((folder / RECORD).is_file() for path in files_read for folder in path.parents)


def remember(out: Path, targets: Sequence[Path]) -> None:
    """Notes what is about to be written, so that the next sample may replace it."""
    out.mkdir(parents=True, exist_ok=True)
    paths = sorted(_written_before(out) | {target.as_posix() for target in targets})
    (out / RECORD).write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")


def _written_before(out: Path) -> set[str]:
    record = out / RECORD
    return set(record.read_text(encoding="utf-8", errors="replace").splitlines()) if record.is_file() else set()
