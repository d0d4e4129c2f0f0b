"""The GitHub Action: its metadata, and its scripts run as GitHub runs them in a repository with a pull request."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from action_runner import ACTION, ROOT, STEPS, Job

COMPARED = "diff {} --project . --exit-code --format markdown --report segrules-diff.html{}"
MARKER = "<!-- segrules diff -->"


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false"]
    command = ["git", *identity, "-C", str(folder), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path, message: str) -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message)
    return git(folder, "rev-parse", "HEAD")


PROJECT = {
    "segrules.yml": """\
segrules: 1
name: shop
as_of: 2026-01-31
entities:
  customer: {source: data/customers.csv, key: id, columns: {id: integer, age: integer}}
""",
    "segments/ages.yml": "segments: {young: {when: age < 30, examples: {in: [{age: 29}], out: [{age: 30}]}}}\n",
    "environments/ci.yml": "sources: {customer: sample/customers.csv}\n",
}


def write(folder: Path, files: dict[str, str] = PROJECT) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A repository whose main has a project, and went on since a branch was made that changes a rule."""
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    write(folder)
    commit(folder, "first")
    git(folder, "checkout", "-q", "-b", "change")
    write(folder, {"segments/ages.yml": PROJECT["segments/ages.yml"].replace("30", "31").replace("29", "30")})
    commit(folder, "change")
    git(folder, "checkout", "-q", "main")
    write(folder, {"notes.txt": "main went on"})
    commit(folder, "second")
    return folder


def checkout(origin: Path, tmp_path: Path, *, depth: int | None = 1) -> Job:
    """What actions/checkout gives for a pull request: its branch merged into main, as a shallow clone."""
    git(origin, "checkout", "-q", "--detach", "main")
    git(origin, "merge", "-q", "--no-ff", "-m", "merged", "change")
    merged = git(origin, "rev-parse", "HEAD")
    git(origin, "update-ref", "refs/pull/7/merge", merged)
    git(origin, "checkout", "-q", "main")
    clone = tmp_path / "clone"
    clone.mkdir()
    git(clone, "init", "-q")
    git(clone, "remote", "add", "origin", origin.as_uri())
    shallow = [] if depth is None else [f"--depth={depth}"]
    git(clone, "fetch", "-q", *shallow, "origin", "+refs/pull/7/merge:refs/remotes/pull/7/merge")
    git(clone, "checkout", "-q", "refs/remotes/pull/7/merge")
    event = {"github.base_ref": "main", "github.event.pull_request.number": "7", "github.sha": merged}
    return Job(clone, tmp_path / "job", {**event, "github.token": "secret"})


@pytest.fixture
def job(origin: Path, tmp_path: Path) -> Job:
    """A job in which `segrules diff` is a stand-in, so that each of its ends can be had."""
    job = checkout(origin, tmp_path)
    job.diff("who enters", 3)
    return job


# the metadata


def test_the_metadata_is_valid_by_its_schema() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions"]
    result = subprocess.run([*command, str(ROOT / "action.yml")], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_no_script_has_an_expression_in_it() -> None:
    for step in STEPS:
        assert "${{" not in step.get("run", ""), step["name"]


def test_each_input_is_used_and_each_one_used_is_declared() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text("utf-8")))
    assert used == set(ACTION["inputs"])
    for name, item in (ACTION["inputs"] | ACTION["outputs"]).items():
        assert item["description"], name


def test_it_installs_the_segrules_of_its_own_version() -> None:
    (step,) = [step for step in STEPS if step.get("name") == "Install segrules"]
    assert step["env"] == {"ACTION": "${{ github.action_path }}"}
    assert step["run"].endswith('install --quiet --disable-pip-version-check "$ACTION"')
    assert (ROOT / "pyproject.toml").parent == (ROOT / "action.yml").parent


# the comment


def test_a_change_is_said_in_a_comment_and_in_the_summary(job: Job) -> None:
    assert job.run() == 0, job.log
    assert job.calls == ["POST repos/people/rules/issues/7/comments"]
    assert [comment["body"] for comment in job.comments] == [f"{MARKER}\nwho enters\n"]
    assert job.summary == f"{MARKER}\nwho enters\n"
    assert job.outputs["diff"]["changed"] == "true"
    assert "2 passed in " in job.log
    assert Path(job.outputs["diff"]["page"]).read_text() == "<html>\n"


def test_the_next_push_updates_the_same_comment(job: Job) -> None:
    job.comment("first!", id=1)
    job.comment(None, id=2)
    assert job.run() == 0, job.log
    job.diff("others enter", 3)
    assert job.run() == 0, job.log
    assert job.calls[1:] == ["PATCH repos/people/rules/issues/comments/102"]
    assert [comment["body"] for comment in job.comments] == ["first!", None, f"{MARKER}\nothers enter\n"]


def test_a_change_that_is_taken_back_updates_the_comment_and_none_is_made_for_no_change(job: Job) -> None:
    job.diff("nothing changes", 0)
    assert job.run() == 0, job.log
    assert (job.calls, job.outputs["diff"]["changed"]) == ([], "false")
    assert "nothing changes" in job.summary
    job.comment(f"{MARKER}\nwho enters\n", id=5, user="Bot")
    assert job.run() == 0, job.log
    assert job.comments[0]["body"] == f"{MARKER}\nnothing changes\n"


def test_a_comment_of_a_stranger_is_never_taken_for_its_own(job: Job) -> None:
    job.comment(f"{MARKER}\nforged", id=1, association="CONTRIBUTOR")
    assert job.run() == 0, job.log
    assert job.calls == ["POST repos/people/rules/issues/7/comments"]
    assert job.comments[0]["body"].endswith("forged")


def test_a_token_of_a_member_updates_too(job: Job) -> None:
    job.comment(f"{MARKER}\nold", id=9, association="MEMBER")
    assert job.run() == 0, job.log
    assert job.calls == ["PATCH repos/people/rules/issues/comments/9"]


def test_a_fork_has_the_summary_and_no_comment(job: Job) -> None:
    (job.folder / "no-right").touch()
    assert job.run() == 0, job.log
    assert "::notice title=segrules::no right to comment, as in pull requests from forks" in job.log
    assert "who enters" in job.summary
    assert job.comments == []


def test_two_projects_have_a_comment_each(job: Job) -> None:
    shutil.copytree(job.repository, job.repository / "sub", ignore=shutil.ignore_patterns(".git"))
    job.comment(f"{MARKER}\nof the other", id=1, user="Bot")
    assert job.run(project="sub") == 0, job.log
    assert [comment["body"].split("\n")[0] for comment in job.comments] == [MARKER]
    assert "This project is new" in job.summary
    job.comment("<!-- segrules diff sub -->\n", id=2, user="Bot")
    assert job.run(project="sub") == 0, job.log
    assert job.calls == ["PATCH repos/people/rules/issues/comments/2"]


def test_no_comment_where_none_is_wanted(job: Job) -> None:
    assert job.run(comment="false") == 0, job.log
    assert job.calls == []
    assert "who enters" in job.summary


def test_the_comment_says_who_enters_and_the_next_push_that_nobody_does(origin: Path, tmp_path: Path) -> None:
    job = checkout(origin, tmp_path)
    write(job.repository, {"sample/data/customers.csv": "id,age\n1,29\n2,30\n3,31\n"})
    assert job.run(data_sample="sample") == 0, job.log
    (comment,) = job.comments
    command = ["diff", "base/main", "--data", "sample", "--format", "markdown"]
    printed = subprocess.run([sys.executable, "-m", "segrules", *command], cwd=job.repository, capture_output=True)
    assert comment["body"] == f"{MARKER}\n{printed.stdout.decode()}"
    assert "counted on 3 customers" in comment["body"]
    assert "`age < 30` → `age < 31`" in comment["body"]
    assert "young" in Path(job.outputs["diff"]["page"]).read_text("utf-8")
    write(job.repository, {"segments/ages.yml": "# younger than thirty\n" + PROJECT["segments/ages.yml"]})
    assert job.run(data_sample="sample") == 0, job.log
    assert len(job.calls) == len(job.comments) + 1 == 2
    assert "age < 31" not in job.comments[0]["body"]
    assert job.outputs["diff"]["changed"] == "false"


def test_without_data_the_comment_says_what_a_change_means(origin: Path, tmp_path: Path) -> None:
    job = checkout(origin, tmp_path)
    assert job.run() == 0, job.log
    assert "`age < 30` → `age < 31`" in job.comments[0]["body"]


def test_limits_that_are_exceeded_are_said_in_the_comment_and_the_log(origin: Path, tmp_path: Path) -> None:
    job = checkout(origin, tmp_path)
    write(job.repository, {"segrules.yml": PROJECT["segrules.yml"] + "limits: {entered: 0}\n"})
    write(job.repository, {"sample/data/customers.csv": "id,age\n1,29\n2,30\n3,31\n"})
    assert job.run(data_sample="sample", floor="10") == 1
    assert "error: `young`: more enter than `limits` allow, 0 [limit-exceeded]" in job.log
    assert "More than the limits allow" in job.comments[0]["body"]


# what it is compared with


@pytest.mark.parametrize("depth", [1, None], ids=["shallow", "full"])
def test_it_is_compared_with_what_it_was_merged_into(origin: Path, tmp_path: Path, depth: int | None) -> None:
    job = checkout(origin, tmp_path, depth=depth)
    job.diff("who enters", 3)
    merged_into = git(origin, "rev-parse", "main")
    write(origin, {"notes.txt": "main went on once more"})
    commit(origin, "third")
    assert job.run() == 0, job.log
    assert job.diff_calls == [COMPARED.format("base/main", "")]
    assert git(job.repository, "rev-parse", "base/main") == merged_into
    assert git(job.repository, "rev-parse", "--is-shallow-repository") == str(depth == 1).lower()


def test_where_a_branch_alone_is_checked_out_it_is_compared_with_the_tip_of_main(job: Job, origin: Path) -> None:
    git(job.repository, "fetch", "-q", "--depth=1", "origin", "change")
    git(job.repository, "checkout", "-q", "FETCH_HEAD")
    assert job.run() == 0, job.log
    assert git(job.repository, "rev-parse", "base/main") == git(origin, "rev-parse", "main")


def test_a_revision_that_is_named_is_the_base(job: Job) -> None:
    job.github |= {"github.base_ref": "", "github.event.pull_request.number": ""}
    asked = {"base": "HEAD", "floor": "10", "environment": "ci", "data_sample": "sample", "as_of": "2026-01-01"}
    assert job.run(**asked) == 0, job.log
    options = " --env ci --data sample --as-of 2026-01-01 --floor 10"
    assert job.diff_calls == [COMPARED.format("HEAD", options)]
    assert job.calls == []


def test_outside_of_pull_requests_nothing_is_compared(job: Job) -> None:
    job.github |= {"github.base_ref": "", "github.event.pull_request.number": ""}
    assert job.run() == 0, job.log
    assert (job.diff_calls, job.summary, job.calls) == ([], "", [])


# what fails


def test_a_rule_that_is_wrong_fails_and_the_comment_says_so(job: Job) -> None:
    write(job.repository, {"segments/more.yml": "segments: {old: agee > 60}\n"})
    job.comment(f"{MARKER}\nwho enters", id=3, user="Bot")
    assert job.run() == 1
    assert "::error file=segments/more.yml,line=1," in job.log
    assert "passed" not in job.log
    assert job.diff_calls == []
    assert job.comments[0]["body"].startswith(f"{MARKER}\nThe rules have findings to be mended first")


def test_a_test_that_fails_fails_the_check_after_the_comment(job: Job) -> None:
    write(job.repository, {"segments/ages.yml": PROJECT["segments/ages.yml"].replace("29", "50")})
    assert job.run() == 1
    assert "title=failed-test::" in job.log
    assert len(job.comments) == 1


def test_warnings_fail_where_asked(job: Job) -> None:
    write(job.repository, {"segments/more.yml": "segments: {other: not (age == 5)}\n"})
    assert job.run() == 0, job.log
    assert job.run(fail_on="warning") == 1


def test_an_environment_that_is_not_there_fails(job: Job) -> None:
    assert job.run(environment="cii") == 1
    assert "did you mean" in job.log


def test_a_limit_that_is_broken_fails_after_the_comment(job: Job) -> None:
    job.diff("too many leave", 1)
    assert job.run() == 1
    assert job.comments[0]["body"].endswith("too many leave\n")


def test_a_comparison_that_is_not_possible_fails_and_says_where_to_look(job: Job) -> None:
    job.diff("", 2)
    assert job.run() == 1
    assert job.comments[0]["body"].endswith("The change could not be computed. The log of this check says why.\n")


@pytest.mark.parametrize("words", ["$(touch pwned)", "`touch pwned`", "a; touch pwned", '"; touch pwned; "', "-x"])
def test_words_from_outside_are_never_run(job: Job, words: str) -> None:
    job.github["github.base_ref"] = words
    job.run()
    job.run(environment=words, floor=words, base=words, data_sample=words, as_of=words)
    job.run(project=words)
    job.run(fail_on=words)
    assert not list(job.repository.rglob("pwned"))
