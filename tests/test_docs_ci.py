"""The page on build servers: its files are valid for their readers, and each of their commands runs in a repository."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import markdown
import pytest
import yaml
from action_runner import ACTION
from pages import DOCS, ROOT, SHOP, write

PAGE = DOCS / "ci.md"
FILES = {block.attributes["file"]: block for block in markdown.blocks(PAGE) if "file" in block.attributes}
GITLAB = yaml.safe_load(FILES[".gitlab-ci.yml"].text)


def git(folder: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-C", str(folder), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The shop under git, with the page's files, on a branch that changes a rule of main."""
    origin = tmp_path / "origin"
    shutil.copytree(SHOP, origin)
    for block in FILES.values():
        write(origin, block)
    git(origin, "init", "-q", "-b", "main")
    git(origin, "add", "-A")
    git(origin, "commit", "-qm", "first")
    git(tmp_path, "clone", "-q", str(origin), "clone")
    (tmp_path / "clone/segments/rules.yml").write_text(
        "segments: {regular: count(orders) >= 3, thai: country == 'TH'}\n"
    )
    return tmp_path / "clone"


def run(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    programs = Path(sys.executable).parent
    inherited = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", command],
        cwd=folder,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def schema_refuses(schema: str, path: Path, *options: str) -> str:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *options, str(path)]
    result = subprocess.run(command, capture_output=True, text=True)
    return result.stdout + result.stderr if result.returncode else ""


# what is written on the page is valid and complete


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith(".github/workflows/")])
def test_a_workflow_is_valid(name: str, tmp_path: Path) -> None:
    write(tmp_path, FILES[name])
    assert schema_refuses("vendor.github-workflows", tmp_path / name) == ""


def test_the_pipeline_is_valid(tmp_path: Path) -> None:
    write(tmp_path, FILES[".gitlab-ci.yml"])
    assert schema_refuses("vendor.gitlab-ci", tmp_path / ".gitlab-ci.yml", "--data-transform", "gitlab-ci") == ""


def test_the_schemas_refuse_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("on: pull_request\njobs: {a: {steps: 1}}\n")
    assert schema_refuses("vendor.github-workflows", tmp_path / "a.yml")
    (tmp_path / "b.yml").write_text("a: {script: x, artifacts: {reports: {codequality: {}}}}\n")
    assert schema_refuses("vendor.gitlab-ci", tmp_path / "b.yml", "--data-transform", "gitlab-ci")


def test_the_workflow_gives_the_action_what_it_knows_and_the_rights_that_it_needs() -> None:
    workflow = yaml.safe_load(FILES[".github/workflows/segments.yml"].text)
    assert workflow["permissions"] == {"contents": "read", "pull-requests": "write"}
    (step,) = [step for step in workflow["jobs"]["segments"]["steps"] if "segrules" in step["uses"]]
    assert set(step["with"]) <= set(ACTION["inputs"])


def table(heading: str) -> list[str]:
    """What stands in the first column of the table under a heading row."""
    rows = PAGE.read_text("utf-8").split(f"\n| {heading} | ")[1].split("\n\n")[0]
    return re.findall(r"(?m)^\| `([\w-]+)` \|", rows)


def test_each_input_output_and_hook_is_on_the_page() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert table("input") == list(ACTION["inputs"])
    assert table("output") == list(ACTION["outputs"])
    assert table("hook") == [hook["id"] for hook in hooks]


def test_the_configuration_of_pre_commit_names_hooks_that_there_are() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (repository,) = yaml.safe_load(FILES[".pre-commit-config.yaml"].text)["repos"]
    assert set(repository) == {"repo", "rev", "hooks"}
    assert [hook["id"] for hook in repository["hooks"]] == [hook["id"] for hook in hooks]


# the commands run


def test_the_step_that_scans_writes_sarif(repository: Path) -> None:
    steps = yaml.safe_load(FILES[".github/workflows/scanning.yml"].text)["jobs"]["scanning"]["steps"]
    (command,) = [step["run"] for step in steps if step.get("run", "").startswith("segrules ")]
    assert run(command, repository).returncode == 0
    (upload,) = [step["with"] for step in steps if "upload-sarif" in step.get("uses", "")]
    assert json.loads((repository / upload["sarif_file"]).read_text("utf-8"))["version"] == "2.1.0"


def script(job: str) -> list[str]:
    return [line for line in GITLAB[job]["script"] if line.startswith("segrules ")]


def test_gitlab_is_given_its_reports(repository: Path) -> None:
    for job in ("segments-validate", "segments-test"):
        for line in script(job):
            result = run(line, repository)
            assert (result.returncode, result.stdout) == (0, ""), result.stderr
    quality = GITLAB["segments-validate"]["artifacts"]["reports"]["codequality"]
    assert json.loads((repository / quality).read_text("utf-8")) == []
    tests = GITLAB["segments-test"]["artifacts"]["reports"]["junit"]
    assert ET.fromstring((repository / tests).read_text("utf-8")).tag == "testsuites"


def test_gitlab_is_given_the_comparison(repository: Path) -> None:
    base = git(repository, "rev-parse", "HEAD")
    (line,) = script("segments-diff")
    result = run(line, repository, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
    assert "regular" in (repository / "segments.md").read_text("utf-8")
    (page,) = GITLAB["segments-diff"]["artifacts"]["paths"]
    assert "regular" in (repository / page).read_text("utf-8")


def test_jenkins_is_given_its_reports(repository: Path) -> None:
    text = FILES["Jenkinsfile"].text
    assert text.count("{") == text.count("}")
    install, *commands = re.findall(r"\bsh '([^']+)'", text)
    assert "pip install" in install
    assert len(commands) == 4
    for command in commands:
        result = run(command, repository, CHANGE_TARGET="main")
        assert result.returncode == 0, f"{command}\n{result.stderr}"
    for name in ("segrules-validate.xml", "segrules-test.xml"):
        assert ET.fromstring((repository / name).read_text("utf-8")).tag == "testsuites"
    assert "regular" in (repository / "segments.html").read_text("utf-8")


# the note of a merge request


class Notes(BaseHTTPRequestHandler):
    """GitLab's notes of one merge request, as many of its calls as the script uses; two notes a page."""

    notes: list[dict[str, Any]]

    def do_GET(self) -> None:
        if self.path == "/api/v4/user":
            self._answer({"id": 42})
            return
        found = re.fullmatch(r"/api/v4/projects/8/merge_requests/9/notes\?per_page=100&page=(\d+)", self.path)
        assert found is not None, self.path
        end = 2 * int(found[1])
        self._answer(self.notes[end - 2 : end])

    def do_POST(self) -> None:
        assert self.path == "/api/v4/projects/8/merge_requests/9/notes"
        self.notes.append({"id": 100 + len(self.notes), "author": {"id": 42}, "body": self._body()})
        self._answer(self.notes[-1])

    def do_PUT(self) -> None:
        (note,) = [note for note in self.notes if self.path.endswith(f"/notes/{note['id']}")]
        note["body"] = self._body()
        self._answer(note)

    def _body(self) -> str:
        return str(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"])

    def _answer(self, value: object) -> None:
        assert self.headers["PRIVATE-TOKEN"] == "secret"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def log_message(self, format: str, *arguments: object) -> None:
        return


@pytest.fixture
def gitlab() -> Iterator[tuple[list[dict[str, Any]], Mapping[str, str]]]:
    """The notes that a merge request has, and the variables under which a job finds them."""
    notes = [{"id": number, "author": {"id": 1}, "body": "<!-- segrules diff -->\nforged"} for number in range(3)]
    server = HTTPServer(("127.0.0.1", 0), type("Served", (Notes,), {"notes": notes}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    api = f"http://127.0.0.1:{server.server_port}/api/v4"
    variables = {"CI_API_V4_URL": api, "CI_PROJECT_ID": "8", "CI_MERGE_REQUEST_IID": "9", "SEGRULES_TOKEN": "secret"}
    yield notes, variables
    server.shutdown()
    server.server_close()


def test_a_note_is_posted_and_the_next_push_updates_it(
    gitlab: tuple[list[dict[str, Any]], Mapping[str, str]], tmp_path: Path
) -> None:
    notes, variables = gitlab
    write(tmp_path, FILES["ci/note.py"])
    (line,) = [line for line in GITLAB["segments-diff"]["script"] if "note.py" in line]
    for text in ("ลูกค้า enter", "nobody enters"):
        (tmp_path / "segments.md").write_text(text, "utf-8")
        result = run(line, tmp_path, **variables, no_proxy="127.0.0.1")
        assert result.returncode == 0, result.stderr
        assert [note["body"] for note in notes[3:]] == [f"<!-- segrules diff -->\n{text}"]
    assert all(note["body"].endswith("forged") for note in notes[:3])
