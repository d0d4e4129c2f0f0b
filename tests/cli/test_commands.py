"""Each command on a small shop: what it prints where, and how it exits."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from segrules.cli.app import main

FILES = {
    "segrules.yml": """\
segrules: 1
name: shop
as_of: 2026-01-31
entities:
  customer:
    source: data/customers.csv
    key: customer_id
    columns: {customer_id: integer, country: {type: text, missing: never}}
relations:
  orders:
    source: data/orders.csv
    key: customer_id
    time: ordered_on
    columns: {customer_id: integer, ordered_on: date, amount: 'decimal(12,2)'}
""",
    "segments/lifecycle.yml": """\
traits:
  recency_days: days_since(max(orders.ordered_on))
  orders: count(orders)
segments:
  vip: recency_days < 30 and orders >= 2
  once: orders == 1
""",
    "tests/lifecycle.yml": """\
cases:
  - name: one order is once
    given:
      customer: [{customer_id: 1, country: TH}]
      orders: [{customer_id: 1, ordered_on: 2026-01-01, amount: 1}]
    expect: {once: [1], vip: []}
""",
    "data/customers.csv": "customer_id,country\n1,TH\n2,TH\n3,TW\n",
    "data/orders.csv": "customer_id,ordered_on,amount\n1,2026-01-01,5\n1,2026-01-31,5.50\n2,2025-01-01,1\n",
}

Run = Callable[..., tuple[object, str, str]]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shop"
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def segrules(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line; gives its exit code, stdout and stderr."""

    def run(*arguments: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        written = capsys.readouterr()
        return end.value.code, written.out, written.err

    return run


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def break_rule(shop: Path) -> None:
    edit(shop / "segments/lifecycle.yml", "vip: recency_days", "vip: recency_day")


FINDING = (
    "shop/segments/lifecycle.yml:5:8 error: `recency_day` is not a column or trait [unknown-name]\n"
    "  5 |   vip: recency_day < 30 and orders >= 2\n"
    "    |        ^^^^^^^^^^^  did you mean `recency_days`?"
)


def test_validate_without_findings(shop: Path, segrules: Run) -> None:
    assert segrules("validate", "shop") == (0, "no findings\n", "")


def test_validate_in_the_working_directory(shop: Path, segrules: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop)
    break_rule(shop)
    assert segrules("validate") == (1, f"{FINDING.removeprefix('shop/')}\n\n1 error\n", "")


def test_validate_shows_findings(shop: Path, segrules: Run) -> None:
    break_rule(shop)
    assert segrules("validate", "shop") == (1, f"{FINDING}\n\n1 error\n", "")


def test_validate_json(shop: Path, segrules: Run) -> None:
    break_rule(shop)
    code, out, err = segrules("validate", "--format", "json", "shop")
    assert (code, err) == (1, "")
    assert json.loads(out) == {
        "findings": [
            {
                "code": "unknown-name",
                "severity": "error",
                "message": "`recency_day` is not a column or trait",
                "help": "did you mean `recency_days`?",
                "file": "segments/lifecycle.yml",
                "line": 5,
                "column": 8,
                "end_line": 5,
                "end_column": 19,
                "related": [],
                "notes": [],
                "example": None,
                "fix": {
                    "title": "write `recency_days`",
                    "safe": False,
                    "edits": [
                        {
                            "file": "segments/lifecycle.yml",
                            "line": 5,
                            "column": 8,
                            "end_line": 5,
                            "end_column": 19,
                            "text": "recency_days",
                        }
                    ],
                },
            }
        ]
    }


def test_validate_for_build_servers(shop: Path, segrules: Run) -> None:
    break_rule(shop)
    code, out, _ = segrules("validate", "--format", "github", "shop")
    assert code == 1
    assert out.startswith(
        "::error file=shop/segments/lifecycle.yml,line=5,endLine=5,col=8,endColumn=19,title=unknown-name::"
    )
    code, out, _ = segrules("validate", "--format", "sarif", "shop")
    assert (code, json.loads(out)["version"]) == (1, "2.1.0")
    code, out, _ = segrules("validate", "--format", "junit", "shop")
    assert (code, ET.fromstring(out).get("failures")) == (1, "1")


def test_warnings_fail_only_where_asked(shop: Path, segrules: Run) -> None:
    edit(shop / "segments/lifecycle.yml", "orders >= 2", "orders >= 2 or orders == 7")
    code, out, _ = segrules("validate", "shop")
    assert (code, out.splitlines()[-2]) == (0, "1 warning")
    assert "[mixed-and-or]" in out
    assert segrules("validate", "--fail-on", "warning", "shop")[0] == 1


def test_test_passes(shop: Path, segrules: Run) -> None:
    code, out, err = segrules("test", "shop")
    assert (code, err) == (0, "")
    assert out.startswith("1 passed in ")


def test_test_fails_with_the_reason(shop: Path, segrules: Run) -> None:
    edit(shop / "tests/lifecycle.yml", "once: [1]", "once: []")
    code, out, err = segrules("test", "shop")
    assert (code, err) == (1, "")
    assert out.startswith("shop/tests/lifecycle.yml:2 failed: one order is once\n  ")
    assert "orders == 1" in out
    assert "1 failed in " in out.splitlines()[-1]
    code, out, _ = segrules("test", "--format", "junit", "shop")
    assert (code, ET.fromstring(out).get("failures")) == (1, "1")
    code, out, _ = segrules("test", "--format", "json", "shop")
    assert code == 1
    assert (json.loads(out)["failed"], json.loads(out)["tests"][0]["name"]) == (1, "one order is once")


def test_test_by_name(shop: Path, segrules: Run) -> None:
    assert segrules("test", "-k", "one order", "shop")[0] == 0
    code, out, err = segrules("test", "-k", "nothing like it", "shop")
    assert (code, out) == (2, "")
    assert "no test has `nothing like it` in its name" in err


def test_test_of_wrong_rules_shows_the_findings(shop: Path, segrules: Run) -> None:
    break_rule(shop)
    code, out, err = segrules("test", "shop")
    assert (code, out) == (1, "no tests were run\n")
    assert err.startswith(FINDING)


TABLE = """\
3 customers, as of 2026-01-31
segment   members   share
vip             1   33.3%
once            1   33.3%
"""


def test_count_prints_a_table_and_writes_nothing(shop: Path, segrules: Run) -> None:
    assert segrules("count", "shop") == (0, TABLE, "")
    assert not (shop / "out").exists()


def test_count_json(shop: Path, segrules: Run) -> None:
    code, out, err = segrules("count", "--format", "json", "--select", "vip", "shop")
    assert (code, err) == (0, "")
    result = json.loads(out)
    assert result["as_of"] == "2026-01-31"
    (segment,) = result["segments"]
    assert {name: segment[name] for name in ("segment", "entity", "members", "share")} == {
        "segment": "vip",
        "entity": "customer",
        "members": 1,
        "share": 1 / 3,
    }


def test_count_of_wrong_rules(shop: Path, segrules: Run) -> None:
    break_rule(shop)
    code, out, err = segrules("count", "shop")
    assert (code, out) == (1, "")
    assert err.startswith(FINDING)


@pytest.mark.parametrize(
    "arguments",
    [("--as-of", "2026-13-01"), ("--select", "no_such"), ("--memory-limit", "lots"), ("--memory-limit", "-1GB")],
)
def test_count_with_wrong_options(shop: Path, segrules: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = segrules("count", *arguments, "./shop")
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert "internal error" not in err
    assert err


def test_apply_writes_and_tells_changes(shop: Path, segrules: Run) -> None:
    assert segrules("apply", "shop", "--out", "result", "--format", "csv") == (0, TABLE, "")
    with (shop.parent / "result" / "customer.csv").open(encoding="utf-8", newline="") as file:
        assert sorted(csv.reader(file)) == [["1", "vip"], ["2", "once"], ["customer_id", "segment"]]
    edit(shop / "data/orders.csv", "2,2025-01-01,1", "2,2026-01-01,1\n2,2026-01-02,1\n3,2026-01-01,1")
    code, out, _ = segrules("apply", "shop", "--out", "result", "--format", "csv")
    assert code == 0
    assert out.splitlines()[1:] == [
        "segment   members   share   change",
        "vip             2   66.7%       +1",
        "once            1   33.3%        0",
    ]


def test_apply_json(shop: Path, segrules: Run) -> None:
    code, out, err = segrules("apply", "shop", "--json")
    assert (code, err) == (0, "")
    result = json.loads(out)
    assert [segment["members"] for segment in result["segments"]] == [1, 1]
    assert result["written"] == ["customer.parquet"]
    assert (shop / "out" / "run.json").is_file()


def test_apply_stops_at_a_broken_expectation(shop: Path, segrules: Run) -> None:
    edit(shop / "segments/lifecycle.yml", "once: orders == 1", "once: {when: orders == 1, expect: {size: '>= 2'}}")
    code, out, err = segrules("apply", "shop", "--out", "result")
    assert code == 1
    assert "once" in out
    assert "[expectation-broken]" in err
    assert not (shop.parent / "result" / "run.json").exists()
    assert segrules("apply", "shop", "--out", "result", "--allow-breach")[0] == 0
    assert (shop.parent / "result" / "run.json").exists()


def test_apply_refuses_bad_data(shop: Path, segrules: Run) -> None:
    edit(shop / "data/customers.csv", "2,TH", "1,TH")
    code, out, err = segrules("apply", "shop", "--out", "result")
    assert (code, out) == (2, "")
    assert "[duplicate-entity-key]" in err
    assert not (shop.parent / "result" / "run.json").exists()


def test_sql_prints_what_runs(shop: Path, segrules: Run) -> None:
    code, out, err = segrules("sql", "shop")
    assert (code, err) == (0, "")
    assert "SELECT" in out
    code, postgres, _ = segrules("sql", "shop", "--dialect", "postgres", "--select", "vip")
    assert code == 0
    assert postgres != out
    code, out, err = segrules("sql", "shop", "--dialect", "nonsense")
    assert (code, out) == (2, "")
    assert "nonsense" in err


def test_init_then_everything(tmp_path: Path, segrules: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = segrules("init", "new")
    assert code == 0
    assert "wrote new/segrules.yml" in out.splitlines()
    assert "segrules validate new" in err
    for command in ("validate", "test", "count", "apply", "sql"):
        assert segrules(command, "new")[0] == 0
    code, out, err = segrules("init", "new")
    assert (code, out) == (2, "")
    assert "[output-refused]" in err


def test_init_from_files(shop: Path, segrules: Run) -> None:
    code, out, err = segrules("init", "--from", "shop/data/orders.csv", "shop/data/customers.csv", "mine")
    assert code == 0
    assert "wrote mine/segrules.yml" in out.splitlines()
    assert "note: `../shop/data/customers.csv` has a row for each customer" in err
    assert segrules("apply", "mine")[0] == 0


def test_schema_prints_and_writes_the_contract(shop: Path, segrules: Run) -> None:
    edit(shop / "segrules.yml", "    columns: {customer_id: integer, country: {type: text, missing: never}}\n", "")
    code, out, _ = segrules("schema", "shop")
    assert code == 0
    assert "country" in out
    code, _, _ = segrules("schema", "shop", "--write")
    assert code == 0
    assert "country: text" in (shop / "segrules.yml").read_text(encoding="utf-8")
    assert segrules("validate", "shop")[0] == 0


def test_schema_for_editors(segrules: Run) -> None:
    code, out, err = segrules("schema", "--editor")
    assert (code, err) == (0, "")
    assert json.loads(out)["title"] == "segrules"


def test_sample_makes_a_copy_that_runs(shop: Path, segrules: Run) -> None:
    code, _, _ = segrules("sample", "shop", "--out", "small", "--keys", "2")
    assert code == 0
    assert list((shop.parent / "small").rglob("*.*"))


def test_commands_run_as_a_process(shop: Path) -> None:
    break_rule(shop)
    script = "from segrules.cli.app import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", script, "count", "shop"],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert (result.returncode, result.stdout) == (1, b"")
    assert result.stderr.decode("ascii").startswith(FINDING)


# what build servers read of each command


def break_test(shop: Path) -> None:
    edit(shop / "tests/lifecycle.yml", "once: [1]", "once: []")


def test_validate_for_gitlab(shop: Path, segrules: Run) -> None:
    break_rule(shop)
    code, out, err = segrules("validate", "--format", "gitlab", "shop")
    assert (code, err) == (1, "")
    (entry,) = json.loads(out)
    assert entry["description"] == "`recency_day` is not a column or trait (did you mean `recency_days`?)"
    assert entry["location"] == {"path": "shop/segments/lifecycle.yml", "lines": {"begin": 5}}


def test_a_failed_test_is_an_annotation(shop: Path, segrules: Run) -> None:
    break_test(shop)
    code, out, err = segrules("test", "--format", "github", "shop")
    assert (code, err) == (1, "")
    annotation, counts = out.splitlines()
    assert annotation.startswith(
        "::error file=shop/tests/lifecycle.yml,line=2,endLine=2,col=1,title=failed-test::"
        "the test `one order is once` failed%0Aonce: "
    )
    assert counts.startswith("1 failed in ")


def test_a_failed_test_is_a_finding_for_gitlab_and_sarif(shop: Path, segrules: Run) -> None:
    break_test(shop)
    code, out, err = segrules("test", "--format", "gitlab", "shop")
    assert (code, err) == (1, "")
    (entry,) = json.loads(out)
    assert (entry["check_name"], entry["location"]["path"]) == ("failed-test", "shop/tests/lifecycle.yml")
    code, out, _ = segrules("test", "--format", "sarif", "shop")
    assert [result["ruleId"] for result in json.loads(out)["runs"][0]["results"]] == ["failed-test"]


def test_tests_that_pass_are_no_findings(shop: Path, segrules: Run) -> None:
    assert segrules("test", "--format", "gitlab", "shop") == (0, "[]\n", "")
    code, out, _ = segrules("test", "--format", "github", "shop")
    assert code == 0
    assert out.startswith("1 passed in ")


@pytest.mark.parametrize("format", ["github", "gitlab", "sarif", "junit"])
def test_a_rule_that_is_wrong_is_in_every_report_of_the_tests(shop: Path, segrules: Run, format: str) -> None:
    break_rule(shop)
    code, out, err = segrules("test", "--format", format, "shop")
    assert code == 1
    assert out.count("`recency_day` is not a column or trait") >= 1
    assert (FINDING in err) == (format != "github")
    if format == "junit":
        assert ET.fromstring(out).get("failures") == "1"


def break_data(shop: Path) -> None:
    edit(shop / "data/orders.csv", "2,2025-01-01,1", ",2025-01-01,1")


def test_findings_of_a_count_are_annotations_above_its_table(shop: Path, segrules: Run) -> None:
    break_data(shop)
    _, plain, _ = segrules("count", "shop")
    code, out, err = segrules("count", "--format", "github", "shop")
    assert (code, err) == (0, "")
    first, last, *table = out.splitlines()
    assert first.startswith("::warning file=shop/segrules.yml,line=")
    assert ",title=ignored-rows::" in first
    assert last == "1 warning"
    assert table == plain.splitlines()


@pytest.mark.parametrize("words", [("count", "--format"), ("apply", "--findings")], ids=["count", "apply"])
def test_a_report_of_a_run_is_alone_on_stdout(shop: Path, segrules: Run, words: tuple[str, str]) -> None:
    break_data(shop)
    code, out, err = segrules(*words, "gitlab", "shop")
    assert (code, [entry["check_name"] for entry in json.loads(out)]) == (0, ["ignored-rows"])
    assert "[ignored-rows]" in err
    assert "vip" in err
    code, out, _ = segrules(*words, "sarif", "shop")
    log = json.loads(out)["runs"][0]
    assert (code, log["automationDetails"]["id"]) == (0, f"segrules {words[0]}/")
    code, out, _ = segrules(*words, "junit", "shop")
    assert (code, ET.fromstring(out).get("tests"), ET.fromstring(out).get("failures")) == (0, "1", "0")


def test_apply_writes_members_whatever_its_report(shop: Path, segrules: Run) -> None:
    code, out, _ = segrules("apply", "--findings", "github", "shop")
    assert code == 0
    assert out.startswith("no findings\n3 customers")
    assert (shop / "out/run.json").exists()
    assert segrules("apply", "--findings", "json", "shop")[1] == segrules("apply", "--json", "shop")[1]


def test_data_that_is_not_there_is_in_the_report(shop: Path, segrules: Run) -> None:
    (shop / "data/orders.csv").unlink()
    code, out, _ = segrules("count", "--format", "gitlab", "shop")
    assert (code, [entry["check_name"] for entry in json.loads(out)]) == (2, ["data-missing"])
