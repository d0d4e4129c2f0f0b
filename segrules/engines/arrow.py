"""Frames of Python libraries as Arrow rows that DuckDB scans where they are. pyarrow is optional, and owned here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

READABLE = "an Arrow table or reader, or a frame of polars or pandas"


class NotAFrame(Exception):
    """What has no rows that can be read; message and help are for the user, the message without a subject."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


@dataclass(frozen=True, slots=True)
class ArrowFrame:
    """rows: a Table of pyarrow or, where `is_read_once`, a RecordBatchReader. names: of its columns, in order.

    refused: name and type of each column that DuckDB cannot take; `rows` is without them.
    """

    rows: Any
    names: tuple[str, ...]
    is_read_once: bool = False
    refused: tuple[tuple[str, str], ...] = ()

    def renamed(self, names: Sequence[str]) -> ArrowFrame:
        """The same rows under other names of columns."""
        if tuple(names) == self.names:
            return self
        if self.is_read_once:
            return _of_table(self.rows.read_all()).renamed(names)
        return replace(self, rows=self.rows.rename_columns(list(names)), names=tuple(names))


def has_pyarrow() -> bool:
    """Whether pyarrow is installed."""
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        return False
    return True


def arrow_frame(value: Any) -> ArrowFrame:
    """What has the Arrow stream interface as Arrow rows: no copy where the types are Arrow's own.

    What has a length is taken for a table, what has none for a reader. A query of DuckDB is run now. Raises NotAFrame.
    """
    if not has_pyarrow():
        raise NotAFrame("cannot be read: pyarrow is not installed", "pip install 'segrules[arrow]'")
    import pyarrow

    value = _with_index(value)
    if not hasattr(value, "__arrow_c_stream__"):
        is_lazy = type(value).__name__ == "LazyFrame"
        help = "collect it: `.collect()`" if is_lazy else f"give {READABLE}"
        raise NotAFrame(f"is of the type `{type(value).__name__}`, which has no Arrow rows", help)
    try:
        if hasattr(value, "__len__"):
            return _of_table(pyarrow.table(value))
        reader = pyarrow.RecordBatchReader.from_stream(value)
    except (pyarrow.ArrowException, ValueError, TypeError, NotImplementedError) as error:
        return _column_by_column(value, error)
    if any(_needs_another_type(field.type) for field in reader.schema):
        return _of_table(reader.read_all())
    return ArrowFrame(reader, tuple(reader.schema.names), is_read_once=True)


def _with_index(value: Any) -> Any:
    """A frame of pandas with the named parts of its index as columns, which its Arrow stream leaves out."""
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(value, pandas.DataFrame):
        return value
    named = [name for name in value.index.names if name is not None and name not in value.columns]
    return value.reset_index(level=named) if named else value


def _of_table(table: Any) -> ArrowFrame:
    """The table, with the types that DuckDB lacks written as others that hold the same values, or left out."""
    refused = []
    for place in reversed(range(table.num_columns)):
        field = table.schema.field(place)
        if not _needs_another_type(field.type):
            continue
        column = _as_another_type(table.column(place))
        if column is None:
            refused.append((field.name, str(field.type)))
            table = table.remove_column(place)
        else:
            table = table.set_column(place, field.name, column)
    return ArrowFrame(table, tuple(table.column_names), refused=tuple(reversed(refused)))


def _needs_another_type(kind: Any) -> bool:
    import pyarrow

    return bool(pyarrow.types.is_float16(kind) or pyarrow.types.is_decimal256(kind))


def _as_another_type(column: Any) -> Any:
    """A half float as a float, a decimal of 256 bits with 38 digits; None where its values have more of them."""
    import pyarrow

    if pyarrow.types.is_float16(column.type):
        return column.cast(pyarrow.float32())
    try:
        return column.cast(pyarrow.decimal128(38, column.type.scale))
    except (pyarrow.ArrowException, ValueError):
        return None


def _column_by_column(value: Any, error: Exception) -> ArrowFrame:
    """A frame of polars or pandas without the columns that have no Arrow type, which are refused by name."""
    import pyarrow

    refused: dict[int, tuple[str, str]] = {}
    columns = list(getattr(value, "columns", ()))
    if not columns or not hasattr(value, "__getitem__"):
        raise NotAFrame(f"cannot be read: {_said(error)}", f"give {READABLE}") from error
    for place, name in enumerate(columns):
        try:
            pyarrow.table(value[[name]])
        except (pyarrow.ArrowException, ValueError, TypeError, NotImplementedError) as reason:
            refused[place] = (str(name), f"{getattr(value[name], 'dtype', 'several')} ({_said(reason)})")
    kept = [name for place, name in enumerate(columns) if place not in refused]
    if not refused:
        raise NotAFrame(f"cannot be read: {_said(error)}") from error
    return replace(_of_table(pyarrow.table(value[kept])), refused=tuple(refused.values()))


def _said(error: Exception) -> str:
    """The first line of what pyarrow says, which begins as a sentence does."""
    text = str(error.args[0] if error.args else error).split("\n", 1)[0].strip()
    return text[:1].lower() + text[1:]
