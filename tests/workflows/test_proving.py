"""What is proven to be wrong with rules, told at the very words; and what holds, with the facts it rests on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import pytest
from memory_reader import SHOP, MemoryReader

from segrules.analysis import prover
from segrules.diagnostics import Diagnostic, Severity, has_errors
from segrules.planning.time import as_of
from segrules.workflows.proving.findings import Proof, prove
from segrules.workflows.validate import Validated, validate

MOMENT = as_of(date(2026, 1, 31), "Asia/Bangkok")


def checked(segments: str, project: str = SHOP) -> Validated:
    found = validate(MemoryReader({"segrules.yml": project, "segments/a.yml": segments}))
    assert not has_errors(found.findings), found.findings
    assert found.project is not None
    return found


def proven(segments: str, chosen: Mapping[str, Collection[str]] | None = None, project: str = SHOP) -> Proof:
    found = checked(segments, project)
    assert found.project is not None
    return prove(found.project, found.rules, MOMENT, chosen=chosen)


def told(proof: Proof) -> list[str]:
    """Each finding as `code 'words' 'other words': message`."""
    return [_told(finding) for finding in proof.findings]


def _told(finding: Diagnostic) -> str:
    spans = [span.text for span in (finding.span, *finding.related) if span is not None]
    return f"{finding.code} {' '.join(map(repr, spans))}: {finding.message}"


# segments


def test_clauses_that_contradict_each_other_are_underlined_and_no_others() -> None:
    proof = proven("segments: {a: age > 60 and email is known and age < 20}")
    assert told(proof) == [
        "never-matches 'age > 60' 'age < 20': `a` never matches: no row has both `age > 60` and `age < 20`"
    ]


def test_clauses_of_lists_and_of_none_are_clauses_too() -> None:
    text = "segments:\n  a:\n    all:\n    - age > 60 and email is known\n    - none: [country == 'TH', age > 50]\n"
    assert told(proven(text)) == [
        "never-matches 'age > 60' 'age > 50': `a` never matches: no row has both `age > 60` and not `age > 50`"
    ]


def test_a_clause_that_the_contract_rules_out_rests_on_it() -> None:
    (only,) = proven("segments: {a: email is known and age > 200}").findings
    assert _told(only) == "never-matches 'age > 200': `a` never matches: `age > 200` never holds"
    assert only.notes == ("as long as: `age` is at most 120 (segrules.yml)",)


def test_three_clauses_are_named_where_all_of_them_are_needed() -> None:
    text = "traits: {x: count(orders)}\nsegments:\n  a: x >= 1 and x <= 3 and x not in [1, 2, 3]\n"
    (only,) = proven(text).findings
    assert only.message == "`a` never matches: no row has all of `x >= 1`, `x <= 3` and `x not in [1, 2, 3]`"


def test_what_is_made_of_a_segment_that_never_matches_is_not_told_again() -> None:
    text = "segments: {b: segments.a and age > 5, c: 'not segments.a', d: 'email is known or segments.a', a: age > 200}"
    assert [finding.code for finding in proven(text).findings] == ["never-matches"]


def test_a_segment_of_every_row_is_a_warning() -> None:
    (only,) = proven("segments: {a: age > 60 or age <= 60 or age is missing}").findings
    assert (only.code, only.severity) == ("always-matches", Severity.WARNING)
    assert only.span is not None
    assert only.span.text == "age > 60 or age <= 60 or age is missing"
    assert only.notes == ()


def test_a_value_that_is_missing_keeps_a_segment_from_matching_always() -> None:
    assert proven("segments: {a: age > 60 or age <= 60}").findings == ()


def test_a_clause_without_effect_is_told_with_what_decides() -> None:
    proof = proven("segments: {a: age > 5 and email is known and age > 10}")
    assert told(proof) == [
        "clause-without-effect 'age > 5' 'age > 10': `age > 5` changes nothing in `a`: `age > 10` decides already"
    ]


def test_of_clauses_alike_one_is_left() -> None:
    proof = proven("segments: {a: age > 5 and 5 < age and not (age <= 5)}")
    assert [finding.span.text for finding in proof.findings if finding.span] == ["not (age <= 5)", "5 < age"]


def test_a_clause_deep_in_a_rule_is_seen_with_what_stands_around_it() -> None:
    proof = proven("segments: {a: 'age > 50 and (email is known or (age > 40 and country == ''TH''))'}")
    assert told(proof) == [
        "clause-without-effect 'age > 40' 'age > 50': `age > 40` changes nothing in `a`: `age > 50` decides already"
    ]


def test_a_clause_of_or_that_never_holds_is_without_effect() -> None:
    (only,) = proven("segments: {a: email is known or age > 200}").findings
    assert _told(only) == "clause-without-effect 'age > 200': `age > 200` changes nothing in `a`: it never holds"


def test_clauses_that_say_what_becomes_of_missing_values_are_left_alone() -> None:
    text = "segments: {a: age is missing or age != 5, b: age is known and age > 5}"
    assert proven(text).findings == ()


def test_a_rule_of_nobody_but_those_who_are_named_is_left_alone() -> None:
    assert proven("segments: {a: {when: false, include: [7, 8]}}").findings == ()


def test_what_stands_beside_a_rule_is_no_clause_of_it() -> None:
    text = "segments:\n  a: {when: age > 5, exclude: [7], suppress: age > 3}\n  b: {when: age > 5, suppress: age > 2}\n"
    assert [finding.code for finding in proven(text).findings] == ["never-matches", "never-matches"]


@pytest.mark.parametrize(
    "rule",
    [
        "today <= 2025-04-30",
        "today between 2027-04-01 and 2027-04-30 and age > 5",
        "any(orders from 90 days ago to 2025-04-30)",
        "today >= 2025-01-01",
        "age > 5 and today >= 2025-01-01",
    ],
)
def test_a_rule_whose_time_is_over_or_to_come_is_no_mistake(rule: str) -> None:
    assert proven(f"segments: {{a: {rule}}}").findings == ()


# stages


@pytest.mark.parametrize(
    ("rules", "shadowed"),
    [
        (("age > 30", "age > 50"), "ba"),
        (("age > 50", "age > 30"), ""),
        (("age > 30", "age >= 31"), "ba"),
        (("country in ['TH', 'US']", "country == 'TH'"), "ba"),
        (("age in [1, 2, 3]", "age in [3, 4]"), ""),
        (("age > 30 or country == 'TH'", "country == 'TH' and age < 3"), "ba"),
        (("age > 30 and country == 'TH'", "age > 40"), ""),
        (("age > 30", "age <= 30", "age is missing"), ""),
        (("age is known", "age > 3", "age < 1"), "ba ca"),
        (("true", "age > 3"), "ba"),
        (("count(orders) >= 1", "any(orders)"), "ba"),
        (("count(orders in last 30 days) > 3", "count(orders in last 30 days) > 5 and email is known"), "ba"),
        (("not (age > 3)", "age <= 3"), "ba"),
        (("not (age in [3, 4])", "age == 5", "age == 4"), "ba"),
        (("age == 3", "age between 3 and 4"), ""),
        (("segments.x", "age > 3", "segments.x and age > 3"), "ca"),
    ],
)
def test_a_stage_that_no_row_reaches(rules: tuple[str, ...], shadowed: str) -> None:
    stages = "".join(f"      {label}: {rule}\n" for label, rule in zip("abc", rules, strict=False))
    rest = f"    stages:\n{stages}segments: {{x: email is known}}\n"
    found = [line for line in told(proven(f"segmentations:\n  s:\n{rest}")) if line.startswith("shadowed")]
    assert found == [
        f"shadowed-stage '{label}': no row reaches `{label}`: `{earlier}`, further up, takes every row that it would"
        for label, earlier in shadowed.split()
    ]
    of_any = proven(f"segmentations:\n  s:\n    hit: any\n{rest}").findings
    assert "shadowed-stage" not in [finding.code for finding in of_any]


def test_a_stage_that_earlier_ones_cover_together() -> None:
    text = "segmentations: {s: {stages: {a: age < 20, b: age < 5, c: age >= 20, d: age > 7}, otherwise: e}}"
    assert told(proven(text)) == [
        "shadowed-stage 'b': no row reaches `b`: `a`, further up, takes every row that it would",
        "shadowed-stage 'd': no row reaches `d`: `a` and `c`, further up, take every row that it would",
    ]


def test_an_otherwise_that_no_row_is_left_for() -> None:
    text = "segmentations: {s: {stages: {a: age < 20, b: not (age < 20)}, otherwise: rest}}"
    assert told(proven(text)) == ["shadowed-stage 'rest': no row reaches `rest`: the stages of `s` take every row"]


def test_a_stage_that_never_matches_by_itself() -> None:
    text = "segmentations: {s: {stages: {a: age < 20, b: age > 60 and age < 50}, otherwise: rest}}"
    assert told(proven(text)) == [
        "never-matches 'age > 60' 'age < 50': the stage `b` of `s` never matches: no row has both `age > 60` and"
        " `age < 50`"
    ]


def test_stages_of_unique_that_overlap_are_shown_with_a_row() -> None:
    text = "segmentations: {s: {hit: unique, stages: {a: age < 20, b: age > 18, c: age is missing}}}"
    proof = proven(text)
    assert told(proof) == [
        "overlapping-stages 'b' 'a': `a` and `b` of `s` overlap, and `hit: unique` wants one stage for each row"
    ]
    assert proof.findings[0].notes == ("example: {age: 19}",)


def test_stages_of_unique_that_are_apart_are_kept_with_the_facts() -> None:
    text = "segmentations: {s: {hit: unique, stages: {a: country == 'TH', b: country == 'US', c: country is missing}}}"
    proof = proven(text)
    assert proof.findings == ()
    assert [(kept.words, kept.notes) for kept in proof.kept] == [
        ("no row has two stages of `s`", ()),
        ("every row has a stage of `s`", ("as long as: `country` is one of TH, US (segrules.yml)",)),
    ]


def test_a_gap_is_shown_with_a_row_whose_values_are_known() -> None:
    proof = proven("segmentations: {s: {stages: {a: age < 20, b: age > 20}}}")
    assert told(proof) == ["stage-gap 's': some rows get no stage of `s`"]
    assert proof.findings[0].notes == ("example: {age: 20}",)


def test_a_gap_of_missing_values_names_the_value() -> None:
    text = """\
traits: {recency_days: days_since(max(orders.ordered_at))}
segmentations: {s: {stages: {a: recency_days < 30, b: 'recency_days >= 30 and age > 3', c: recency_days >= 30}}}
"""
    proof = proven(text)
    assert told(proof) == ["missing-gap 's': only rows whose `recency_days` is missing get no stage of `s`"]
    assert proof.findings[0].notes == ("example: {recency_days: null, age: null}",)


def test_a_gap_is_not_asked_of_labels_of_which_a_row_may_have_several() -> None:
    assert proven("segmentations: {s: {hit: any, stages: {a: age < 20, b: age > 30}}}").findings == ()


# assertions


RULES = "segments: {young: age < 20, child: age < 10, old: age > 60, not_old: age <= 60, elder: not (age <= 60)}\n"


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("disjoint: [young, old]", "no row is in both `young` and `old`"),
        ("disjoint: [child, not_old, old]", None),
        ("inside: [child, young, not_old]", "`child` is inside `young`, which is inside `not_old`"),
        ("covers: [not_old, elder]", "every row is in `not_old` or `elder`"),
        ("covers: [not_old, old]", None),
        ("covers: [life]", "every row has a stage of `life`"),
        ("covers: [gap]", None),
        ("covers: [gap, elder]", "every row is in `gap` or `elder`"),
        ("equal: [young, life.young]", "`young` and `life.young` always have the same rows"),
        ("equal: [old, elder]", None),
        ("inside: [old, elder]", "`old` is inside `elder`"),
    ],
)
def test_assertions_hold_or_are_broken(claim: str, words: str | None) -> None:
    life = "life: {stages: {young: age < 20}, otherwise: rest}"
    more = f"segmentations:\n  {life}\n  gap: {{hit: any, stages: {{a: age <= 60}}}}\n"
    proof = proven(
        f"{RULES}{more}prove: [{{{claim}}}]", {"customer": ["young", "child", "old", "life", "gap", "elder"]}
    )
    kept = [kept.words for kept in proof.kept]
    broken = [finding.code for finding in proof.findings if finding.code in ("broken-assertion", "inconclusive")]
    assert (kept, broken) == (([words], []) if words else ([], ["broken-assertion"]))


def test_a_broken_assertion_names_the_two_and_shows_a_row() -> None:
    proof = proven(f"{RULES}prove: [{{inside: [young, child], because: so it was}}]", {"customer": ["child"]})
    assert told(proof) == [
        "broken-assertion 'young' 'child': `young` is not inside `child`: a row can be in `young` and not in `child`"
    ]
    (example, because) = proof.findings[0].notes
    assert example.startswith("example: {age: 1")
    assert because == "because: so it was"


def test_what_holds_only_because_nobody_is_there_says_so() -> None:
    empty = "segments: {a: age > 60 and age < 20, b: age > 70 and age < 10, c: age > 5, d: age < 3, e: age > 8}\n"
    claims = ("inside: [a, c]", "inside: [e, c]", "disjoint: [c, a]", "disjoint: [c, d]", "equal: [a, b]")
    proof = proven(f"{empty}prove: [{{{'}, {'.join(claims)}}}]", {"customer": ["c", "a"]})
    said = "which says little: nobody can be in"
    assert [kept.notes for kept in proof.kept] == [(f"{said} `a`",), (), (f"{said} `a`",), (), (f"{said} `a`",)]


def test_what_breaks_two_ways_is_told_once() -> None:
    different = "segments: {a: age > 20, b: age < 30}\nprove: [{equal: [a, b]}]"
    assert told(proven(different)) == [
        "broken-assertion 'a' 'b': `a` and `b` have different rows: a row can be in `a` and not in `b`"
    ]
    wider = "segments: {a: age > 30, b: age > 20}\nprove: [{equal: [a, b]}]"
    assert [finding.message for finding in proven(wider).findings] == [
        "`a` and `b` have different rows: a row can be in `b` and not in `a`"
    ]
    stages = "segmentations: {size: {stages: {small: age < 3, large: age > 5}}}\n"
    assert [finding.code for finding in proven(stages).findings] == ["stage-gap"]
    assert told(proven(f"{stages}prove: [{{covers: [size]}}]")) == [
        "broken-assertion 'size': a row can have no stage of `size`, which `covers` rules out"
    ]
    assert len(proven(f"{stages}segments: {{a: age == 9}}\nprove: [{{covers: [size, a]}}]").findings) == 2


def test_only_what_is_chosen_is_asked_about() -> None:
    text = "segments: {a: age > 200, b: age > 300, c: age > 5}\nprove: [{inside: [a, c]}, {inside: [b, c]}]"
    proof = proven(text, {"customer": ["a"]})
    assert [finding.message[:3] for finding in proof.findings] == ["`a`"]
    assert [kept.words for kept in proof.kept] == ["`a` is inside `c`"]


def test_questions_are_counted_by_what_came_of_them() -> None:
    proof = proven("segments: {a: age > 200, b: age > 5}")
    assert (proof.proven, proof.possible, proof.open) == (1, 2, 0)


def test_each_entity_is_asked_about_its_own_rules() -> None:
    project = SHOP.replace(
        "relations:\n", "  ร้าน: {source: f.csv, key: id, columns: {id: integer, size: integer}}\nrelations:\n"
    ).replace("  orders:\n", "  orders:\n    of: customer\n")
    files = {
        "segrules.yml": project,
        "segments/a.yml": "entity: customer\nsegments: {a: age > 200}\n",
        "segments/b.yml": "entity: ร้าน\nsegments: {ใหญ่: size > 5 and size < 3}\n",
    }
    found = validate(MemoryReader(files))
    assert found.project is not None
    proof = prove(found.project, found.rules, MOMENT)
    assert [finding.span.file.path for finding in proof.findings if finding.span] == [
        "segments/a.yml",
        "segments/b.yml",
    ]


def test_a_project_without_rules_has_no_questions() -> None:
    proof = proven("")
    assert (proof.findings, proof.kept, proof.proven + proof.possible + proof.open) == ((), (), 0)


# in validate


def validated(segments: str, project: str = SHOP) -> list[str]:
    found = validate(MemoryReader({"segrules.yml": project, "segments/a.yml": segments}), lint_on=date(2026, 1, 31))
    return [finding.code for finding in found.findings]


def test_validate_tells_what_is_proven_where_it_remarks_on_rules() -> None:
    text = "segments: {a: age > 200}"
    assert validated(text) == ["never-matches"]
    assert validate(MemoryReader({"segrules.yml": SHOP, "segments/a.yml": text})).findings == ()


def test_validate_does_not_tell_twice_that_a_clause_decides_nothing() -> None:
    assert validated("segments: {a: age between 60 and 30 or age > 70}") == ["empty-range"]
    text = "segmentations: {s: {stages: {a: age > 5, b: age > 7}, otherwise: rest}}"
    assert validated(text) == ["shadowed-stage"]


def test_levels_and_comments_are_kept_to() -> None:
    text = "segments:\n  a: age > 200  # segrules: ignore[never-matches] until people grow older\n"
    assert validated(text) == []
    project = SHOP.replace("entities:", "findings: {never-matches: warning, always-matches: 'off'}\nentities:", 1)
    rules = "segments: {a: age > 200, b: age > 5 or age < 7 or age is missing}"
    found = validate(MemoryReader({"segrules.yml": project, "segments/a.yml": rules}), lint_on=date(2026, 1, 31))
    assert [(finding.code, finding.severity) for finding in found.findings] == [("never-matches", Severity.WARNING)]


def test_a_comment_on_what_is_not_proven_is_told() -> None:
    assert validated("segments:\n  a: age > 20  # segrules: ignore[never-matches] so it was\n") == ["unused-ignore"]


def test_without_a_solver_a_comment_on_what_only_it_could_prove_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prover, "find_spec", lambda name: None)
    assert validated("segments:\n  a: age > 20  # segrules: ignore[never-matches] so it was\n") == []
    assert validated("segments:\n  a: age > 200\n") == ["never-matches"]
    assert validated("segments:\n  a: age > 20  # segrules: ignore[stale-date] so it was\n") == ["unused-ignore"]
