"""A composite GitHub Action run as GitHub runs it: expressions, `if`, outputs. Programs may be stand-ins."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
ACTION: Any = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]

_CONTEXT = re.compile(r"\b(?:inputs|github|steps)(?:\.[\w-]+)+")

SEGRULES = """\
#!/usr/bin/env bash
if test "$1" != diff || ! test -e "$STAND_IN/diff-code"; then exec {python} -m segrules "$@"; fi
printf '%s\\n' "$*" >> "$STAND_IN/diff-calls"
cat "$STAND_IN/diff-says"
page="$(sed -n 's/.*--report \\([^ ]*\\).*/\\1/p' <<< "$*")"
echo '<html>' > "$page"
exit "$(cat "$STAND_IN/diff-code")"
"""
"""The real command; `diff` says and ends with what a test wants, if it wants something."""

GH = '''\
#!{python}
"""`gh api` on comments that are kept in a file: as many of it as the action uses."""
import json, os, sys
from pathlib import Path
import jq
folder = Path(os.environ["STAND_IN"])
words = sys.argv[1:]
assert words.pop(0) == "api" and os.environ["GH_TOKEN"] and os.environ["GH_HOST"] == "github.example"
value = lambda name: words[words.index(name) + 1] if name in words else None
method, body, query = value("-X") or "GET", value("-F"), value("--jq")
(path,) = [word for word in words if word.startswith("repos/")]
comments = json.loads((folder / "comments.json").read_text())
if method == "GET":
    assert "--paginate" in words
    for page in (comments[:1], comments[1:]):  # each page goes through the filter alone
        program = jq.compile(query.replace("env.MARKER", json.dumps(os.environ["MARKER"])))
        for found in program.input_value(page).all():
            print(found)
    sys.exit()
with (folder / "calls").open("a") as calls:
    calls.write(method + " " + path + "\\n")
if (folder / "no-right").exists():
    sys.exit("HTTP 403: Resource not accessible by integration")
name, _, file = body.partition("=@")
assert name == "body"
text = Path(file).read_text()
assert len(text) <= 65536
if method == "POST":
    bot = {{"type": "Bot"}}
    comments.append({{"id": 100 + len(comments), "body": text, "user": bot, "author_association": "NONE"}})
else:
    (one,) = [comment for comment in comments if path.endswith(f"/comments/{{comment['id']}}")]
    one["body"] = text
(folder / "comments.json").write_text(json.dumps(comments))
'''


@dataclass
class Job:
    """A job of a pull request with a checked-out repository. `github` is what expressions may ask of the event."""

    repository: Path
    folder: Path
    github: dict[str, str]
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    log: str = ""

    def __post_init__(self) -> None:
        programs = self.folder / "bin"
        programs.mkdir(parents=True)
        for name, text in (("segrules", SEGRULES), ("gh", GH)):
            (programs / name).write_text(text.format(python=sys.executable))
            (programs / name).chmod(0o755)
        (self.folder / "summary").touch()
        (self.folder / "comments.json").write_text("[]")

    def diff(self, says: str, code: int) -> None:
        """What `segrules diff` prints, and how it ends."""
        (self.folder / "diff-says").write_text(says + "\n")
        (self.folder / "diff-code").write_text(str(code))

    def comment(self, body: str | None, *, id: int, user: str = "User", association: str = "NONE") -> None:
        """A comment that stands at the pull request already."""
        self.keep([*self.comments, {"id": id, "body": body, "user": {"type": user}, "author_association": association}])

    def keep(self, comments: list[dict[str, Any]]) -> None:
        (self.folder / "comments.json").write_text(json.dumps(comments))

    @property
    def comments(self) -> list[dict[str, Any]]:
        return list(json.loads((self.folder / "comments.json").read_text()))

    @property
    def calls(self) -> list[str]:
        """What was written by `gh`: method and path."""
        return self._lines("calls")

    @property
    def diff_calls(self) -> list[str]:
        """The command lines of `segrules diff`, files of the runner named without their folder."""
        return [line.replace(f"{self.folder}/", "") for line in self._lines("diff-calls")]

    def _lines(self, name: str) -> list[str]:
        path = self.folder / name
        return path.read_text().splitlines() if path.exists() else []

    @property
    def summary(self) -> str:
        return (self.folder / "summary").read_text()

    def run(self, **inputs: str) -> int:
        """Runs the steps that are scripts, but for the install; gives the exit code of the one that fails, or 0."""
        self.inputs = {name: str(item.get("default", "")) for name, item in ACTION["inputs"].items()}
        self.inputs |= {name.replace("_", "-"): value for name, value in inputs.items()}
        assert set(self.inputs) == set(ACTION["inputs"])
        self.outputs = {}
        for step in STEPS:
            if "run" in step and step["name"] != "Install segrules" and self.value(step.get("if", "'yes'")):
                code = self._step(step)
                if code:
                    return code
        return 0

    def _step(self, step: Mapping[str, Any]) -> int:
        output = self.folder / "output"
        output.write_text("")
        environment = {name: self.text(value) for name, value in step.get("env", {}).items()}
        result = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.repository,
            env={
                **os.environ,
                "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
                "PYTHONPATH": str(ROOT),
                "STAND_IN": str(self.folder),
                "RUNNER_TEMP": str(self.folder),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
                "GITHUB_REPOSITORY": "people/rules",
                "GITHUB_SERVER_URL": "https://github.example",
                "GITHUB_SHA": self.github["github.sha"],
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        self.log += result.stdout
        if "id" in step:
            pairs = (line.partition("=") for line in output.read_text().splitlines())
            self.outputs[step["id"]] = {name: value for name, _, value in pairs}
        return result.returncode

    def text(self, written: str) -> str:
        """A value with its expressions replaced by what they come to."""
        return re.sub(r"\$\{\{(.*?)\}\}", lambda found: str(self.value(found[1])), str(written))

    def value(self, expression: str) -> str | bool:
        """What an expression comes to; `&&` and `||` give one of their sides, here as there."""
        python = _CONTEXT.sub(lambda found: f"look({found[0]!r})", expression.strip())
        python = python.replace("&&", " and ").replace("||", " or ")
        names = {"look": self._look, "format": lambda pattern, *given: pattern.format(*given)}
        result: str | bool = eval(python, {"__builtins__": {}}, names)
        return result

    def _look(self, path: str) -> str:
        match path.split("."):
            case ["inputs", name]:
                return self.inputs[name]
            case ["steps", step, "outputs", name]:
                return self.outputs.get(step, {}).get(name, "")
            case _:
                return self.github[path]
