"""The command line as a whole: what is loaded, how it ends, what goes to which stream."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from segrules import __version__
from segrules.cli.app import main
from segrules.cli.commands import COMMANDS

HEAVY = ("duckdb", "sqlglot", "pydantic", "lark", "yaml", "psycopg", "rich", "regex", "pyarrow")
RUN = "from segrules.cli.app import main; main()"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        env=os.environ | environment,
    )


@pytest.fixture
def validate_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Callable[[], object]], Path]:
    """Replaces what `segrules validate` calls; gives a folder that looks like a project."""

    def replace(action: Callable[[], object]) -> Path:
        for name, function in (
            ("segrules.workflows.validate", "validate"),
            ("segrules.project.loader", "folder_reader"),
        ):
            module = ModuleType(name)
            setattr(module, function, lambda *_, of=function, **__: action() if of == "validate" else None)
            monkeypatch.setitem(sys.modules, name, module)
        (tmp_path / "segrules.yml").write_text("segrules: 1\n")
        return tmp_path

    return replace


def exit_code(*arguments: str) -> object:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return end.value.code


def test_help_lists_every_command_and_loads_nothing_heavy() -> None:
    check = f"import sys; loaded = set({HEAVY!r}) & set(sys.modules); assert not loaded, loaded"
    script = f"import atexit, sys\nfrom segrules.cli.app import main\natexit.register(lambda: exec({check!r}))\nmain()"
    result = subprocess.run([sys.executable, "-c", script, "--help"], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")
    assert [line.split()[0] for line in result.stdout.split("Commands:\n")[1].splitlines() if line[2] != " "] == list(
        COMMANDS
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(command, "--help") == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"Usage: segrules {command} ")
    assert "PROJECT" in shown or "--project" in shown


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_are_documented_where_they_are(command: str) -> None:
    module, _ = COMMANDS[command]
    assert getattr(import_module(f"segrules.cli.{module}"), command).__doc__


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--version") == 0
    assert capsys.readouterr().out == f"segrules {__version__}\n"


def test_completion_knows_commands_and_options() -> None:
    result = run(_SEGRULES_COMPLETE="complete_bash", COMP_WORDS="segrules va", COMP_CWORD="1")
    assert result.stdout.split() == ["validate"]
    result = run(_SEGRULES_COMPLETE="complete_bash", COMP_WORDS="segrules apply --lay", COMP_CWORD="2")
    assert result.stdout.split() == ["--layout"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("validate", "--nonsense"),
        ("validate", "no-such-folder"),
        ("validate", "--format", "nonsense"),
        ("validate", "a", "b"),
        ("count", "a", "b"),
        ("apply",),
        ("init", "a", "b"),
        ("init", "--from", "no-such-file.csv"),
    ],
)
def test_wrong_usage_exits_2_and_says_so_on_stderr(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert exit_code(*arguments) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert "Error: " in written.err


def test_a_folder_without_a_project_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("validate", str(tmp_path)) == 2
    assert "there is no segrules.yml in" in capsys.readouterr().err


def test_an_internal_error_is_one_plain_message(
    validate_does: Callable[..., Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise KeyError("some\x1b[2J key")

    folder = str(validate_does(fail))
    assert exit_code("validate", folder) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith("internal error: KeyError at cli/validate.py:")
    assert "please report it" in written.err
    assert "Traceback" not in written.err
    assert "\x1b" not in written.err
    monkeypatch.setenv("SEGRULES_DEBUG", "1")
    assert exit_code("validate", folder) == 2
    assert "Traceback" in capsys.readouterr().err


def test_a_full_disk_is_not_an_internal_error(
    validate_does: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise OSError(28, "No space left on device", "out/x.parquet")

    assert exit_code("validate", str(validate_does(fail))) == 2
    assert capsys.readouterr().err == "error: out/x.parquet: No space left on device\n"


def test_an_interrupt_ends_with_a_clean_line(
    validate_does: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    assert exit_code("validate", str(validate_does(interrupt))) == 130
    written = capsys.readouterr()
    assert (written.out, written.err) == ("", "\ninterrupted\n")


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_a_reader_that_goes_away_is_no_error() -> None:
    script = "from segrules.cli import terminal, app\nfor _ in range(100000): terminal.out('x' * 100)"
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 141


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp874", "utf-16"])
def test_any_encoding_of_the_output_is_survived(encoding: str) -> None:
    script = (
        "import sys; from segrules.cli import app; from segrules.cli.terminal import out, note\n"
        "app._tolerate(sys.stdout); app._tolerate(sys.stderr); out('ไทย 漢 😀 \\udcff'); note('ไทย 漢 😀')"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env=os.environ | {"PYTHONIOENCODING": encoding}
    )
    assert result.returncode == 0
    assert b"Traceback" not in result.stderr


def test_help_is_quick() -> None:
    """A loose bound, so that a busy machine does not fail: the exact ratio is in benchmarks/."""

    def seconds(script: str) -> float:
        times = []
        for _ in range(5):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", script, "--help"], capture_output=True, check=True)
            times.append(time.perf_counter() - started)
        return min(times)

    assert seconds(RUN) < 20 * seconds("pass")
