"""docs/python.md and the notebook: each cell gives what is shown below it."""

from __future__ import annotations

import inspect
import json
import re
import shutil
from contextlib import chdir
from pathlib import Path
from typing import Any

import markdown
import python_cells
from pages import DOCS, ROOT, SHOP, compare, write

import segrules

PAGE = DOCS / "python.md"
NOTEBOOK = DOCS / "notebook.ipynb"


def test_examples_print_what_the_page_shows(tmp_path: Path, update: bool) -> None:
    shutil.copytree(SHOP, tmp_path, dirs_exist_ok=True)
    printed: dict[markdown.Block, str] = {}
    names: dict[str, Any] = {}
    waiting = ""
    for block in markdown.blocks(PAGE):
        if "file" in block.attributes:
            write(tmp_path, block)
        elif block.language == "python":
            assert not waiting, f"{block}: the page does not show what is printed before it"
            with chdir(tmp_path):
                waiting, value = python_cells.run(block.text, names)
            assert value is None, f"{block}: the page shows only what is printed"
        else:
            assert "printed" in block.words, f"{block}: nobody runs this example"
            printed[block], waiting = waiting, ""
    assert not waiting
    assert len(printed) >= 6
    compare(PAGE, printed, update)


def test_the_reference_has_each_option() -> None:
    text = PAGE.read_text("utf-8")
    for name, function in (("segrules.load", segrules.load), ("project.count", segrules.Project.count)):
        assert f"`{name}({_options(function)})`" in text
    assert f"`project.apply({_options(segrules.Project.apply)})`" in text


def _options(function: Any) -> str:
    signature = inspect.signature(function)
    own = [each.replace(annotation=each.empty) for each in signature.parameters.values() if each.name != "self"]
    shown = str(signature.replace(parameters=own, return_annotation=signature.empty))
    return shown[1:-1].replace("'", '"')


def test_the_notebook_gives_what_it_shows(update: bool) -> None:
    """It runs where it stands, as Jupyter would run it."""
    notebook = json.loads(NOTEBOOK.read_text("utf-8"))
    names: dict[str, Any] = {}
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(cells) >= 8
    for number, cell in enumerate(cells, start=1):
        with chdir(DOCS):
            printed, value = python_cells.run("".join(cell["source"]), names)
        outputs = _outputs(printed, value, number)
        if update:
            cell["execution_count"], cell["outputs"] = number, outputs
        else:
            assert cell["outputs"] == outputs, f"cell {number}: --update writes what it gives now"
            assert cell["execution_count"] == number
    if update:
        NOTEBOOK.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")


def test_the_notebook_is_of_its_format_and_leaves_nothing_behind() -> None:
    notebook = json.loads(NOTEBOOK.read_text("utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in notebook["cells"]:
        assert set(cell) == {"id", "cell_type", "metadata", "source"} | (
            {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
        )
        links = re.findall(r"\]\(([^)#]+)", "".join(cell["source"])) if cell["cell_type"] == "markdown" else []
        assert all(link.startswith("https://") or (DOCS / link).exists() for link in links)
    assert not (ROOT / "docs/out").exists()


def _outputs(printed: str, value: Any, number: int) -> list[dict[str, Any]]:
    """A cell's outputs as a notebook keeps them."""
    outputs: list[dict[str, Any]] = []
    if printed:
        outputs.append({"name": "stdout", "output_type": "stream", "text": printed.splitlines(keepends=True)})
    if value is not None:
        data = {"text/plain": repr(value).splitlines(keepends=True)}
        if hasattr(value, "_repr_html_"):
            data = {"text/html": value._repr_html_().splitlines(keepends=True), **data}
        outputs.append({"data": data, "execution_count": number, "metadata": {}, "output_type": "execute_result"})
    return outputs
