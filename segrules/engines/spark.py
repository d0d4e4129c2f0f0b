"""Spark through PySpark 4: a session of its own in a running or a new application, in UTC, with ANSI arithmetic."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import wait
from contextlib import suppress
from importlib import import_module
from typing import Any, TypeVar

from pyspark.sql import SparkSession
from pyspark.sql.types import DataType, StructField, StructType

from segrules.engines.aside import aside, stoppable
from segrules.engines.engine import EngineError, TablePlace, named_table
from segrules.engines.spark_application import end, forget_ended, java_of, start
from segrules.engines.spark_errors import FAILURES, translate

T = TypeVar("T")

RUNNING = "spark"
"""The address of the session that runs in this process already: a notebook's, or that of a submitted job."""

_SETTINGS: Mapping[str, str] = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.storeAssignmentPolicy": "ANSI",
    "spark.sql.caseSensitive": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.legacy.decimal.retainFractionDigitsOnTruncate": "true",
    "spark.sql.legacy.sizeOfNull": "false",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.variable.substitute": "false",
    "spark.sql.groupByOrdinal": "true",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.analyzer.maxIterations": "10000",  # a query of a hundred steps, one in the other, takes more than 100
    "spark.sql.codegen.hugeMethodLimit": "8000",  # in bytes; Java does not compile longer methods
}
"""What statements rely on: https://spark.apache.org/docs/latest/configuration.html#runtime-sql-configuration"""

_SECONDS_TO_CANCEL = 3


class Spark:
    """One session, whose settings and temporary views no other session sees. Made by `connect`."""

    dialect = "spark"

    def __init__(self, session: SparkSession, beside: SparkSession | None = None) -> None:
        self._session = session
        self._beside = beside  # whose application goes on without us
        self._java = java_of(session) if beside is None else None
        self._stopping_since: float | None = None

        def set_up() -> None:
            for setting, value in _SETTINGS.items():
                session.conf.set(setting, value)

        self._guarded(set_up)

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self._guarded(lambda: [tuple(row) for row in self._session.sql(statement).collect()])

    def execute(self, statement: str) -> None:
        """Runs a statement whose rows, if any, nobody wants."""
        self._guarded(lambda: self._session.sql(statement))

    def describe(self, statement: str) -> list[tuple[str, str]]:
        """Name and type of each column that a query would give."""
        return self._guarded(
            lambda: [(field.name, field.dataType.simpleString()) for field in self._session.sql(statement).schema]
        )

    def load(self, table: str, columns: Sequence[tuple[str, str]], rows: Iterable[tuple[Any, ...]]) -> None:
        """Makes (or makes anew) a temporary view of these rows; each column is (name, Spark's type)."""
        import pyarrow as pa
        from pyspark.sql.pandas.types import to_arrow_schema

        def loaded() -> None:
            fields = StructType([StructField(label, DataType.fromDDL(kind)) for label, kind in columns])
            cells = list(zip(*rows, strict=True)) or [()] * len(columns)
            schema = to_arrow_schema(fields)
            arrays = [pa.array(values, field.type) for values, field in zip(cells, schema, strict=True)]
            frame = self._session.createDataFrame(pa.table(arrays, fields.names), fields)
            frame.createOrReplaceTempView(f"`{table.replace('`', '``')}`")

        self._guarded(loaded)

    def locate(self, table: str) -> TablePlace:
        """Of a table of the session's catalog, or of another: `shop.orders`, `lake.shop.orders`."""
        schema, name = named_table(table)
        catalog, _, inner = (schema or "").rpartition(".")
        return TablePlace(catalog or None, inner or None, name)

    @property
    def keeps_tables(self) -> bool:
        """Not in a catalog in memory, but for one of an application that goes on without us."""
        return self._beside is not None or not self._guarded(self._is_in_memory)

    def write_parquet(self, statement: str, folder: str, partitions: Sequence[str] = ()) -> None:
        """Adds a query's rows to a folder of Parquet files, with a folder below it for each value of these columns."""
        self._guarded(
            lambda: self._session.sql(statement).write.mode("append").partitionBy(*partitions).parquet(folder)
        )

    def execute_beside(self, statement: str) -> None:
        """Runs a statement in the session that ran before ours, if there is one: what it knows of tables is its own."""
        if (beside := self._beside) is not None:
            self._guarded(lambda: beside.sql(statement))

    def folders(self, above: str) -> list[str]:
        """The names of the folders right below one, also if it is not there."""

        def listed() -> list[str]:
            files, path = self._files_of(above)
            found = files.listStatus(path) if files.exists(path) else ()
            return [item.getPath().getName() for item in found if item.isDirectory()]

        return self._guarded(listed)

    def remove(self, folder: str) -> None:
        """Takes a folder away, with all that is in it."""

        def removed() -> None:
            files, path = self._files_of(folder)
            files.delete(path, True)

        self._guarded(removed)

    def _is_in_memory(self) -> bool:
        conf = self._session.conf
        is_own = conf.get("spark.sql.catalog.spark_catalog", "builtin") == "builtin"
        return is_own and conf.get("spark.sql.catalogImplementation") == "in-memory"

    def _files_of(self, folder: str) -> tuple[Any, Any]:
        """Hadoop's file system that has a folder, and the folder's path there."""
        path = self._session._jvm.org.apache.hadoop.fs.Path(folder)  # type: ignore[union-attr]
        return path.getFileSystem(self._session._jsparkSession.sessionState().newHadoopConf()), path

    @property
    def version(self) -> str:
        return self._guarded(lambda: str(self._session.version))

    def hold(self) -> None:
        """Nothing: a table is as it is when a statement reads it."""

    def interrupt(self) -> None:
        self._session.interruptAll()

    def progress(self) -> float | None:
        """The share of the tasks of the running stages that are done."""
        try:
            tracker = self._session.sparkContext.statusTracker()
            found = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        except FAILURES:  # the statement itself is told of it
            return None
        stages = [info for info in found if info is not None]
        tasks = sum(stage.numTasks for stage in stages)
        return sum(stage.numCompletedTasks for stage in stages) / tasks if tasks else None

    def close(self) -> None:
        """Ends an application of our own; also one that is lost, of which there is nothing to say."""
        if self._beside is None:
            with warnings.catch_warnings(record=True), suppress(EngineError):
                self._guarded(self._session.stop)

    def _guarded(self, action: Callable[[], T]) -> T:
        def work() -> T:
            try:
                return action()
            except FAILURES as error:
                raise translate(error) from error

        return stoppable(work, self._stop)

    def _stop(self) -> None:
        """Cancels jobs. What is none, as the analysis of a statement, ends with the Java machine, if that is ours."""
        self._stopping_since = self._stopping_since or time.monotonic()
        if self._java is None or time.monotonic() < self._stopping_since + _SECONDS_TO_CANCEL:
            cancelling = aside(self._session.interruptAll)
            wait((cancelling,), _SECONDS_TO_CANCEL)
        else:
            end(self._java)


def connect(url: str, settings: Mapping[str, str] | None = None) -> Spark:
    """A session on `local[2]`, on the cluster of `spark://host:7077`, or on what runs in this process (`spark`).

    `settings` are an application's, beside those of Spark's own files; what runs already keeps its own.
    """
    with warnings.catch_warnings(record=True):  # of versions of pandas, which is not used
        import_module("pyspark.testing")  # which py4j asks for when it first converts a value
    forget_ended()
    running = SparkSession.getActiveSession() or SparkSession._instantiatedSession
    if url == RUNNING:
        if running is None:
            message = (
                f"no Spark session runs in this process: `{RUNNING}` is for notebooks and submitted jobs,"
                " and elsewhere `local[4]` or `spark://HOST:7077` starts one"
            )
            raise EngineError(message, "connection")
        return Spark(running.newSession(), beside=running)
    if running is not None and running._jsc is not None:
        raise EngineError(f"a Spark session runs in this process already: `{RUNNING}` is its address", "connection")
    return Spark(start(url, settings or {}))
