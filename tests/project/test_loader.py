"""Files together: names that are taken, entities and columns that exist, what is left of files with findings."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from memory_reader import SHOP, MemoryReader, load_findings, loaded, reader, shown

from segrules.diagnostics import Diagnostic
from segrules.language.types import TEXT
from segrules.project.loader import load, needs_data
from segrules.project.model import Broken

TWO = """\
segrules: 1
entities:
  user: {source: u.csv, key: id, columns: {id: integer, a: integer}}
  house: {source: h.csv, key: id, columns: {id: integer, b: integer}}
relations:
  orders: {of: user, source: o.csv, key: id, columns: {id: integer}}
"""


def findings_of(files: dict[str, str], **unreadable: Diagnostic) -> list[str]:
    return shown(load(MemoryReader({"segrules.yml": SHOP, **files}, unreadable))[1])


def contract(text: str) -> str:
    return (
        f"segrules: 1\nentities:\n  c: {{source: x.csv, key: id, columns: {{id: integer, t: text, at: date}}{text}}}\n"
    )


def test_a_project_is_read_in_the_order_of_its_files() -> None:
    files = {
        "segrules.yml": SHOP,
        "segments/b.yml": "segments: {third: age > 3}\n",
        "segments/a.yml": "params: {p: 1}\nsegments: {first: age > 1, second: age > 2}\ncarry: [email]\n",
        "segments/deep/c.yaml": "segments: {fourth: age > 4}\n",
        "segments/empty.yml": "# nothing yet\n",
    }
    project, findings = load(MemoryReader(files))
    assert findings == ()
    assert project is not None
    assert [segment.name for segment in project.segments] == ["first", "second", "third", "fourth"]
    assert (project.name, project.as_of, project.timezone) == ("shop", date(2026, 1, 31), "Asia/Bangkok")
    assert [(item.name, item.entity) for item in project.carry] == [("email", "customer")]


def test_defaults_of_a_project() -> None:
    project = loaded(project="segrules: 1\nentities: {c: {source: x.csv, key: id}}\n")
    assert (project.as_of, project.timezone) == (None, "UTC")


def test_an_instant_with_a_zone_is_told_on_the_projects_clock() -> None:
    project = loaded(project=SHOP.replace("as_of: 2026-01-31", "as_of: 2026-01-31T20:00:00Z"))
    assert project.as_of == datetime(2026, 2, 1, 3, 0)


def test_a_folder_without_a_project() -> None:
    project, (finding,) = load(MemoryReader({"segments/a.yml": "segments: {a: x > 1}\n"}))
    assert project is None
    assert (finding.code, finding.path) == ("file-missing", "segrules.yml")
    assert finding.help is not None
    assert "segrules init" in finding.help


@pytest.mark.parametrize(
    ("project", "finding"),
    [
        ("# nothing\n", "missing-key in segrules.yml: the file is empty"),
        ("segrules: 1\n", "missing-key in segrules.yml: the project has no `entities`, so there is nothing to segment"),
        (
            "segrules: 1\nentities:\n",
            "missing-key in segrules.yml: the project has no `entities`, so there is nothing to segment",
        ),
        (
            "entities: {c: {source: x.csv, key: id}}\n",
            "missing-key in segrules.yml: the file needs `segrules`, the version of its format",
        ),
    ],
)
def test_project_files_that_lack_everything(project: str, finding: str) -> None:
    assert load_findings(project=project) == [finding]


def test_rule_files_are_checked_even_where_segrules_yml_is_wrong() -> None:
    codes = [line.split(" ")[0] for line in load_findings("segments: {a: {wen: x}}\n", "segrules: 1\nentities: [a]\n")]
    assert codes == ["unknown-key", "wrong-value"]


def test_a_file_that_cannot_be_read_does_not_hide_the_others() -> None:
    bad = Diagnostic("file-unreadable", "`segments/b.yml` is not UTF-8 text", path="segments/b.yml")
    project, findings = load(
        MemoryReader({"segrules.yml": SHOP, "segments/a.yml": "segments: {a: age > 1}\n"}, {"segments/b.yml": bad})
    )
    assert findings == (bad,)
    assert project is not None
    assert [segment.name for segment in project.segments] == ["a"]
    assert project.broken == (Broken("file", "segments/b.yml", None),)


def test_what_has_findings_is_named_as_broken() -> None:
    text = (
        "params: {p: []}\ntraits: {t: [1], u: age}\nsegments: {s: {wen: x}}\n"
        "segmentations: {l: {hit: frist, stages: {a: [1], b: age > 5}}, m: {stages: 5}}\n"
    )
    project, _ = load(reader(text))
    assert project is not None
    assert set(project.broken) == {
        Broken("param", "p", "customer"),
        Broken("trait", "t", "customer"),
        Broken("segment", "s", "customer"),
        Broken("stage", "l.a", "customer"),
        Broken("segmentation", "m", "customer"),
    }
    assert [item.name for item in project.segmentations] == ["l"]


# names


@pytest.mark.parametrize(
    ("segments", "finding"),
    [
        ("traits: {country: age}", "duplicate-name at 1:10 on 'country': `country` is the name of a column already"),
        (
            "traits: {Country: age}",
            "duplicate-name at 1:10 on 'Country': `Country` differs only in case from the column `country`",
        ),
        ("traits: {a: age, A: age}", "duplicate-name at 1:18 on 'A': `A` differs only in case from the trait `a`"),
        (
            "segments: {a: age > 1, A: age > 2}",
            "duplicate-name at 1:24 on 'A': `A` differs only in case from the segment `a`",
        ),
        (
            "segments: {a: age > 1}\nsegmentations: {a: {stages: {b: age > 2}}}",
            "duplicate-name at 2:17 on 'a': `a` is the name of a segment already",
        ),
        (
            "traits: {a: age}\nsegmentations: {a: {stages: {b: age > 2}}}",
            "duplicate-name at 2:17 on 'a': `a` is the name of a trait already",
        ),
        (
            "segmentations: {a: {stages: {b: age > 2, B: age > 3}}}",
            "duplicate-name at 1:42 on 'B': `B` and `b` differ only in case, which files and engines do not keep apart",
        ),
        (
            "segmentations: {a: {stages: {b: age > 2}, otherwise: B}}",
            "duplicate-name at 1:54 on 'B': `B` and `b` differ only in case, which files and engines do not keep apart",
        ),
        (
            "segments: {at risk: age > 1}",
            "invalid-name at 1:12 on 'at risk': `at risk` cannot be the name of a segment",
        ),
        ("segments: {2nd: age > 1}", "invalid-name at 1:12 on '2nd': `2nd` cannot be the name of a segment"),
        ("segments: {😀: age > 1}", "invalid-name at 1:12 on '😀': `😀` cannot be the name of a segment"),
        ("segments: {'': age > 1}", "invalid-name at 1:12 on \"''\": this segment has no name"),
        (
            "segments: {a\u202eb: age > 1}",
            "invalid-name at 1:12 on 'a\\u202eb': the name of this segment holds an invisible character",
        ),
        (
            "traits: {today: age}",
            "invalid-name at 1:10 on 'today': `today` is a word of the language, not a name of a trait",
        ),
        ("params: {is: 5}", "invalid-name at 1:10 on 'is': `is` is a word of the language, not a name of a param"),
        (
            "segmentations: {a: {stages: {x y: age > 5}}}",
            "invalid-name at 1:30 on 'x y': `x y` cannot be the name of a stage",
        ),
        (
            "segmentations: {a: {stages: {x: age > 5}, otherwise: y/z}}",
            "invalid-name at 1:54 on 'y/z': `y/z` cannot be the name of a stage",
        ),
    ],
)
def test_names_that_cannot_be(segments: str, finding: str) -> None:
    assert load_findings(segments) == [finding]


def test_names_in_every_script() -> None:
    segments = "segments: {ลูกค้าประจำ: age > 1, 老客: age > 2, клиент: age > 3, לקוח: age > 4, หมวดที่_๑: age > 5}\n"
    assert len(loaded(segments).segments) == 5


def test_names_are_compared_in_nfc() -> None:
    segments = {"segments/a.yml": "traits: {caf\u00e9: age}\n", "segments/b.yml": "traits: {cafe\u0301: age}\n"}
    (finding,) = findings_of(segments)
    assert finding.startswith("duplicate-name at 1:10")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("trait", "traits: {a: age}"),
        ("segment", "segments: {a: age > 1}"),
        ("segmentation", "segmentations: {a: {stages: {b: age > 1}}}"),
        ("param", "params: {a: 1}"),
    ],
)
def test_a_name_of_another_file_is_taken(kind: str, text: str) -> None:
    files = {"segrules.yml": SHOP, "segments/a.yml": f"# one\n{text}\n", "segments/b.yml": f"{text}\n"}
    project, (finding,) = load(MemoryReader(files))
    assert (finding.code, finding.message) == ("duplicate-name", f"there is a {kind} `a` already")
    assert finding.help == "the first one is in segments/a.yml:2"
    assert finding.span is not None
    assert (finding.span.file.path, finding.span.text) == ("segments/b.yml", "a")
    assert project is not None
    assert len((*project.traits, *project.segments, *project.segmentations, *project.params)) == 1


def test_columns_may_have_any_name() -> None:
    columns = """'group by': text, Total: integer, "O'Brien": text, 😀: text, is: text"""
    assert load_findings(project=SHOP.replace("email: text", columns.replace(", ", "\n      "))) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("customer", "`customer` is the name of an entity already"),
        ("Customer", "`Customer` differs only in case from the entity `customer`"),
        ("demographics", "`demographics` is the name of a relation already"),
        ("a-b", "`a-b` cannot be the name of a relation"),
        ("segments", "`segments` cannot be the name of a relation: rules write `segments.vip`"),
    ],
)
def test_names_of_relations(name: str, message: str) -> None:
    (finding,) = load_findings(project=SHOP.replace("  orders:\n", f"  {name}:\n"))
    assert finding.endswith(f": {message}")


# entities and relations


def test_with_one_entity_nobody_needs_to_name_it() -> None:
    project = loaded("segments: {a: age > 1}\n")
    assert project.segments[0].entity == "customer"
    assert project.relations[0].entity == "customer"


def test_with_several_entities_a_file_names_its_own() -> None:
    assert load_findings("segments: {x: a > 1}\n", TWO) == [
        "missing-key at 1:1 on 'segments: {x: a > 1}': the file needs `entity`: whose rules these are"
    ]
    assert load_findings("entity: hose\nsegments: {x: a > 1}\n", TWO) == [
        "unknown-entity at 1:9 on 'hose': the project has no entity `hose`"
    ]
    assert loaded("entity: house\nsegments: {x: b > 1}\n", TWO).segments[0].entity == "house"


def test_two_entities_can_have_segments_of_one_name() -> None:
    files = {
        "segrules.yml": TWO,
        "segments/a.yml": "entity: user\nsegments: {x: a > 1}\n",
        "segments/b.yml": "entity: house\nsegments: {x: b > 1}\n",
    }
    project, findings = load(MemoryReader(files))
    assert findings == ()
    assert project is not None
    assert [segment.entity for segment in project.segments] == ["user", "house"]


@pytest.mark.parametrize(
    ("of", "finding"),
    [
        ("of: usr, ", "unknown-entity at 6:16 on 'usr': the project has no entity `usr`"),
        ("", "missing-key at 6:3 on 'orders': `orders` needs `of`: the entity whose rows it has"),
    ],
)
def test_whose_rows_a_relation_has(of: str, finding: str) -> None:
    assert load_findings(project=TWO.replace("of: user, ", of)) == [finding]


def test_an_entity_from_a_relation_has_its_keys() -> None:
    text = (
        "segrules: 1\nentities: {shopper: {from: orders}}\n"
        "relations: {orders: {source: o.csv, key: uid, columns: {uid: text}}}\n"
    )
    project = loaded(project=text)
    entity = project.entities[0]
    assert (entity.key, entity.from_relation, entity.source) == ("uid", "orders", None)
    assert [(column.name, column.type) for column in entity.columns] == [("uid", TEXT)]
    assert load_findings(project=text.replace("from: orders", "from: order")) == [
        "unknown-relation at 2:28 on 'order': the project has no relation `order`"
    ]


def test_a_derived_relation_stands_as_its_base_does_and_a_rollup_does_not() -> None:
    text = SHOP + "  paid: {from: orders, where: amount > 0}\n  days: {from: paid, by: date(ordered_at) as day}\n"
    project, findings = load(reader(project=text))
    assert shown(findings) == []
    assert project is not None
    _, paid, days = project.relations
    assert (paid.from_relation, paid.time, paid.order, paid.key) == ("orders", "ordered_at", "order_id", "customer_id")
    assert (days.from_relation, days.time, days.order, days.key) == ("paid", None, None, "customer_id")


@pytest.mark.parametrize(
    ("extra", "finding"),
    [
        ("  p: {from: order}\n", "unknown-relation at 33:13 on 'order': the project has no relation `order`"),
        ("  p: {from: p}\n", "reference-cycle at 33:13 on 'p': `p` is made from itself: `p` -> `p`"),
    ],
)
def test_derived_relations_of_nothing(extra: str, finding: str) -> None:
    found = load_findings(project=SHOP + extra)
    assert [line for line in found if not line.startswith("not-supported-yet")] == [finding]


# columns that segrules.yml names


@pytest.mark.parametrize(
    ("project", "finding"),
    [
        (
            contract("").replace("key: id", "key: idd"),
            "unknown-name at 3:27 on 'idd': `idd` is not among the columns of `c`",
        ),
        (contract(", time: t"), "wrong-value at 3:80 on 't': `t` is text, not a date or timestamp"),
        (contract(", valid: [at, t]"), "wrong-value at 3:86 on 't': `t` is text, not a date or timestamp"),
        (contract(", valid: [at]"), "wrong-value at 3:81 on '[at]': `valid` takes two columns"),
        (
            contract(", lookups: {l: {source: l.csv, on: {x: id}}}"),
            "unknown-name at 3:108 on 'x': `x` is not among the columns of `c`",
        ),
        (
            contract(", lookups: {l: {source: l.csv, on: id, columns: {id: text}}}"),
            "wrong-value at 3:107 on 'id': `id` is integer, and `id` of `l` is text",
        ),
        (
            contract("") + "relations: {r: {source: r.csv, key: id, columns: {id: text}}}\n",
            "wrong-value at 4:37 on 'id': `id` is text here, and the key of `c` is integer",
        ),
        (
            contract("") + "relations: {r: {source: r.csv, key: id, columns: {id: integer}, order: nr}}\n",
            "unknown-name at 4:72 on 'nr': `nr` is not among the columns of `r`",
        ),
        (
            contract("") + "relations: {r: {source: r.csv, key: id, fresh: 2 days}}\n",
            "missing-key at 4:41 on 'fresh': `fresh` needs `time`: without it nobody knows how old the rows of `r` are",
        ),
    ],
)
def test_columns_outside_columns(project: str, finding: str) -> None:
    assert load_findings(project=project) == [finding]


@pytest.mark.parametrize("type", ["boolean", "number", "list of text"])
def test_types_that_are_no_keys(type: str) -> None:
    (finding,) = load_findings(project=contract("").replace("id: integer", f"id: {type}"))
    assert finding == f"wrong-value at 3:27 on 'id': `id` is {type}, which cannot be a key"


def test_without_columns_nothing_is_said_of_them() -> None:
    text = "segrules: 1\nentities: {c: {source: x.csv, key: id, time: t, lookups: {l: {source: l.csv, on: z}}}}\n"
    assert load_findings(project=text) == []


def test_tables_whose_columns_only_data_knows() -> None:
    text = """\
segrules: 1
entities:
  c: {source: c.csv, key: id}
relations:
  o:
    source: o.csv
    key: id
    columns: {id: integer, p: integer}
    lookups: {p: {source: p.csv, on: p, columns: {p: integer}, lookups: {q: {source: q.csv, on: p}}}}
"""
    assert needs_data(loaded(project=text)) == ("c", "o.p.q")
    assert needs_data(loaded()) == ()


# expectations and examples


def test_examples_keep_their_values_and_places() -> None:
    text = (
        "segments:\n  a:\n    when: age > 5\n"
        "    examples: {in: [{age: 6, tags: [x]}], out: [{age: 5}, {email: null}]}\n"
    )
    takes_in, leaves_out, missing = loaded(text).segments[0].examples
    assert (takes_in.expected, dict(takes_in.values)) == (True, {"age": 6, "tags": ("x",)})
    assert (leaves_out.expected, dict(leaves_out.values)) == (False, {"age": 5})
    assert dict(missing.values) == {"email": None}
    assert leaves_out.spans["age"].text == "5"
    assert leaves_out.keys["age"].text == "age"


@pytest.mark.parametrize(
    ("least", "most", "is_refused"),
    [
        ("2025-01-02", "2025-01-02", False),
        ("2025-01-02T12:00:00", "2025-01-02", False),
        ("2025-01-02", "2025-01-02T12:00:00", False),
        ("2025-01-03", "2025-01-02T12:00:00", True),
        ("2025-01-02T12:00:00", "2025-01-01", True),
        ("2025-01-02T12:00:00", "2025-01-02T11:00:00", True),
        ("'0001-01-01T00:00:00+07:00'", "'9999-12-31T23:59:59-07:00'", False),
    ],
)
def test_bounds_of_a_timestamp_are_days_or_instants(least: str, most: str, is_refused: bool) -> None:
    column = f"at: {{type: timestamp, min: {least}, max: {most}}}"
    findings = load_findings(project=contract("").replace("at: date", column))
    assert [finding.partition(": ")[2] for finding in findings] == ["the `min` of `at` is above its `max`"] * is_refused
