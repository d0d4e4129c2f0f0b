"""Cases and a run on a cluster of Spark: a master and two workers, each a program of its own on loopback."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import duckdb
import pytest
from conftest import skip_loudly
from parquet_shop import MEMBERS

SECONDS = 400  # the machine may be busy with other tests


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[str]:
    """The address of the master."""
    if shutil.which("java") is None:
        skip_loudly("Spark: there is no java here (apt-get install openjdk-17-jre-headless)")
    pyspark = pytest.importorskip("pyspark")
    program = Path(pyspark.__file__).parent / "bin/spark-class"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
    environment = {**os.environ, "SPARK_DAEMON_MEMORY": "256m", "SPARK_LOCAL_IP": "127.0.0.1"}
    environment |= {"PYSPARK_PYTHON": sys.executable, "SPARK_HOME": str(program.parents[1])}
    address = f"spark://127.0.0.1:{port}"

    def started(role: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (tmp_path / "cluster.log").open("ab") as log:
            command = [str(program), f"org.apache.spark.deploy.{role}", "--host", "127.0.0.1", "--webui-port", "0"]
            return subprocess.Popen([*command, *arguments], env=environment, cwd=tmp_path, stdout=log, stderr=log)

    with ExitStack() as stack:
        for role in (("master.Master", "--port", port), *(_worker(address, tmp_path / f"work{n}") for n in (1, 2))):
            program_of_role = started(*role)
            stack.callback(program_of_role.wait, 60)
            stack.callback(program_of_role.terminate)
        _await(port)
        yield address


def _worker(address: str, folder: Path) -> tuple[str, ...]:
    return ("worker.Worker", address, "--cores", "1", "--memory", "1g", "--work-dir", str(folder))


def _await(port: str) -> None:
    until = time.monotonic() + SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", int(port)), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < until, "the master does not answer"
            time.sleep(0.2)


def test_members_are_equal_on_a_cluster(cluster: str, tmp_path: Path) -> None:
    tests = Path(__file__).parent
    paths = os.pathsep.join(map(str, (tests, tests.parent)))
    done = subprocess.run(
        [sys.executable, str(tests / "on_cluster.py"), cluster, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["wrong"] == []
    assert found["executors"] == 2
    assert found["members"] == MEMBERS
    rows = duckdb.sql(f"SELECT segment, count(*) FROM '{tmp_path}/out/customer/*/*.parquet' GROUP BY 1").fetchall()
    assert dict(rows) == {name: many for name, many in MEMBERS.items() if many}
