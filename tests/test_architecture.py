"""The rules that keep the code as it was meant: who may import what, how long files are, what is documented."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from segrules.diagnostics import CODES

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "segrules"
MODULES = sorted(PACKAGE.rglob("*.py"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 60

OWNERS = {
    "lark": ["language/parser.py"],
    "regex": ["language/parser.py"],
    "pydantic": ["project/documents.py", "project/document_reading.py"],
    "yaml": ["project/yaml_source.py"],
    "sqlglot": ["sql/"],
    "duckdb": ["engines/duckdb.py"],
    "psycopg": ["engines/postgres.py"],
    "pyspark": ["engines/spark.py", "engines/spark_application.py", "engines/spark_errors.py"],
    "py4j": ["engines/spark_application.py", "engines/spark_errors.py"],
    "pyarrow": ["engines/arrow.py", "engines/spark.py"],
    "fsspec": ["engines/lake.py", "engines/lake_view.py"],
    "z3": ["analysis/"],
    "plotly": ["report/dashboard/charts/library.py"],
    "typer": ["cli/"],
    "rich": ["cli/"],
}
"""Each outside library, and the one file or folder that may import it."""


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def outside_imports(path: Path) -> Iterator[str]:
    """The outside libraries that a file imports anywhere, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno}: imports are absolute"
            names = [node.module or ""]
        for name in names:
            top = name.split(".")[0]
            if top != "segrules" and top not in sys.stdlib_module_names:
                yield top


def test_imports_go_down_only() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_each_library_has_one_owner(path: Path) -> None:
    for library in outside_imports(path):
        assert library in OWNERS, f"{library} is nobody's: add it to OWNERS and to the dependencies"
        assert any(name_of(path).startswith(owner) for owner in OWNERS[library]), (
            f"{library} belongs to {OWNERS[library]}"
        )


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= MOST_LINES_OF_A_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_each_module_says_what_it_gives(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "docstring to come" not in text
    assert "TODO" not in text
    assert ast.get_docstring(ast.parse(text))


def test_every_package_is_shipped() -> None:
    folders = {path.parent.relative_to(ROOT).as_posix().replace("/", ".") for path in PACKAGE.rglob("__init__.py")}
    assert set(PYPROJECT["tool"]["setuptools"]["packages"]) == folders | {"segrules.grammar"}


def test_the_grammar_is_shipped() -> None:
    assert (ROOT / "grammar" / "__init__.py").is_file()
    assert (ROOT / "grammar" / "segrules.lark").is_file()
    assert PYPROJECT["tool"]["setuptools"]["package-dir"] == {"segrules.grammar": "grammar"}
    assert PYPROJECT["tool"]["setuptools"]["package-data"]["segrules.grammar"][0] == "*.lark"


def test_the_top_level_is_fixed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    tops = {line.split("/")[0] for line in tracked.stdout.splitlines()}
    files = {"pyproject.toml", "Makefile", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", ".gitignore"}
    files |= {"action.yml", ".pre-commit-hooks.yaml"}  # where GitHub and pre-commit look for them
    folders = {".ci", "benchmarks", "docs", "examples", "grammar", "segrules", "tests"}
    assert tops <= files | folders


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_documented(code: str) -> None:
    page = ROOT / "docs" / "errors" / f"{code}.md"
    assert page.is_file(), f"docs/errors/{code}.md is to be written"


def test_no_page_explains_a_code_that_is_not() -> None:
    assert {page.stem for page in (ROOT / "docs" / "errors").glob("*.md")} - {"README", "index"} <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_used(code: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in MODULES if path.name != "diagnostics.py"]
    computed = {prefix for text in texts for prefix in re.findall(r'Diagnostic\(f"([a-z-]+-)\{', text)}
    assert any(f'"{code}"' in text for text in texts) or code.startswith(tuple(computed)), f"nothing gives {code}"
