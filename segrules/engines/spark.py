"""Spark through PySpark 4: a session of its own in a running or a new application, in UTC, with ANSI arithmetic."""

from __future__ import annotations

import logging
import os
import re
import shutil
import socket
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from py4j.protocol import Py4JError, Py4JJavaError
from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkException
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession
from pyspark.sql.types import DataType, StructField, StructType

from segrules.engines.engine import EngineError, ErrorKind, TablePlace, named_table

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
}
"""What statements rely on: https://spark.apache.org/docs/latest/configuration.html#runtime-sql-configuration"""

_SECONDS_TO_REACH = 5
_SECONDS_TO_JOIN = 60


class Spark:
    """One session, whose settings and temporary views no other session sees. Made by `connect`."""

    dialect = "spark"

    def __init__(self, session: SparkSession, beside: SparkSession | None = None) -> None:
        self._session = session
        self._beside = beside  # whose application goes on without us
        for setting, value in _SETTINGS.items():
            session.conf.set(setting, value)

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self._guarded(lambda: [tuple(row) for row in self._session.sql(statement).collect()])

    def execute(self, statement: str) -> None:
        """Runs a statement whose rows, if any, nobody wants."""
        self._guarded(lambda: self._session.sql(statement))

    def describe(self, statement: str) -> list[tuple[str, str]]:
        """Name and type of each column that a query would give."""
        fields = self._guarded(lambda: self._session.sql(statement).schema.fields)
        return [(field.name, field.dataType.simpleString()) for field in fields]

    def load(self, table: str, columns: Sequence[tuple[str, str]], rows: Iterable[tuple[Any, ...]]) -> None:
        """Makes (or makes anew) a temporary view of these rows; each column is (name, Spark's type)."""
        import pyarrow as pa
        from pyspark.sql.pandas.types import to_arrow_schema

        fields = StructType([StructField(label, DataType.fromDDL(kind)) for label, kind in columns])
        cells = list(zip(*rows, strict=True)) or [()] * len(columns)
        arrays = [pa.array(values, field.type) for values, field in zip(cells, to_arrow_schema(fields), strict=True)]
        frame = self._guarded(lambda: self._session.createDataFrame(pa.table(arrays, fields.names), fields))
        self._guarded(lambda: frame.createOrReplaceTempView(f"`{table.replace('`', '``')}`"))

    def locate(self, table: str) -> TablePlace:
        """Of a table of the session's catalog, or of another: `shop.orders`, `lake.shop.orders`."""
        schema, name = named_table(table)
        catalog, _, inner = (schema or "").rpartition(".")
        return TablePlace(catalog or None, inner or None, name)

    @property
    def keeps_tables(self) -> bool:
        """Not in a catalog in memory, but for one of an application that goes on without us."""
        conf = self._session.conf
        is_in_memory = conf.get("spark.sql.catalogImplementation") == "in-memory"
        is_own = conf.get("spark.sql.catalog.spark_catalog", "builtin") == "builtin"
        return self._beside is not None or not (is_in_memory and is_own)

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

    def _files_of(self, folder: str) -> tuple[Any, Any]:
        """Hadoop's file system that has a folder, and the folder's path there."""
        path = self._session._jvm.org.apache.hadoop.fs.Path(folder)  # type: ignore[union-attr]
        return path.getFileSystem(self._session._jsparkSession.sessionState().newHadoopConf()), path

    @property
    def version(self) -> str:
        return str(self._session.version)

    def hold(self) -> None:
        """Nothing: a table is as it is when a statement reads it."""

    def interrupt(self) -> None:
        self._session.interruptAll()

    def progress(self) -> float | None:
        """The share of the tasks of the running stages that are done."""
        tracker = self._session.sparkContext.statusTracker()
        stages = [info for stage in tracker.getActiveStageIds() if (info := tracker.getStageInfo(stage)) is not None]
        tasks = sum(stage.numTasks for stage in stages)
        return sum(stage.numCompletedTasks for stage in stages) / tasks if tasks else None

    def close(self) -> None:
        if self._beside is None:
            self._session.stop()

    def _guarded(self, action: Callable[[], T]) -> T:
        try:
            return action()
        except (PySparkException, Py4JError, ConnectionError) as error:
            raise translate(error) from error


def connect(url: str, settings: Mapping[str, str] | None = None) -> Spark:
    """A session on `local[2]`, on the cluster of `spark://host:7077`, or on what runs in this process (`spark`).

    `settings` are an application's, beside those of Spark's own files; what runs already keeps its own.
    """
    with warnings.catch_warnings(record=True):  # of versions of pandas, which is not used
        import_module("pyspark.testing")  # which py4j asks for when it first converts a value
    running = SparkSession.getActiveSession() or SparkSession._instantiatedSession
    if url == RUNNING:
        if running is None:
            raise EngineError("no Spark session runs in this process", "connection")
        return Spark(running.newSession(), beside=running)
    if running is not None and running._jsc is not None:
        raise EngineError(f"a Spark session runs in this process already: `{RUNNING}` is its address", "connection")
    return Spark(SparkSession(_application(url, settings or {})))


def _application(url: str, settings: Mapping[str, str]) -> SparkContext:
    if not url.startswith(("local", "spark://")):
        raise EngineError("an address of Spark is `local[2]`, `spark://host:7077` or `spark`", "connection")
    if url.startswith("spark://"):
        _look_for(url)
    conf = SparkConf().setMaster(url).setAppName("segrules").set("spark.ui.showConsoleProgress", "false")
    if url.startswith("local"):
        conf.set("spark.driver.host", "127.0.0.1").set("spark.driver.bindAddress", "127.0.0.1")
    for setting, value in settings.items():
        conf.set(setting, value)
    with tempfile.TemporaryFile() as words:
        context = _started(conf, words)
    context.setLogLevel("OFF")
    if url.startswith("spark://"):
        _await_executors(context)
    return context


def _started(conf: SparkConf, words: Any) -> SparkContext:
    """The application of a new Java machine, which says what it says into a file, not to the user."""
    if not _has_java():
        raise EngineError("Spark needs Java 17 or newer, and there is no `java` here", "connection")
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    try:
        gateway = SparkContext._gateway or launch_gateway(conf, {"stderr": words})  # type: ignore[no-untyped-call]
        return SparkContext(conf=conf, gateway=gateway)
    except (PySparkException, Py4JError, OSError) as error:
        words.seek(0)
        said = words.read().decode(errors="replace")
        if "UnsupportedClassVersionError" in said:
            raise EngineError("Spark needs Java 17 or newer, and the `java` here is older", "connection") from error
        reason = _first_line(str(error.java_exception)) if isinstance(error, Py4JJavaError) else _reason(said, error)
        raise EngineError(f"Spark does not start ({reason})", "connection") from error


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return (home is not None and (Path(home) / "bin").is_dir()) or shutil.which("java") is not None


def _reason(said: str, error: Exception) -> str:
    """The line of what Java said that tells most, or else Python's."""
    lines = [line.strip() for line in said.splitlines()]
    faults = [line for line in lines if "Exception" in line or "Error" in line]
    return _first_line((faults or [str(error)])[0])


def _look_for(url: str) -> None:
    """Asks for a master, because Spark itself would ask for a minute."""
    addresses = url.removeprefix("spark://").split(",")
    for address in addresses:
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=_SECONDS_TO_REACH).close()
            return
        except (OSError, ValueError) as error:
            reason = error
    said = reason.strerror if isinstance(reason, OSError) and reason.strerror else str(reason)
    raise EngineError(f"the master of the cluster cannot be reached ({said})", "connection") from reason


def _await_executors(context: SparkContext) -> None:
    """Waits for the first machine that works for us: statements would wait for it without end."""
    until = time.monotonic() + _SECONDS_TO_JOIN
    while context._jsc.sc().getExecutorMemoryStatus().size() < 2:  # the driver is one of them
        if time.monotonic() > until:
            context.stop()
            raise EngineError(f"the cluster gave no executor within {_SECONDS_TO_JOIN} seconds", "connection")
        time.sleep(0.2)


_CONDITIONS: Mapping[str, ErrorKind] = {
    "TABLE_OR_VIEW_NOT_FOUND": "missing",
    "SCHEMA_NOT_FOUND": "missing",
    "PATH_NOT_FOUND": "missing",
    "FAILED_READ_FILE": "data",
    "UNABLE_TO_ACQUIRE_MEMORY": "memory",
    "OPERATION_CANCELED": "interrupted",
}
_STATES: Mapping[str, ErrorKind] = {
    "22003": "overflow",
    "22000": "data",
    "42501": "permission",
    "HY008": "interrupted",
    "53200": "memory",
}
_WORDS: tuple[tuple[str, ErrorKind], ...] = (
    ("cancelled", "interrupted"),
    ("No space left on device", "disk-full"),
    ("OutOfMemoryError", "memory"),
    ("Permission denied", "permission"),
    ("AccessControlException", "permission"),
    ("Connection refused", "connection"),
    ("SparkContext was shut down", "connection"),
    ("stopped SparkContext", "connection"),
)


def translate(error: Exception) -> EngineError:
    """Spark's own words, the first line; https://spark.apache.org/docs/latest/sql-error-conditions.html"""
    if isinstance(error, ConnectionError):
        return EngineError("Spark has ended in the middle of its work", "connection")
    condition = (error.getCondition() or "") if isinstance(error, PySparkException) else ""
    state = (error.getSqlState() or "") if isinstance(error, PySparkException) else ""
    text = str(error.java_exception) if isinstance(error, Py4JJavaError) else str(error)
    if condition == "FAILED_TO_CREATE_PLAN_FOR_DIRECT_QUERY":  # on files, and the cause says why
        return EngineError(_first_line(getattr(getattr(error, "_cause", None), "_desc", text)), "data")
    by_words = next((kind for words, kind in _WORDS if words in text), None)
    kind = _CONDITIONS.get(condition.partition(".")[0]) or _STATES.get(state) or by_words
    if kind is None:
        kind = "data" if state.startswith("22") else "internal"
    return EngineError("stopped" if kind == "interrupted" else _first_line(text), kind)


def _first_line(text: str) -> str:
    """Without the classes of Java before the words."""
    return re.sub(r"^(?:(?:[a-z0-9]+\.)+\w+: )+", "", text.strip().split("\n", 1)[0])
