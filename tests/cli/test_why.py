"""`segrules why` on made-up projects: what it prints, and how it exits."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from segrules.cli.app import main

FILES = {
    "segrules.yml": """\
segrules: 1
name: магазин
as_of: 2026-01-31
timezone: Asia/Bangkok
entities:
  клиент:
    source: data/clients.csv
    key: код
    columns: {код: text, страна: text, активен: boolean, joined: date}
    lookups:
      анкета:
        source: data/forms.csv
        on: код
        columns: {код: text, доход: integer}
  company:
    source: data/companies.csv
    key: id
    columns: {id: integer, size: integer}
relations:
  покупки:
    of: клиент
    source: data/orders.csv
    key: код
    time: at
    columns: {код: text, at: timestamp, сумма: 'decimal(12,2)', канал: text}
""",
    "segments/rules.yml": """\
entity: клиент
params: {много: 100}
traits:
  давность: days_since(max(покупки.at))
  сумма: sum(покупки.сумма)
  уровень: if(сумма >= params.много, 'gold', 'plain')
segments:
  новые: joined is in last 30 days
  верные:
    all:
      - давность < 30
      - any: [сумма >= params.много, анкета.доход > 5000]
      - none: [segments.новые, страна == 'US']
  золото: уровень == 'gold' and segments.верные
  тихие:
    when: давность > 90
    include: [k-2]
    exclude: [k-1]
segmentations:
  этап:
    stages:
      пусто: сумма == 0
      старт: сумма < 50 and активен
      рост: сумма < 1000
""",
    "segments/companies.yml": "entity: company\nsegments: {large: size >= 100}\n",
    "data/clients.csv": "код,страна,активен,joined\nk-1,TH,true,2025-01-01\nk-2,,,2026-01-30\n-5,US,false,\n7,TH,,\n",
    "data/forms.csv": "код,доход\nk-1,900\n",
    "data/orders.csv": """\
код,at,сумма,канал
k-1,2026-01-20 10:00:00,40.50,app
k-1,2026-01-02 09:00:00,30.00,web
k-2,2026-01-30 09:00:00,500.00,web
""",
    "data/companies.csv": "id,size\n7,99\n8,100\n",
}

Run = Callable[..., tuple[object, str, str]]


@pytest.fixture
def segrules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line beside the folder `shop`; gives its exit code, stdout and stderr."""
    for path, text in FILES.items():
        (tmp_path / "shop" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "shop" / path).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        written = capsys.readouterr()
        return end.value.code, written.out, written.err

    return run


def test_an_earlier_stage_that_is_a_segment_is_told_with_the_values_that_decide(segrules: Run, tmp_path: Path) -> None:
    stages = "{частые: segments.верные, богатые: богат, старт: этап == 'старт', новый: segments.новые}"
    text = f"entity: клиент\ntraits: {{богат: сумма > 200}}\nsegmentations: {{ступень: {{stages: {stages}}}}}\n"
    (tmp_path / "shop/segments/more.yml").write_text(text, "utf-8")
    _, out, _ = segrules("why", "k-1", "--segment", "ступень", "shop")
    bought = "сумма >= params.много    сумма = 70.5, params.много = 100, needs 100 or more (29.5 more)"
    assert out.splitlines()[-4:] == [
        f"  ✗ частые: {bought}; анкета.доход > 5000    анкета.доход = 900, needs more than 5000 (4101 more)",
        "  ✗ богатые: сумма > 200    сумма = 70.5, needs more than 200 (129.51 more)",
        "  ✗ старт: этап == 'старт'    этап = 'рост', needs 'старт'",
        "  ✗ новый: joined is in last 30 days    joined = 2025-01-01, needs 2026-01-02 or later (366 days later)",
    ]


def test_the_whole_of_a_row(segrules: Run) -> None:
    code, out, err = segrules("why", "k-1", "shop")
    assert (code, "error" in err) == (0, False)
    assert (
        out
        == """\
клиент 'k-1', as of 2026-01-31

in      none
not in  новые, верные, золото, тихие
этап    рост

missed, the nearest first
  верные, by 1 clause
    сумма >= params.много (сумма = 70.5, params.много = 100, needs 100 or more (29.5 more))
  новые, by 1 clause
    joined is in last 30 days (joined = 2025-01-01, needs 2026-01-02 or later (366 days later))
  золото, by 2 clauses
    сумма >= params.много (сумма = 70.5, params.много = 100, needs 100 or more (29.5 more))
    уровень == 'gold' (уровень = 'plain', needs 'gold')
  тихие, by 2 clauses
    давность > 90 (давность = 11, needs more than 90 (80 more))
    not (exclude: [k-1]) (код = 'k-1')

✗ новые
  ✗ joined is in last 30 days    joined = 2025-01-01, needs 2026-01-02 or later (366 days later)

✗ верные
  ✗ all of
    ✓ давность < 30    давность = 11, fails at 30 or more (19 more)
        давность: days_since(max(покупки.at))
          max(покупки.at) = 2026-01-20 10:00
            покупки: 2 rows
              at
              2026-01-20 10:00
              2026-01-02 09:00
    ✗ any of
      ✗ сумма >= params.много    сумма = 70.5, params.много = 100, needs 100 or more (29.5 more)
          сумма: sum(покупки.сумма)
            покупки: 2 rows
              at                 сумма
              2026-01-20 10:00   40.5
              2026-01-02 09:00   30
      ✗ анкета.доход > 5000    анкета.доход = 900, needs more than 5000 (4101 more)
    ✓ none of
      ✗ segments.новые
        ✗ joined is in last 30 days    joined = 2025-01-01, needs 2026-01-02 or later (366 days later)
      ✗ страна == 'US'    страна = 'TH', needs 'US'

✗ золото
  ✗ all of
    ✗ уровень == 'gold'    уровень = 'plain', needs 'gold'
        уровень: if(сумма >= params.много, 'gold', 'plain')    params.много = 100
          ✗ сумма >= params.много    сумма = 70.5, params.много = 100, needs 100 or more (29.5 more)
              сумма: sum(покупки.сумма)
                покупки: 2 rows
                  at                 сумма
                  2026-01-20 10:00   40.5
                  2026-01-02 09:00   30
    ✗ segments.верные
      ✗ all of
        ✓ давность < 30    давность = 11, fails at 30 or more (19 more)
            давность: days_since(max(покупки.at))
              max(покупки.at) = 2026-01-20 10:00
                покупки: 2 rows
                  at
                  2026-01-20 10:00
                  2026-01-02 09:00
        ✗ any of
          ✗ сумма >= params.много    сумма = 70.5, params.много = 100, needs 100 or more (29.5 more)
          ✗ анкета.доход > 5000    анкета.доход = 900, needs more than 5000 (4101 more)
        ✓ none of
          ✗ segments.новые
            ✗ joined is in last 30 days    joined = 2025-01-01, needs 2026-01-02 or later (366 days later)
          ✗ страна == 'US'    страна = 'TH', needs 'US'

✗ тихие
  ✗ all of
    ✗ any of
      ✗ давность > 90    давность = 11, needs more than 90 (80 more)
          давность: days_since(max(покупки.at))
            max(покупки.at) = 2026-01-20 10:00
              покупки: 2 rows
                at
                2026-01-20 10:00
                2026-01-02 09:00
      ✗ include: [k-2]    код = 'k-1'
    ✗ not (exclude: [k-1])    код = 'k-1'

этап: рост
  ✗ пусто: сумма == 0    сумма = 70.5, needs 0 (70.5 less)
  ✗ старт: сумма < 50    сумма = 70.5, needs less than 50 (20.51 less)
  ✓ рост
    ✓ сумма < 1000    сумма = 70.5, fails at 1000 or more (929.5 more)
        сумма: sum(покупки.сумма)
          покупки: 2 rows
            at                 сумма
            2026-01-20 10:00   40.5
            2026-01-02 09:00   30
"""
    )


def test_missing_values_are_said_plainly(segrules: Run) -> None:
    _, out, _ = segrules("why", "--segment", "верные", "--", "-5", "shop")
    assert "✗ давность < 30    давность is missing, needs less than 30\n" in out
    assert "max(покупки.at) is missing\n" in out
    assert "✗ анкета.доход > 5000    анкета.доход is missing, needs more than 5000\n" in out


def test_the_entity_whose_key_it_is(segrules: Run) -> None:
    code, out, err = segrules("why", "7", "shop")
    assert (code, out) == (2, "")
    assert "the key `7` is one of `клиент` and `company` [unknown-entity-key]" in err
    assert "say which one you mean: `--entity клиент`" in err
    assert segrules("why", "7", "--entity", "company", "shop")[1].startswith(
        "company 7, as of 2026-01-31\n\nin      none\n"
    )
    assert segrules("why", "8", "shop")[1].startswith("company 8, as of 2026-01-31\n\nin      large\n")
    assert (
        "✗ size >= 100    size = 99, needs 100 or more (1 more)"
        in segrules("why", "7", "--segment", "large", "shop")[1]
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("k-3", "shop"), "no клиент row has the код `k-3` as of 2026-01-31"),
        (("k-3", "shop"), "help: did you mean `k-1` or `k-2`?"),
        (("x", "--entity", "company", "shop"), "`x` is no key of `company`: `id` is a whole number"),
        (("1", "--entity", "firm", "shop"), "the project has no entity `firm`"),
        (("7", "--entity", "company", "--segment", "новые", "shop"), "`company` has none of the segments"),
        (("k-1", "--segment", "верный", "shop"), "there is no segment `верный`"),
        (("k-1", "--as-of", "tomorrow", "shop"), "`tomorrow` is no day or instant"),
        ((), "which row? give its key"),
        (("shop",), "which row? give its key before the folder `shop`"),
    ],
)
def test_what_cannot_be_explained_is_refused(segrules: Run, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = segrules("why", *arguments)
    assert (code, out) == (2, "")
    assert said in err.replace("│", "").replace("\n", " ").replace("  ", " ") or said in err


def test_a_wrong_rule_ends_it(segrules: Run) -> None:
    Path("shop/segments/slip.yml").write_text("entity: клиент\nsegments: {x: страны == 'TH'}\n", encoding="utf-8")
    code, out, err = segrules("why", "k-1", "shop")
    assert (code, out) == (1, "")
    assert "unknown-name" in err


def test_a_key_that_stands_twice_is_the_finding_of_the_contract(segrules: Run) -> None:
    with Path("shop/data/clients.csv").open("a", encoding="utf-8") as file:
        file.write("k-1,TH,true,2025-01-01\n")
    code, out, err = segrules("why", "k-1", "shop")
    assert (code, out) == (2, "")
    assert "duplicate-entity-key" in err


def test_as_of_and_set(segrules: Run) -> None:
    _, out, _ = segrules("why", "k-1", "--segment", "верные", "--set", "много=50", "--as-of", "2026-01-10", "shop")
    assert "сумма = 30, params.много = 50, needs 50 or more (20 more)" in out


def test_the_rows_that_an_aggregate_took(segrules: Run) -> None:
    rule = "share(покупки where канал == 'web' in last 20 days) > 0 and longest > 10"
    traits = "traits: {longest: max(покупки.сумма where канал == 'web' in last 60 days)}"
    Path("shop/segments/web.yml").write_text(f"entity: клиент\n{traits}\nsegments:\n  web: {rule}\n", encoding="utf-8")
    _, out, _ = segrules("why", "k-1", "--segment", "web", "shop")
    assert out.endswith("""\
✗ web
  ✗ all of
    ✗ share(покупки where канал == 'web' in last 20 days) > 0    it is 0, needs more than 0
        покупки: 2 rows, 1 in the window, 0 taken
          at                 канал
          2026-01-20 10:00   'app'   not taken
          2026-01-02 09:00   'web'   not in the window
    ✓ longest > 10    longest = 30, fails at 10 or less (20 less)
        longest: max(покупки.сумма where канал == 'web' in last 60 days)
          покупки: 2 rows, 1 taken
            at                 канал   сумма
            2026-01-02 09:00   'web'   30      taken
            2026-01-20 10:00   'app'   40.5    not taken
""")


def test_a_top_has_its_cut(segrules: Run) -> None:
    rules = "segments:\n  best: in_top(1, сумма)\n  least: not in_bottom(2, сумма by страна) and segments.best\n"
    Path("shop/segments/top.yml").write_text(f"entity: клиент\n{rules}", encoding="utf-8")
    _, out, _ = segrules("why", "k-1", "--segment", "best", "least", "верные", "shop")
    assert "✗ best\n  ✗ in_top(1, сумма)    сумма = 70.5, cut = 500\n" in out
    assert "✗ not in_bottom(2, сумма by страна)    сумма = 70.5, cut = 70.5\n" in out
    assert "best, by 1 clause\n    in_top(1, сумма) (сумма = 70.5, cut = 500)\n" in out
    assert "✓ best" in segrules("why", "k-2", "--segment", "best", "shop")[1]


def test_json_of_what_cannot_be_explained_is_its_findings(segrules: Run) -> None:
    code, out, err = segrules("why", "k-3", "--format", "json", "shop")
    assert code == 2
    assert [finding["code"] for finding in json.loads(out)["findings"]] == ["negative-on-missing", "unknown-entity-key"]
    assert "unknown-entity-key" in err


def test_lengths_of_time_boolean_traits_and_counted_tests(segrules: Run) -> None:
    Path("shop/segments/more.yml").write_text(
        """\
entity: клиент
params: {window: 30 days}
traits:
  fresh: any(покупки in last params.window)
  gap: now - max(покупки.at)
segments:
  some: fresh and gap > 11 days
  two: at_least(2, fresh, страна == 'TH', joined in [2024-01-01])
""",
        encoding="utf-8",
    )
    _, out, _ = segrules("why", "k-1", "--segment", "some", "two", "shop")
    assert (
        """\
✓ some
  ✓ all of
    ✓ fresh: any(покупки in last params.window)    params.window = 30 days
      покупки: 2 rows
        at
        2026-01-20 10:00
        2026-01-02 09:00
    ✓ gap > 11 days    gap = 11 days 14 hours, fails at 11 days or less (14 hours less)
        gap: now - max(покупки.at)
"""
        in out
    )
    assert "✓ at_least(2, fresh, страна == 'TH', joined in [2024-01-01])    it is 2, fails below 2 (1 less)\n" in out
    assert "\n      ✗ joined in [2024-01-01]    joined = 2025-01-01\n" in out


def test_json_has_every_tree(segrules: Run) -> None:
    code, out, _ = segrules("why", "k-1", "--format", "json", "shop")
    found: dict[str, Any] = json.loads(out)
    assert code == 0
    assert (found["entity"], found["key_name"], found["key"], found["as_of"]) == ("клиент", "код", "k-1", "2026-01-31")
    assert found["in"] == ["этап.рост"]
    assert found["not_in"] == ["новые", "верные", "золото", "тихие", "этап.пусто", "этап.старт"]
    assert [item["segment"] for item in found["missed"]] == ["верные", "новые", "золото", "тихие"]
    new, loyal, *_, stages = found["trees"]
    assert new["parts"] == [
        {
            "kind": "test",
            "text": "joined is in last 30 days",
            "holds": False,
            "values": [{"text": "joined", "value": "2025-01-01"}],
            "flip": {"operator": ">=", "bound": "2026-01-02", "to": "2026-01-02", "by": 366},
        }
    ]
    assert [part["kind"] for part in loyal["parts"][0]["parts"]] == ["test", "any", "none"]
    trait = loyal["parts"][0]["parts"][1]["parts"][0]["parts"][0]
    assert trait["rows"] == {
        "relation": "покупки",
        "rows": 2,
        "looked_at": 2,
        "taken": 2,
        "examples": [
            {"values": {"at": "2026-01-20T10:00:00", "сумма": 40.5}, "looked_at": True, "taken": True},
            {"values": {"at": "2026-01-02T09:00:00", "сумма": 30}, "looked_at": True, "taken": True},
        ],
    }
    assert (stages["kind"], stages["value"]) == ("segmentation", "рост")
    assert [(stage["name"], stage["holds"]) for stage in stages["parts"]] == [
        ("пусто", False),
        ("старт", False),
        ("рост", True),
    ]


def test_a_stage_alone(segrules: Run) -> None:
    _, out, _ = segrules("why", "k-1", "--segment", "этап.старт", "shop")
    assert "not in  этап.старт\n" in out
    assert "✗ этап.старт\n  этап: рост\n    ✗ пусто:" in out


def test_a_stage_that_another_one_went_before(segrules: Run) -> None:
    _, out, _ = segrules("why", "7", "--entity", "клиент", "--segment", "этап", "shop")
    assert "  ✓ пусто\n" in out
    assert out.endswith("  later stages: старт, рост (holds too)\n")


def test_many_rules_are_listed_and_one_is_opened_when_asked_for(segrules: Run) -> None:
    many = "\n".join(f"  s{number}: код == 'k-{number}'" for number in range(20))
    Path("shop/segments/many.yml").write_text(f"entity: клиент\nsegments:\n{many}\n", encoding="utf-8")
    _, out, _ = segrules("why", "k-1", "shop")
    assert "  … and " in out
    assert out.endswith("for the tree of a rule name it: --segment верные\n")
    assert "✓ s1\n" in segrules("why", "k-1", "--segment", "s1", "shop")[1]


def test_a_project_without_rules(segrules: Run) -> None:
    for path in Path("shop/segments").iterdir():
        path.unlink()
    code, out, err = segrules("why", "k-1", "--entity", "клиент", "shop")
    assert (code, out) == (2, "")
    assert "`клиент` has none of the segments that were asked for" in err


EVERYBODY = """\
4 клиент, as of 2026-01-31

верные                              0 (0.0%)
  all of                            0 (0.0%)
    давность < 30                   2 (50.0%)   2 left     давность missing for 2
    any of                          1 (25.0%)   1 left     only this keeps out 1
      сумма >= params.много         1 (25.0%)   1 so far   only this takes in 1
      анкета.доход > 5000           0 (0.0%)    1 so far   анкета.доход missing for 3
    none of                         2 (50.0%)   0 left     only this keeps out 1
      segments.новые                1 (25.0%)   3 left     only this keeps out 1
        joined is in last 30 days   1 (25.0%)              joined missing for 2
      страна == 'US'                1 (25.0%)   2 left     only this keeps out 1, страна missing for 1
  nobody is left from `none of` on

тихие                      1 (25.0%)
  all of                   1 (25.0%)
    any of                 1 (25.0%)   1 left     only this keeps out 2
      давность > 90        0 (0.0%)    0 so far   давность missing for 2
      include: [k-2]       1 (25.0%)   1 so far   only this takes in 1
    not (exclude: [k-1])   3 (75.0%)   1 left

этап
  пусто            2 (50.0%)    2 labelled so
    сумма == 0     2 (50.0%)
  старт            0 (0.0%)     0 labelled so
    all of         0 (0.0%)
      сумма < 50   2 (50.0%)    2 left          only this keeps out 1
      активен      1 (25.0%)    0 left          only this keeps out 2, активен missing for 2
  рост             4 (100.0%)   2 labelled so
    сумма < 1000   4 (100.0%)
  no stage                      0
"""


def test_what_each_step_leaves_of_everybody(segrules: Run) -> None:
    code, out, _ = segrules("why", "--population", "--segment", "верные", "тихие", "этап", "shop")
    assert code == 0
    assert out == EVERYBODY


def test_all_rows_of_one_entity_as_json(segrules: Run) -> None:
    code, out, _ = segrules("why", "--population", "--entity", "company", "--format", "json", "shop")
    assert code == 0
    found = json.loads(out)
    assert {finding["code"] for finding in found.pop("findings")} == {"negative-on-missing"}
    assert found == {
        "as_of": "2026-01-31",
        "entities": [
            {
                "entity": "company",
                "rows": 2,
                "trees": [
                    {
                        "kind": "segment",
                        "text": "size >= 100",
                        "name": "large",
                        "holds": 1,
                        "parts": [{"kind": "test", "text": "size >= 100", "holds": 1}],
                    }
                ],
                "unlabelled": {},
            }
        ],
    }


def test_all_rows_of_broken_data_are_not_counted(segrules: Run) -> None:
    with Path("shop/data/clients.csv").open("a", encoding="utf-8") as file:
        file.write("k-1,TH,true,2025-01-01\n")
    code, out, err = segrules("why", "--population", "shop")
    assert (code, out) == (2, "")
    assert "duplicate-entity-key" in err
