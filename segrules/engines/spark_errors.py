"""What Spark and the way to it say of a failure -> EngineError, in the words of the first line."""

from __future__ import annotations

import re
from collections.abc import Mapping

from py4j.protocol import Py4JError, Py4JJavaError, Py4JNetworkError
from pyspark.errors import PySparkException

from segrules.engines.engine import EngineError, ErrorKind

FAILURES = (PySparkException, Py4JError, ConnectionError)

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
    if _is_lost(error):
        return EngineError("the connection to Spark was lost", "connection")
    condition = (error.getCondition() or "") if isinstance(error, PySparkException) else ""
    state = (error.getSqlState() or "") if isinstance(error, PySparkException) else ""
    text = str(error.java_exception) if isinstance(error, Py4JJavaError) else str(error)
    if condition == "FAILED_TO_CREATE_PLAN_FOR_DIRECT_QUERY":  # on files, and the cause says why
        return EngineError(first_line(getattr(getattr(error, "_cause", None), "_desc", text)), "data")
    by_words = next((kind for words, kind in _WORDS if words in text), None)
    kind = _CONDITIONS.get(condition.partition(".")[0]) or _STATES.get(state) or by_words
    if kind is None:
        kind = "data" if state.startswith("22") else "internal"
    return EngineError("stopped" if kind == "interrupted" else first_line(text), kind)


def _is_lost(error: Exception) -> bool:
    """Whether Java did not answer: what it does answer with brings its trace."""
    is_without_answer = type(error) is Py4JError and "Trace:" not in str(error)
    return is_without_answer or isinstance(error, ConnectionError | Py4JNetworkError)


def first_line(text: str) -> str:
    """Without the classes of Java before the words."""
    return re.sub(r"^(?:(?:[a-z0-9]+\.)+\w+: )+", "", text.strip().split("\n", 1)[0])
