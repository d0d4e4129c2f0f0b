"""A run on a Spark of its own that is stopped, or loses it: it says so in a line, and no Java machine is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from parquet_shop import write_shop

TESTS = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked for in /proc")

STOPPED = """
import threading, time
from segrules.cli import app, commands
from segrules.engines.spark import connect

SLOW = "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.id * b.id < 0"

def run(words):
    engine = connect("local[1]")
    def watch():
        while engine.progress() is None:
            time.sleep(0.1)
        print("running", flush=True)
    try:
        threading.Thread(target=watch, daemon=True).start()
        engine.run(SLOW)
    finally:
        engine.close()

commands.run = run
app.main([])
"""
LOST = """
import sys
from pathlib import Path
from segrules.engines.spark_application import SparkContext
from segrules.workflows import counting
from segrules.workflows.apply import apply

own = counting.constants_that_never_occur

def killed(*arguments):
    java = SparkContext._gateway.proc
    java.kill()
    java.wait()
    return own(*arguments)

counting.constants_that_never_occur = killed
for finding in apply(Path(sys.argv[1]), Path(sys.argv[2]), engine="local[1]").findings:
    print(finding.code, finding.message)
counting.constants_that_never_occur = own
print(apply(Path(sys.argv[1]), Path(sys.argv[2]), engine="local[1]").exit_code)
"""


class Program:
    """A program whose Java machines have a word in their arguments, so that they are found."""

    def __init__(self, *words: str) -> None:
        self._mark = f"spark.test.mark={uuid4().hex}"
        options = f"--conf {self._mark} --driver-java-options -XX:TieredStopAtLevel=1 pyspark-shell"
        variables = {**os.environ, "PYSPARK_SUBMIT_ARGS": options, "PYTHONPATH": str(TESTS)}
        self.process = subprocess.Popen(
            [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=variables
        )

    def java(self) -> bool:
        """Whether there is one, or the script that starts it."""
        places = (place / "cmdline" for place in Path("/proc").iterdir() if place.name.isdigit())
        return any(self._mark in _text(place) for place in places)

    def ended(self) -> tuple[int, str, str]:
        """Exit code and what it said; nobody else holds its output, and no machine of Java's is left."""
        try:
            out, errors = self.process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        wait_for(lambda: not self.java())
        return self.process.returncode, out, errors


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:  # it has ended meanwhile
        return ""


def wait_for(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("number", "code", "said"), [(signal.SIGINT, 130, "\ninterrupted\n"), (signal.SIGTERM, 143, "")]
)
def test_spark_stopped_while_java_starts(tmp_path: Path, number: signal.Signals, code: int, said: str) -> None:
    shop = write_shop(tmp_path / "shop")
    program = Program("-m", "segrules", "apply", str(shop), "--out", str(tmp_path / "out"), "--engine", "local[1]")
    wait_for(program.java)
    program.process.send_signal(number)
    assert program.ended() == (code, "", said)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("number", "code", "said"), [(signal.SIGINT, 130, "\ninterrupted\n"), (signal.SIGTERM, 143, "")]
)
def test_spark_stopped_in_a_statement(number: signal.Signals, code: int, said: str) -> None:
    program = Program("-c", STOPPED)
    assert program.process.stdout is not None
    assert program.process.stdout.readline() == "running\n"
    program.process.send_signal(number)
    assert program.ended() == (code, "", said)


def test_spark_lost_in_the_middle_of_a_run(tmp_path: Path) -> None:
    shop, out = write_shop(tmp_path / "shop"), tmp_path / "out"
    code, said, errors = Program("-c", LOST, str(shop), str(out)).ended()
    assert (code, said, errors) == (0, "engine-failed the connection to Spark was lost\n0\n", "")
    assert {path.name for path in out.iterdir()} == {"customer", "run.json"}
