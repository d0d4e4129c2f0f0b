"""Several entities in one project: lookups from one to another, one order of all definitions, findings."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from memory_reader import MemoryReader, shown

from segrules.language.core import Column, Expression, Reference
from segrules.language.trees import walk
from segrules.language.types import INTEGER
from segrules.project.loader import load
from segrules.project.model import Rules
from segrules.project.resolve import resolve

PROJECT = """\
segrules: 1
entities:
  user:
    source: u.csv
    key: id
    columns: {id: integer, firm: integer, word: text}
    lookups:
      company: {entity: company, on: {firm: nr}}
      room:
        {source: r.csv, on: id, columns: {id: integer, owner: integer},
        lookups: {owner: {entity: company, on: {owner: nr}}}}
  company:
    source: c.csv
    key: nr
    columns: {nr: integer, kind: {type: text, values: [shop, bank]}, weight: number, boss_id: integer}
    lookups: {boss: {entity: user, on: {boss_id: id}}}
relations:
  visits: {of: user, source: v.csv, key: id, time: at, columns: {id: integer, at: date, host_id: integer},
    lookups: {host: {entity: company, on: {host_id: nr}}}}
  members: {of: company, source: m.csv, key: nr, columns: {nr: integer, id: integer},
    lookups: {user: {entity: user, on: id}}}
"""
COMPANY = """\
entity: company
traits:
  size: count(members)
segments: {big: size > 5}
segmentations: {level: {stages: {small: size < 3, large: size >= 3}}}
"""


def files(user: str, company: str = COMPANY, project: str = PROJECT) -> dict[str, str]:
    rules = {"segments/a.yml": f"entity: user\n{user}", "segments/b.yml": company}
    return {"segrules.yml": project, **rules}


def rules_of(user: str, company: str = COMPANY) -> Mapping[str, Rules]:
    project, findings = load(MemoryReader(files(user, company)))
    assert project is not None, shown(findings)
    rules, more = resolve(project)
    assert [line for line in shown((*findings, *more)) if not line.startswith("negative")] == []
    return rules


def findings_of(user: str, company: str = COMPANY, project: str = PROJECT) -> list[str]:
    found, findings = load(MemoryReader(files(user, company, project)))
    more = resolve(found)[1] if found else ()
    return [line for line in shown((*findings, *more)) if not line.startswith("negative-on-missing")]


def helps_of(user: str, project: str = PROJECT) -> list[str | None]:
    found, findings = load(MemoryReader(files(user, project=project)))
    more = resolve(found)[1] if found else ()
    return [finding.help for finding in (*findings, *more) if finding.code != "negative-on-missing"]


def parts(node: Expression) -> set[str]:
    """The columns and references of a rule, as a person would write them."""
    return {
        ".".join((part.row, *part.path, part.name))
        for part in walk(node)
        if isinstance(part, Column | Reference) and part.path
    }


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ("company.kind == 'shop'", "user.company.kind"),
        ("company.size > 5", "user.company.size"),
        ("user.company.size > 5", "user.company.size"),
        ("company.level == 'small'", "user.company.level"),
        ("company.segments.big", "user.company.big"),
        ("user.company.segments.big", "user.company.big"),
        ("company.segments.level.small", "user.company.level.small"),
        ("company.boss.word == 'x'", "user.company.boss.word"),
        ("company.boss.company.segments.big", "user.company.boss.company.big"),
        ("room.owner.size > 5", "user.room.owner.size"),
        ("any(visits where host.size > 5)", "visits.host.size"),
        ("any(visits where visits.host.segments.big)", "visits.host.big"),
        ("max(visits.host.size) > 5", "visits.host.size"),
    ],
)
def test_what_lookups_lead_to(rule: str, named: str) -> None:
    assert parts(rules_of(f"segments: {{s: {rule}}}\n")["user"].segments["s"]) == {named}


def test_rules_of_all_entities_are_at_hand() -> None:
    rules = rules_of("traits: {n: count(visits)}\n")
    assert rules["user"].entities == rules
    assert rules["company"].entities["user"].traits["n"].type == INTEGER


def test_traits_are_typed_before_those_who_use_them() -> None:
    """The user's trait is checked behind the company's, though its file and its entity come first."""
    rules = rules_of("traits: {double: company.size * 2}\n")
    assert rules["user"].traits["double"].type == INTEGER


def test_entities_may_use_each_other_without_a_circle() -> None:
    rules = rules_of(
        "traits: {n: count(visits)}\nsegments: {s: company.segments.busy}\n",
        "entity: company\nsegments: {busy: any(members where user.n > 3)}\n",
    )
    assert parts(rules["company"].segments["busy"]) == {"members.user.n"}


def test_what_is_carried_of_another_entity() -> None:
    carry = rules_of("carry: [company.kind, company.size]\n")["user"].carry
    assert [type(item).__name__ for item in carry.values()] == ["Column", "Reference"]


def test_a_circle_through_two_entities() -> None:
    assert findings_of("traits: {a: company.b}\n", "entity: company\ntraits: {b: max(members.user.a)}\n") == [
        "reference-cycle at 2:10 on 'a': `a` refers to itself: `user.a` -> `company.b` -> `user.a`",
        "reference-cycle at 2:10 on 'b': `b` refers to itself: `company.b` -> `user.a` -> `company.b`",
    ]


@pytest.mark.parametrize(
    ("rule", "finding", "help"),
    [
        (
            "company.size2 > 1",
            "unknown-name on 'size2': `company` has no column or trait `size2`",
            "did you mean `size`?",
        ),
        ("company.big", "unknown-name on 'company.big': `company.big` is a segment", "`company.segments.big`?"),
        (
            "company.segments",
            "unknown-name on 'company.segments': `company.segments` is not a value",
            "`company.segments.big`?",
        ),
        ("company.segments.bg", "unknown-segment on 'bg': `company` has no segment `bg`", "did you mean `big`?"),
        (
            "company.segments.level",
            "unknown-segment on 'level': `level` is a segmentation; a segment is one of its stages",
            "`company.segments.level.small`?",
        ),
        (
            "company.level == 'smal'",
            "unknown-constant on \"'smal'\": `company.level` is never `'smal'`",
            "did you mean `'small'`?",
        ),
        (
            "company.kind == 'shoe'",
            "unknown-constant on \"'shoe'\": `company.kind` is never `'shoe'`",
            "did you mean `'shop'`?",
        ),
        ("size > 5", "unknown-name on 'size': `size` is not a column or trait", "did you mean `company.size`?"),
        (
            "count(user) > 1",
            "value-as-relation on 'user': `count` takes a relation, and `user` is the entity itself, of which each "
            "rule sees one row",
            "`overall(count(id))` counts all of them",
        ),
        (
            "count(company) > 1",
            "value-as-relation on 'company': `count` takes a relation, and `company` is a lookup, which has one row at "
            "most",
            "`company.nr is known` asks whether there is one",
        ),
        ("any(members)", "unknown-relation on 'members': there is no relation `members`", "relations here: `visits`"),
    ],
)
def test_findings(rule: str, finding: str, help: str) -> None:
    (found,) = findings_of(f"segments: {{s: {rule}}}\n")
    code, _, rest = found.partition(" at ")
    assert f"{code} {rest.partition(' ')[2]}" == finding
    assert helps_of(f"segments: {{s: {rule}}}\n") == [help]


def test_another_entity_is_no_relation() -> None:
    company = "entity: company\nsegments: {s: any(user)}\n"
    assert findings_of("traits: {n: 1}\n", company) == [
        "value-as-relation at 2:19 on 'user': `any` takes a relation, and `user` is another entity"
    ]


@pytest.mark.parametrize(
    ("old", "new", "finding", "help"),
    [
        (
            "company: {entity: company,",
            "company: {entity: compny,",
            "unknown-entity at 8:25 on 'compny': the project has no entity `compny`",
            "did you mean `company`?",
        ),
        (
            "on: {firm: nr}",
            "on: {firm: kind}",
            "wrong-value at 8:34 on 'on': `on` leads to the key of `company`, which is `nr`",
            "`on: {firm: nr}`",
        ),
        (
            "on: {firm: nr}",
            "on: firm",
            "wrong-value at 8:34 on 'on': `on` leads to the key of `company`, which is `nr`",
            "`on: {firm: nr}`",
        ),
        (
            "on: {firm: nr}",
            "on: {word: nr}",
            "wrong-value at 8:45 on 'nr': `word` is text, and `nr` of `company` is integer",
            "a lookup joins equal values: give both one type",
        ),
        (
            "on: {firm: nr}",
            "on: {form: nr}",
            "unknown-name at 8:39 on 'form': `form` is not among the columns of `user`",
            "did you mean `firm`?",
        ),
        (
            "on: {firm: nr}",
            "on: {firm: nr}, columns: {nr: integer}",
            "invalid-source at 8:50 on 'columns': `company` leads to `company`, whose own `columns` count",
            "leave `columns` out",
        ),
    ],
)
def test_lookups_that_cannot_lead_to_an_entity(old: str, new: str, finding: str, help: str) -> None:
    project = PROJECT.replace(old, new, 1)
    assert findings_of("traits: {n: 1}\n", project=project) == [finding]
    assert helps_of("traits: {n: 1}\n", project=project) == [help]


def test_a_lookup_of_an_entity_made_from_a_relation_names_columns_that_are_there() -> None:
    project = PROJECT.replace("source: u.csv", "from: visits", 1).replace(
        "    columns: {id: integer, firm: integer, word: text}\n", "", 1
    )
    project = project.replace("{id: integer, owner: integer}", "{owner: integer}", 1)
    project = project.replace("      company: {entity: company, on: {firm: nr}}\n", "", 1)
    finding = "unknown-name at 8:29 on 'id': `id` is not among the columns of `room`"
    assert findings_of("", project=project) == [finding]
