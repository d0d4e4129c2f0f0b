"""`segrules test --update`: what it shows, writes and leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from segrules.cli.app import main

FILES = {
    "segrules.yml": """\
segrules: 1
as_of: 2026-01-31
entities:
  customer: {source: c.csv, key: id, columns: {id: text, country: text, age: integer, seen: timestamp}}
relations:
  orders: {source: o.csv, key: id, columns: {id: text, amount: 'decimal(9,2)'}}
""",
    "segments/a.yml": """\
traits: {spend: sum(orders.amount), place: lower(country), age_2: age * 2, last: seen + 1 hours}
segments:
  ผู้ใหญ่: age >= 18
  thai:
    when: country == 'TH'
    examples: {in: [{country: TW}]}
segmentations:
  band: {stages: {young: age < 18, old: age >= 18}}
  groups: {hit: any, stages: {young: age < 18, small: age < 9, thai: country == 'TH'}}
""",
    "tests/a.yml": """\
# cases of a shop
cases:
  - name: everything
    given:
      customer:
        - {id: a, age: 20, country: TH, seen: 2026-01-01T10:00:00}
        - {id: '012', age: 5, country: "no: #1\\u200b"}
        - {id: "ก ข"}
      orders: [{id: a, amount: 1.50}]
    expect:
      ผู้ใหญ่: [ '012',  "a" ]   # grown up
      thai:
        - '012'   # wrong
        # between
        - a       # right
      band: {a: young, '012': old, ก ข: young}   # bands
      band.old:   # nobody
        - "ก ข"
      groups: {a: [young], '012': null, 'ก ข': [thai]}
      place:
        a: xx     # wrong
        '012':
        ก ข: 'x'
      spend: {a: 0, '012': 0.00}
      age_2:
        a: 40
        '012': 3
      last: {a: null}
  - name: holds
    given: {customer: [{id: a, age: 20}]}
    expect: {ผู้ใหญ่: [   a ]}
""",
}
AFTER = """\
    expect:
      ผู้ใหญ่: ["a"]   # grown up
      thai:
        # between
        - a       # right
      band: {a: old, '012': young, ก ข: null}   # bands
      band.old: [a]   # nobody
      groups: {a: [thai], '012': [young, small], 'ก ข': null}
      place:
        a: th     # wrong
        '012': "no: #1\\U0000200b"
        ก ข: null
      spend: {a: 1.5, '012': 0.00}
      age_2:
        a: 40
        '012': 10
      last: {a: 2026-01-01T11:00:00}
  - name: holds
    given: {customer: [{id: a, age: 20}]}
    expect: {ผู้ใหญ่: [   a ]}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as end:
        main(["test", *words])
    said = capsys.readouterr()
    return end.value.code, said.out, said.err


def expected_of(shop: Path) -> str:
    text = (shop / "tests/a.yml").read_text("utf-8")
    return text[text.index("    expect:") :]


def test_what_comes_out_is_written_in_place_and_examples_are_not(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "--update", "-k", "e")
    assert expected_of(shop) == AFTER
    assert out.startswith("--- a/tests/a.yml\n+++ b/tests/a.yml\n@@ ")
    assert "-        - '012'   # wrong\n" in out
    assert "{country: 'TW'} is expected to be a member, but is not" in err
    assert err.endswith("not examples and not their rows\nupdated 1 case\n")
    assert code == 1
    assert run(capsys, "-k", "everything")[0] == 0
    assert run(capsys, "--update", "-k", "everything") == (0, "", "there was nothing to update\n")


def test_a_diff_is_only_shown(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--update", "--diff", "-k", "everything")
    assert (code, err) == (0, "")
    assert '+      ผู้ใหญ่: ["a"]   # grown up\n' in out
    assert (shop / "tests/a.yml").read_text("utf-8") == FILES["tests/a.yml"]


@pytest.mark.parametrize(
    ("written", "after"),
    [
        ("[]", "[a, c]"),
        ("[c, b, a]", "[c, a]"),
        ("[b]", "[a, c]"),
        ("[\n      b,  # no\n      a,  # yes\n    ]", "[\n      a, c,  # yes\n    ]"),
        ("[\n      a,  # yes\n      b  # no\n    ]", "[\n      a, c  # no\n    ]"),
        ("\n    - b\n    - a", "\n    - a\n    - c"),
        ("\n    - a   # first\n    # last", "\n    - a   # first\n    - c\n    # last"),
        ("\n    - b", " [a, c]"),
    ],
)
def test_lists_keep_their_form(shop: Path, capsys: pytest.CaptureFixture[str], written: str, after: str) -> None:
    case = (
        "cases:\n- name: one\n  given: {customer: [{id: a, age: 20}, {id: b}, {id: c, age: 30}]}\n  expect:\n    ผู้ใหญ่:"
    )
    blank = "" if written.startswith("\n") else " "
    (shop / "tests/a.yml").write_text(f"{case}{blank}{written}\n", "utf-8")
    assert run(capsys, "--update", "-k", "one")[0] == 0
    blank = "" if after.startswith(("\n", " ")) else " "
    assert (shop / "tests/a.yml").read_text("utf-8").rstrip("\n") == f"{case}{blank}{after}"


def test_a_list_that_several_cases_share_is_left_alone(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "given: {customer: [{id: a, age: 20}]}"
    text = (
        f"cases:\n- {{name: x1, {rows}, expect: {{ผู้ใหญ่: &all [a]}}}}\n- {{name: x2, {rows}, expect: {{thai: *all}}}}\n"
    )
    (shop / "tests/a.yml").write_text(text, "utf-8")
    code, out, err = run(capsys, "--update", "-k", "x")
    assert (code, out) == (1, "")
    assert "there was nothing to update" in err
    assert (shop / "tests/a.yml").read_text("utf-8") == text


def test_what_no_update_can_mend_is_told(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = "cases:\n- name: one\n  given: {customer: [{id: a, age: 20}]}\n  expect: {spend: {z: 3}}\n"
    (shop / "tests/a.yml").write_text(case, "utf-8")
    code, out, err = run(capsys, "--update", "-k", "one")
    assert (code, out) == (1, "")
    assert "spend of 'z': expected 3, got no row with this key" in err
    assert run(capsys, "--update", "--format", "json")[0] == 2
    assert run(capsys, "--diff")[0] == 2
    assert run(capsys, "--update", "-k", "nobody")[0] == 2
