"""An application of our own: a Java machine that says nothing on the terminal, and ends when the run is stopped."""

from __future__ import annotations

import logging
import os
import shlex
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE, Popen, TimeoutExpired
from typing import IO, Any

from py4j.protocol import Py4JError, Py4JJavaError
from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkException
from pyspark.find_spark_home import _find_spark_home
from pyspark.java_gateway import launch_gateway
from pyspark.serializers import UTF8Deserializer, read_int
from pyspark.sql import SparkSession

from segrules.engines.aside import stoppable
from segrules.engines.engine import EngineError
from segrules.engines.spark_errors import first_line

_SECONDS_TO_REACH = 5
_SECONDS_TO_JOIN = 60
_SECONDS_TO_END = 5


def start(url: str, settings: Mapping[str, str]) -> SparkSession:
    """The session of a new application. Whoever stops the program meanwhile stops its Java machine."""
    if not url.startswith(("local", "spark://")):
        raise EngineError("an address of Spark is `local[2]`, `spark://host:7077` or `spark`", "connection")
    if not _has_java():
        raise EngineError("Spark needs Java 17 or newer, and there is no `java` here", "connection")
    if url.startswith("spark://"):
        _look_for(url)
    _hush()
    wanted = {"spark.master": url, "spark.app.name": "segrules", "spark.ui.showConsoleProgress": "false"}
    if url.startswith("local"):
        wanted |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    machines: list[Popen[bytes]] = []

    def stop() -> None:
        for java in machines:
            end(java)

    with tempfile.TemporaryFile() as words:
        return stoppable(lambda: _session({**wanted, **settings}, words, machines), stop)


def java_of(session: SparkSession) -> Popen[bytes] | None:
    """The process that a session runs in, where this program has started it."""
    found: Popen[bytes] | None = getattr(session.sparkContext._gateway, "proc", None)
    return found


def end(java: Popen[bytes]) -> None:
    """Ends a Java machine, and the script that starts it."""
    for number in (signal.SIGTERM, signal.SIGKILL) if os.name == "posix" else ():
        if java.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(java.pid, number)
            with suppress(TimeoutExpired):
                java.wait(_SECONDS_TO_END)


def forget_ended() -> None:
    """Lets PySpark know that its Java machine is gone, where it is: it would ask it for sessions."""
    java = getattr(SparkContext._gateway, "proc", None)
    if java is not None and java.poll() is not None:
        SparkContext._gateway = SparkContext._jvm = SparkContext._active_spark_context = None
        SparkSession._instantiatedSession = SparkSession._activeSession = None


def _session(settings: Mapping[str, str], words: IO[bytes], machines: list[Popen[bytes]]) -> SparkSession:
    """words: takes what Java says. machines: gets the process, once there is one."""
    try:
        gateway = SparkContext._gateway or _gateway(settings, words, machines)
        conf = SparkConf(_jvm=gateway.jvm)
        for setting, value in settings.items():
            conf.set(setting, value)
        if not _keeps_tables(conf):
            folder = gateway.jvm.System.getProperty("java.io.tmpdir")
            made = gateway.jvm.org.apache.spark.util.Utils.createTempDir(folder, "warehouse")  # and removed with Java
            conf.set("spark.sql.warehouse.dir", made.getAbsolutePath())
        context = SparkContext(conf=conf, gateway=gateway)
    except (PySparkException, Py4JError, OSError) as error:
        words.seek(0)
        said = words.read().decode(errors="replace")
        if "UnsupportedClassVersionError" in said:
            raise EngineError("Spark needs Java 17 or newer, and the `java` here is older", "connection") from error
        reason = first_line(str(error.java_exception)) if isinstance(error, Py4JJavaError) else _reason(said, error)
        raise EngineError(f"Spark does not start ({reason})", "connection") from error
    context.setLogLevel("OFF")
    if settings["spark.master"].startswith("spark://"):
        _await_executors(context)
    return SparkSession(context)


def _keeps_tables(conf: SparkConf) -> bool:
    """Whether Spark's own configuration says where tables are, which would be in the folder that a run starts from."""
    named = ("spark.sql.warehouse.dir", "spark.sql.catalog.spark_catalog")
    return conf.get("spark.sql.catalogImplementation") == "hive" or any(map(conf.contains, named))


def _gateway(settings: Mapping[str, str], words: IO[bytes], machines: list[Popen[bytes]]) -> Any:
    """The way to a new Java machine. PySpark's own start leaves the machine behind that is stopped while it starts."""
    if "PYSPARK_GATEWAY_PORT" in os.environ or os.name != "posix":
        return launch_gateway(SparkConf().setAll([*settings.items()]), {"stdout": words, "stderr": words})  # type: ignore[no-untyped-call]
    options = [part for setting, value in settings.items() for part in ("--conf", f"{setting}={value}")]
    more = shlex.split(os.environ.get("PYSPARK_SUBMIT_ARGS", "pyspark-shell"))
    command = [str(Path(_find_spark_home()) / "bin/spark-submit"), *options, *more]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "gateway"
        variables = {**os.environ, "SPARK_CONNECT_MODE": "0", "_PYSPARK_DRIVER_CONN_INFO_PATH": str(place)}
        java = Popen(command, stdin=PIPE, stdout=words, stderr=words, env=variables, start_new_session=True)
        machines.append(java)
        while not place.is_file():
            if java.poll() is not None:
                raise ChildProcessError("Java ended before it could be asked")
            time.sleep(0.05)
        with place.open("rb") as file:
            port, secret = read_int(file), UTF8Deserializer().loads(file)  # type: ignore[no-untyped-call]
    there = {"PYSPARK_GATEWAY_PORT": str(port), "PYSPARK_GATEWAY_SECRET": secret}
    os.environ.update(there)
    try:
        gateway = launch_gateway()  # type: ignore[no-untyped-call]
    finally:
        for name in there:
            del os.environ[name]
    gateway.proc = java  # which ends when its standard input does
    return gateway


def _hush() -> None:
    """Keeps the logs of Spark and of the way to it off the terminal: what they tell of is raised, too."""
    for name in ("SQLQueryContextLogger", "py4j"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    logging.getLogger().addFilter(_is_not_of_py4j)


def _is_not_of_py4j(record: logging.LogRecord) -> bool:
    return Path(record.pathname).parent.name != "py4j"


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return (home is not None and (Path(home) / "bin").is_dir()) or shutil.which("java") is not None


def _reason(said: str, error: Exception) -> str:
    """The line of what Java said that tells most, or else Python's."""
    lines = [line.strip() for line in said.splitlines()]
    faults = [line for line in lines if "Exception" in line or "Error" in line]
    return first_line((faults or [str(error)])[0])


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
