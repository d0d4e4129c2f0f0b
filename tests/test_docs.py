"""The docs are true: sessions print what they show, nothing is left out, every link leads somewhere."""

from __future__ import annotations

import re
import shutil
import tomllib
from importlib import import_module
from pathlib import Path
from typing import get_args

import markdown
import pytest
import typer
from pages import DOCS, ROOT, SHOP, compare, compare_between, played, session

from segrules.cli.commands import COMMANDS, build
from segrules.planning import nodes
from segrules.project import documents
from segrules.workflows.files import known_endings


def test_the_readme_says_what_is_printed(tmp_path: Path, update: bool) -> None:
    page = ROOT / "README.md"
    assert page.read_text("utf-8").count("\n") < 150
    demo = "segrules apply examples/cdnow --out "
    assert demo in (ROOT / "Makefile").read_text("utf-8")
    right, wrong, own = (tmp_path / name for name in ("right", "wrong", "own"))
    shutil.copytree(ROOT / "examples", right / "examples")
    shutil.copytree(ROOT / "examples", wrong / "examples")
    shutil.copytree(SHOP / "data", own)
    rules = wrong / "examples/cdnow/segments/lifecycle.yml"
    rules.write_text(rules.read_text("utf-8").replace("vip: recency_days", "vip: recency_day"), "utf-8")
    printed = {}
    for block in markdown.blocks(page):
        if "same-as" in block.attributes:
            assert block.text == (ROOT / block.attributes["same-as"]).read_text("utf-8")
        if "part-of" in block.attributes:
            assert block.text in (ROOT / block.attributes["part-of"]).read_text("utf-8")
        if block.language == "console":
            folder = wrong if "slip" in block.words else own if "own" in block.words else right
            printed[block] = session(block, folder, {"make demo": f"{demo}out"})
    assert len(printed) == 5
    compare(page, printed, update)


@pytest.mark.parametrize("page", [DOCS / "tutorial.md"], ids=["tutorial"])
def test_a_tutorial_begins_in_an_empty_folder(page: Path, tmp_path: Path, update: bool) -> None:
    (tmp_path / "coffee").mkdir()
    compare(page, played(page, tmp_path / "coffee"), update)


@pytest.mark.parametrize(
    "name",
    [
        "index",
        "project-files",
        "command-line",
        "data",
        "mutation",
        "ci",
        "why",
        "tested-outcomes",
        "overlaps",
        "history",
    ],
)
def test_sessions_in_the_shop_print_what_the_page_shows(name: str, tmp_path: Path, update: bool) -> None:
    page = DOCS / f"{name}.md"
    shutil.copytree(SHOP, tmp_path, dirs_exist_ok=True)
    compare(page, played(page, tmp_path), update)


# the architecture


def test_the_table_of_packages_is_fresh(update: bool) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = [layer for layer in contracts[0]["layers"] if not layer.startswith("__")]
    lines = ["| package | what it is |", "|---|---|"]
    for name in (name for layer in layers for name in layer.split(" | ")):
        lines.append(f"| `{name}` | {_first_line(import_module(f'segrules.{name}'))} |")
    compare_between(DOCS / "architecture.md", "packages", "\n".join(lines) + "\n", update)


def test_the_table_of_plan_nodes_is_fresh(update: bool) -> None:
    kinds = (*get_args(nodes.Rows), nodes.Plan)
    lines = ["| node | what it gives |", "|---|---|"]
    lines += [f"| `{kind.__name__}` | {_first_line(kind)} |" for kind in kinds]
    compare_between(DOCS / "architecture.md", "nodes", "\n".join(lines) + "\n", update)


def _first_line(documented: object) -> str:
    """The first sentence of a docstring, on one line."""
    return " ".join((documented.__doc__ or "").split("\n\n")[0].split()).replace("|", "\\|")


# nothing is left out, and every link leads somewhere


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_and_its_options_are_on_the_page(name: str) -> None:
    command = typer.main.get_command(build([name])).commands[name]  # type: ignore[attr-defined]
    section = (DOCS / "command-line.md").read_text("utf-8").split(f"\n## {name}\n")[1].split("\n## ")[0]
    options = {option for parameter in command.params for option in parameter.opts if option.startswith("-")}
    for option in options - {"--help", "-h"}:
        assert f"`{option}" in section, f"the section on {name} has no {option}"
    known = {*options, *(f"--{one}" for one in ("json", "fail-on", "help"))}
    assert set(re.findall(r"--[a-z][a-z-]*", section)) <= known


def test_each_key_of_the_files_is_on_the_page() -> None:
    text = (DOCS / "project-files.md").read_text("utf-8")
    for document in _documents(documents.Document):
        for name, field in document.model_fields.items():
            assert f"`{field.alias or name}`" in text, f"project-files.md has no `{field.alias or name}`"


def _documents(kind: type[documents.Document]) -> set[type[documents.Document]]:
    return {kind}.union(*(_documents(one) for one in kind.__subclasses__()))


ALL_PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


@pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"(?ms)^```.*?^```", "", page.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), f"{page.name}: {target}"
        if anchor:
            headings = re.findall(r"(?m)^#+ (.+)$", linked.read_text("utf-8"))
            assert anchor in {re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in headings}, (
                target
            )


@pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_no_place_of_one_machine(page: Path) -> None:
    assert not re.search(r"/(?:tmp|home|work|root|Users)/", page.read_text("utf-8"))


@pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_each_example_is_of_a_kind_that_is_run(page: Path) -> None:
    for block in markdown.blocks(page):
        is_python = page.name == "python.md" and block.language == "python"
        is_run = is_python or block.language in ("console", "rule", "text") or block.words & {"wrong", "right"}
        assert is_run or {"file", "same-as", "part-of"} & set(block.attributes), f"{block} is not run by any test"


def test_each_ending_of_a_data_file_is_on_the_page() -> None:
    text = (DOCS / "data.md").read_text("utf-8")
    for ending in known_endings().removesuffix(", also with .gz").split(", "):
        assert f"`{ending}`" in text, f"data.md has no {ending}"
