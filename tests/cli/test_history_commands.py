"""`history`, `members`, `moves`, `backfill` and `forget` on a made-up project: what they print, and how they exit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from segrules.cli.app import main

FILES = {
    "segrules.yml": """\
segrules: 1
name: магазин
as_of: 2026-01-31
entities:
  клиент: {source: clients.csv, key: код, columns: {код: text, at: date}}
  company: {source: companies.csv, key: id, columns: {id: integer}}
relations:
  покупки:
    of: клиент
    source: orders.csv
    key: код
    time: at
    columns: {код: text, at: date}
""",
    "segments/rules.yml": """\
entity: клиент
segments:
  верные: count(покупки) >= 2
  большие: at is known
segmentations:
  этап: {stages: {пусто: count(покупки) == 0, старт: count(покупки) == 1}}
  метки: {hit: any, stages: {а: at is known, б: count(покупки) > 0}}
""",
    "segments/companies.yml": "entity: company\nsegments: {большие: id > 7, все: id > 0}\n",
    "clients.csv": 'код,at\nk-1,2025-01-01\n"k,2",\nk-3,2025-02-01\n',
    "orders.csv": 'код,at\nk-1,2026-01-05\nk-1,2026-01-20\n"k,2",2026-01-20\n',
    "companies.csv": "id\n7\n8\n",
}

Run = Callable[..., tuple[object, str, str]]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project of which three weeks are recorded."""
    folder = tmp_path_factory.mktemp("recorded") / "shop"
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        main(["backfill", str(folder), "--from", "2026-01-10", "--to", "2026-01-24", "--every", "week"])
    assert end.value.code == 0
    return folder


@pytest.fixture
def segrules(recorded: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command about the project; gives its exit code, stdout and stderr."""

    def run(*arguments: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as end:
            main([*arguments, "--project", str(recorded)])
        written = capsys.readouterr()
        return end.value.code, written.out, written.err

    return run


def test_the_history_of_all_segments(segrules: Run) -> None:
    code, out, err = segrules("history")
    assert (code, err) == (0, "")
    assert (
        out
        == """\
3 runs recorded, 2026-01-10 to 2026-01-24

3 клиент
segment      members   share   since first   entered   left   size over time
верные             1   33.3%            +1         1      0   ▁▁█
большие            2   66.7%            +0         0      0   ▄▄▄
этап.пусто         1   33.3%            -1         0      1   ██▁
этап.старт         1   33.3%            +0         1      1   ▄▄▄
метки.а            2   66.7%            +0         0      0   ▄▄▄
метки.б            2   66.7%            +1         1      0   ▁▁█

2 companies
segment   members    share   since first   entered   left   size over time
большие         1    50.0%            +0         0      0   ▄▄▄
все             2   100.0%            +0         0      0   ▄▄▄
"""
    )


def test_the_history_of_one_segment_and_of_a_name_that_two_entities_have(segrules: Run) -> None:
    code, out, _ = segrules("history", "--segment", "этап.пусто")
    assert (code, out.splitlines()[0]) == (0, "этап.пусто, 3 runs")
    assert [line.split() for line in out.splitlines()[2:]] == [
        ["2026-01-10", "2", "66.7%"],
        ["2026-01-17", "2", "66.7%", "0", "0"],
        ["2026-01-24", "1", "33.3%", "0", "1"],
    ]
    code, _, err = segrules("history", "--segment", "большие")
    assert code == 2
    assert "several entities have a segment `большие`" in err
    assert "`--entity клиент` or `--entity company`" in err
    code, out, _ = segrules("history", "--segment", "большие", "--entity", "company")
    assert (code, out.splitlines()[-1].split()[:3]) == (0, ["2026-01-24", "1", "50.0%"])
    code, _, err = segrules("history", "--segment", "верны")
    assert (code, "did you mean `верные`?" in err) == (2, True)


def test_history_as_json_has_the_documented_shape(segrules: Run) -> None:
    runs = json.loads(segrules("history", "--format", "json")[1])["runs"]
    assert [(run["as_of"], run["replayed"]) for run in runs] == [
        ("2026-01-10", True),
        ("2026-01-17", True),
        ("2026-01-24", True),
    ]
    assert set(runs[0]) == {"as_of", "replayed", "rules", "entities", "segments"}
    assert runs[0]["entities"][0] == {"entity": "клиент", "rows": 3, "entered": None, "left": None}
    assert runs[2]["segments"][0] == {
        "segment": "верные",
        "entity": "клиент",
        "members": 1,
        "share": 1 / 3,
        "entered": {"customer": 1, "rule": 0},
        "left": {"customer": 0, "rule": 0},
    }
    one = json.loads(segrules("history", "--segment", "верные", "--format", "json")[1])
    assert (one["segment"], one["entity"], len(one["runs"])) == ("верные", "клиент", 3)
    assert one["runs"][0] == {
        "as_of": "2026-01-10",
        "name": "верные",
        "members": 0,
        "share": 0.0,
        "entered": None,
        "left": None,
    }


def test_members_in_each_format(segrules: Run) -> None:
    code, out, err = segrules("members", "метки.б")
    assert (code, out) == (0, '"k,2"\nk-1\n')
    assert err == "2 in `метки.б`, as of 2026-01-24\n"
    assert segrules("members", "метки.б", "--format", "csv", "--as-of", "2026-01-20")[1] == "код\nk-1\n"
    assert json.loads(segrules("members", "все", "--format", "json")[1]) == {
        "segment": "все",
        "entity": "company",
        "as_of": "2026-01-24",
        "members": [7, 8],
    }
    assert segrules("members", "верные", "--as-of", "2026-01-10") == (0, "", "0 in `верные`, as of 2026-01-10\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("members", "верны"), "no segment `верны` is recorded"),
        (("members", "верные", "--as-of", "2026-01-01"), "no run up to 2026-01-01 is recorded"),
        (("members", "верные", "--as-of", "soon"), "`soon` is no day or instant"),
        (("members", "верные", "--entity", "company"), "no segment `верные` is recorded"),
        (("moves", "верные"), "no segmentation `верные` is recorded"),
        (("moves", "метки"), "rows carry several stages of `метки`"),
        (
            ("moves", "этап", "--from", "2026-01-24", "--to", "2026-01-10"),
            "the run of 2026-01-24 is later than that of 2026-01-10",
        ),
        (("history", "--out", "nowhere"), "no run is recorded in `nowhere`"),
        (("forget", "7", "--out", "nowhere"), "nothing is written in `nowhere`"),
        (("forget", "7", "--entity", "compny"), "no entity `compny` is recorded"),
    ],
)
def test_what_cannot_be_answered_is_said(segrules: Run, arguments: tuple[str, ...], says: str) -> None:
    code, out, err = segrules(*arguments)
    assert (code, out) == (2, "")
    assert says in err


def test_moves_as_text_and_json(segrules: Run) -> None:
    code, out, _ = segrules("moves", "этап")
    assert code == 0
    assert (
        out
        == """\
этап: 2 of 3 moved from 2026-01-10 to 2026-01-24
2026-01-10 ↓ 2026-01-24 →   пусто   старт   no stage   all
пусто                           1       1          ·     2
старт                           ·       ·          1     1
all                             1       1          1     3
"""
    )
    assert json.loads(segrules("moves", "этап", "--format", "json")[1]) == {
        "segmentation": "этап",
        "entity": "клиент",
        "from": "2026-01-10",
        "to": "2026-01-24",
        "moves": [
            {"from": "пусто", "to": "пусто", "rows": 1},
            {"from": "пусто", "to": "старт", "rows": 1},
            {"from": "старт", "to": None, "rows": 1},
        ],
    }


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "the first day is missing"),
        (("--from", "soon"), "`soon` is no day"),
        (("--from", "2026-02-01"), "lies after 2026-01-31"),
        (("--from", "2026-01-01", "--every", "0 days"), "`0 days` is no step"),
        (("--from", "1926-01-01", "--every", "day"), "more than 5,000 runs"),
    ],
)
def test_a_backfill_that_cannot_be(
    recorded: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["backfill", str(recorded), *arguments])
    assert end.value.code == 2
    assert says in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_forgetting_says_what_was_done_and_what_is_left_to_do(
    recorded: Path, segrules: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    with pytest.raises(SystemExit):
        main(["backfill", str(recorded), "--from", "2026-01-10", "--to", "2026-01-24", "--out", str(out)])
    (out / "report.html").write_text("", "utf-8")
    (recorded / "segments/more.yml").write_text(
        "entity: клиент\nsegments:\n  друзья:\n    when: false\n    include: [k-1]\n", "utf-8"
    )
    capsys.readouterr()
    code, told, err = segrules("forget", "k-1", "--out", str(out))
    (recorded / "segments/more.yml").unlink()
    assert (code, err) == (0, "")
    lines = told.splitlines()
    assert lines[0].startswith("клиент `k-1` was in ")
    assert lines[1:] == [
        "the sizes of recorded runs are counted without it",
        f"{out / 'report.html'} was made before: `segrules report` makes it anew",
        "still named in segments/more.yml, line 5",
        "the sources are as they were: delete the rows of this key there, or the next run brings them back",
    ]
    assert segrules("members", "метки.б", "--out", str(out))[1] == '"k,2"\n'
    code, told, _ = segrules("forget", "k-1", "--out", str(out))
    assert (code, told) == (1, f"`k-1` is the key of nobody in {out}: nothing was changed\n")
