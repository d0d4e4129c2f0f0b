"""`segrules diff` as people and build servers run it: formats, exit codes, what is hidden, what fits."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from versions import FILES, git, write

from segrules.cli.app import main

Run = Callable[..., tuple[object, str, str]]


@pytest.fixture
def segrules(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line; gives its exit code, stdout and stderr."""

    def run(*arguments: str | Path) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as end:
            main(list(map(str, arguments)))
        written = capsys.readouterr()
        return end.value.code, written.out, written.err

    return run


@pytest.fixture
def shops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Path, Path]]:
    """Two versions of the shop, the second with texts of its rules replaced."""

    def made(*edits: tuple[str, str]) -> tuple[Path, Path]:
        write(tmp_path / "old")
        new = write(tmp_path / "new")
        rules = FILES["segments/rules.yml"]
        for before, after in edits:
            assert before in rules
            rules = rules.replace(before, after)
        (new / "segments/rules.yml").write_text(rules, "utf-8")
        monkeypatch.chdir(tmp_path)
        return Path("old"), Path("new")

    return made


OLDER = ("age >= 18", "age >= 21")


def test_two_folders_need_no_project_here(segrules: Run, shops: Callable[..., tuple[Path, Path]]) -> None:
    code, out, err = segrules("diff", *shops(OLDER))
    assert (code, err) == (0, "")
    assert out.startswith("1 rule changed\n`old` → `new`, counted on 5 customers and 2 companies, as of 2026-01-31\n")
    assert re.search(r"grown +changed +3 +2 +-1 \(-33\.3%\) +0 +1 +2\n", out)
    assert "  `age >= 18` → `age >= 21`, which lets fewer in" in out


def test_a_new_segment_and_one_that_is_gone_show_their_rules(
    segrules: Run, shops: Callable[..., tuple[Path, Path]]
) -> None:
    out = segrules("diff", *shops(("  grown: age >= 18", "  older: age >= 60")))[1]
    assert "segment older: new\n  1 is in it\n  its rule is `age >= 60`\n" in out
    assert "segment grown: gone\n  3 were in it\n  its rule was `age >= 18`\n" in out


def test_exit_codes(segrules: Run, shops: Callable[..., tuple[Path, Path]]) -> None:
    old, new = shops(OLDER)
    assert segrules("diff", old, new, "--exit-code")[0] == 3
    assert segrules("diff", old, old, "--exit-code")[:2] == (
        0,
        "nothing changed\n`old` → `old`, counted on 5 customers and 2 companies, as of 2026-01-31\n",
    )
    shops(("age >= 18", "age > 17"))
    assert segrules("diff", old, new, "--exit-code")[0] == 0
    code, out, err = segrules("diff", old, "nowhere", "--project", new)
    assert (code, out) == (2, "")
    assert "[unknown-revision]" in err
    shops(("age >= 18", "ages >= 18"))
    code, out, err = segrules("diff", old, new, "--exit-code")
    assert code == 1
    assert "[unknown-name]" in err
    assert "segment grown: has errors now" in out


def test_keys_are_shown_only_when_asked_for(segrules: Run, shops: Callable[..., tuple[Path, Path]]) -> None:
    old, new = shops(OLDER)
    assert "leave: 1\n" not in segrules("diff", old, new)[1]
    assert "leave: 1\n" in segrules("diff", old, new, "--show-keys")[1]
    hidden = segrules("diff", old, new, "--show-keys", "--floor", "3", "--format", "json")[1]
    assert "keys" not in json.loads(hidden)["changes"][0]["members"]


def test_the_floor_hides_small_counts_and_what_gives_them_away(
    segrules: Run, shops: Callable[..., tuple[Path, Path]]
) -> None:
    old, new = shops(OLDER)
    out = segrules("diff", old, new, "--floor", "3")[1]
    assert re.search(r"grown +changed +3 +<3 +… +… +<3 +<3\n", out)
    members = json.loads(segrules("diff", old, new, "--floor", "3", "--format", "json")[1])["changes"][0]["members"]
    assert members == {"before": 3, "after": None, "entered": None, "left": None, "stayed": None}


def test_json_says_everything(segrules: Run, shops: Callable[..., tuple[Path, Path]]) -> None:
    old, new = shops(OLDER, ("orders: count(orders)", "orders: count(orders since 2026-01-01)"))
    found = json.loads(segrules("diff", old, new, "--format", "json")[1])
    changes = {change["name"]: change for change in found["changes"]}
    assert changes["grown"]["members"] == {"before": 3, "after": 2, "entered": 0, "left": 1, "stayed": 2}
    assert changes["loyal"]["because"] == ["orders"]
    assert found["changed"] is True
    assert found["rows"] == {"customer": 5, "company": 2}
    assert found["flows"][0]["matrix"][0] == ["", "none", "new", "old"]


def test_markdown_and_html_escape_what_people_write(segrules: Run, shops: Callable[..., tuple[Path, Path]]) -> None:
    nasty = "label: {en: '<script>alert(1)</script> @everyone | **x**'}"
    old, new = shops(("label: {en: Spender, th: นักช้อป}", nasty), ("spend >= 50", "spend >= 5"))
    markdown = segrules("diff", old, new, "--format", "markdown")[1]
    assert "<script" not in markdown.replace("\\<script", "")
    assert "@everyone" not in markdown
    html = segrules("diff", old, new, "--format", "html")[1]
    assert "<script" not in html
    assert html.count("<html") == 1
    assert not re.search(r"https?://", html)


def test_a_comment_fits_and_a_report_has_all(
    segrules: Run, shops: Callable[..., tuple[Path, Path]], tmp_path: Path
) -> None:
    old, new = shops()
    for folder, least in ((old, 1), (new, 2)):
        rules = "".join(f"  segment_number_{number}: age >= {least + number}\n" for number in range(1500))
        (folder / "segments/many.yml").write_text(f"entity: customer\nsegments:\n{rules}", "utf-8")
    code, out, err = segrules("diff", old, new, "--no-data", "--format", "markdown", "--report", tmp_path / "all.html")
    assert code == 0
    assert 50_000 < len(out) < 65_000
    assert "more parts do not fit here" in out
    assert "wrote" in err
    page = (tmp_path / "all.html").read_text("utf-8")
    assert page.count("<h3>") == 1500


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("diff",), "Missing argument"),
        (("diff", "old", "new", "--report", "x.pdf"), "ends in none of .html, .md, .json, .txt"),
        (("diff", "old", "new", "--data", "nowhere"), "there is no folder `nowhere`"),
        (("diff", "main"), "there is no segrules.yml"),
        (("diff", "old", "new", "--floor", "-1"), "greater than or equal to 0"),
    ],
)
def test_wrong_usage(
    arguments: tuple[str, ...], says: str, segrules: Run, shops: Callable[..., tuple[Path, Path]]
) -> None:
    shops()
    code, out, err = segrules(*arguments)
    assert (code, out) == (2, "")
    assert says in " ".join(err.split())


def test_revisions_and_branches(segrules: Run, shops: Callable[..., tuple[Path, Path]], tmp_path: Path) -> None:
    _, new = shops()
    git(new, "init", "-q", "-b", "main", ".")
    git(new, "add", ".")
    git(new, "commit", "-q", "-m", "one")
    rules = FILES["segments/rules.yml"].replace(*OLDER)
    (new / "segments/rules.yml").write_text(rules, "utf-8")
    code, out, _ = segrules("diff", "main", "--project", new, "--exit-code")
    assert code == 3
    assert "`main` → this version" in out
    git(tmp_path, "clone", "-q", "--depth", "1", new.resolve().as_uri(), "shallow")
    code, _, err = segrules("diff", "HEAD~1", "--project", "shallow")
    assert code == 2
    assert "fetch-depth: 0" in err


def test_a_build_server_reads_the_limits_that_are_exceeded(
    segrules: Run, shops: Callable[..., tuple[Path, Path]]
) -> None:
    old, new = shops(OLDER)
    for folder in (old, new):
        text = FILES["segrules.yml"].replace("relations:", "limits: {left: 0}\nrelations:")
        (folder / "segrules.yml").write_text(text, "utf-8")
    code, out, err = segrules("diff", old, new, "--format", "sarif")
    assert code == 1
    (result,) = json.loads(out)["runs"][0]["results"]
    assert result["ruleId"] == "limit-exceeded"
    assert "1 rule changed" in err
    assert json.loads(segrules("diff", old, new, "--format", "gitlab")[1])[0]["check_name"] == "limit-exceeded"
    assert "limit-exceeded" in segrules("diff", old, new, "--format", "junit")[1]
    code, out, err = segrules("diff", old, new, "--format", "github")
    assert (code, err) == (1, "")
    assert out.startswith("::error file=")
    assert "1 rule changed" in out


def test_only_segments_have_files_that_somebody_reads(segrules: Run, shops: Callable[..., tuple[Path, Path]]) -> None:
    old, new = shops(("  grown:", "  adult:"), ("  web: count", "  online: count"), ("web >= 1", "online >= 1"))
    _, shown, _ = segrules("diff", old, new)
    assert "was `grown`: who reads the files of `grown` finds none any more" in shown
    assert "was `web`\n" in shown


def test_what_moves_by_the_calendar_says_so(segrules: Run, shops: Callable[..., tuple[Path, Path]]) -> None:
    old, new = shops()
    for folder, calendar in ((old, ""), (new, "fiscal_year_starts: 4\n")):
        rules = FILES["segments/rules.yml"].replace("web >= 1", "any(orders in this fiscal year)")
        (folder / "segments/rules.yml").write_text(rules, "utf-8")
        (folder / "segrules.yml").write_text(calendar + FILES["segrules.yml"], "utf-8")
    _, shown, _ = segrules("diff", old, new, "--no-data")
    assert "`fiscal_year_starts`: 1 → 4" in shown
    assert "because columns, lookups, relations, entities or the calendar are declared otherwise" in shown


def test_what_is_proven_stands_in_every_format(segrules: Run, shops: Callable[..., tuple[Path, Path]]) -> None:
    old, new = shops(("age >= 18", "age >= 16"))
    said = re.compile(r"widened: `?(<code>)?\{age: 1[67]\}`?(</code>)? enters; nobody can leave \(proven\)")
    for form in ("text", "html"):
        assert said.search(segrules("diff", old, new, "--no-data", "--format", form)[1]), form
    markdown = segrules("diff", old, new, "--no-data", "--format", "markdown")[1]
    assert said.search(markdown)
    (change,) = json.loads(segrules("diff", old, new, "--no-data", "--format", "json")[1])["changes"]
    assert change["proof"] | {"enters": None} == {
        "scope": "widened",
        "certain": True,
        "always": True,
        "as_of": "2026-01-31",
        "facts": [],
        "enters": None,
        "leaves": {"verdict": "never", "row": None},
    }
    assert change["proof"]["enters"]["verdict"] == "found"
    assert change["proof"]["enters"]["row"]["rows"]["customer"][0]["age"] in (16, 17)


def test_a_change_that_is_proven_to_be_none_passes_the_check(
    segrules: Run, shops: Callable[..., tuple[Path, Path]]
) -> None:
    old, new = shops(("age >= 18", "age >= 18 and age > 10"))
    code, out, _ = segrules("diff", old, new, "--exit-code")
    assert code == 0
    assert out.startswith("1 rule reworded with the same meaning\n")
    assert "  proven: the same rows are in it\n" in out
    old, new = shops(("age >= 18", "age >= 18 and today < 2027-01-01"))
    code, out, _ = segrules("diff", old, new, "--exit-code")
    assert code == 3
    assert "as of another day that may change" in out


def test_a_day_that_is_none_is_refused_where_only_meanings_are_compared(
    segrules: Run, shops: Callable[..., tuple[Path, Path]]
) -> None:
    code, out, err = segrules("diff", *shops(OLDER), "--no-data", "--as-of", "2026-02-31")
    assert (code, out) == (2, "")
    assert "[impossible-date]" in err
