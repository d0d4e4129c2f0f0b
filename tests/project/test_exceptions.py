"""What stands beside a rule: `include`, `exclude`, `suppress`, and the suppression of segrules.yml."""

from __future__ import annotations

from pathlib import Path

import pytest
from memory_reader import SHOP, MemoryReader, resolved, shown

from segrules.language.core import And, Literal, Membership, Not, Or, Reference
from segrules.language.trees import walk
from segrules.project.loader import load
from segrules.project.reader import folder_reader
from segrules.project.resolve import resolve
from segrules.workflows.testing.unit_tests import run_tests

LISTS = {
    "lists/keys.txt": "1\n2\n",
    "lists/keys.csv": "customer_id,name\n3,Wei\n",
    "lists/emails.csv": "email\na@x.com\n",
    "lists/empty.txt": "\n",
    "lists/bad.txt": "1\nx\n",
}


def findings(segments: str, project: str = SHOP) -> list[str]:
    files = {"segrules.yml": project, "segments/a.yml": segments, **LISTS}
    found, loading = load(MemoryReader(files))
    return shown((*loading, *(resolve(found)[1] if found else ())))


def segment(text: str) -> str:
    return f"segments:\n  a:\n    when: age > 5\n    {text}\n"


@pytest.mark.parametrize(
    "text",
    [
        "include: [1, 2]",
        "exclude: [1]",
        "include: keys.txt",
        "exclude: keys.csv",
        "include: [1]\n    exclude: [1]",
        "suppress: country == 'US'",
        "suppress: false",
    ],
)
def test_what_may_stand_beside_a_rule(text: str) -> None:
    assert findings(segment(text)) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("include: []", "empty-list at 4:14 on '[]': `include` is an empty list"),
        (
            "include: 101",
            "wrong-value at 4:14 on '101': `include` takes a list of keys, or the name of a file in `lists/`",
        ),
        (
            "exclude: {a: 1}",
            "wrong-value at 4:14 on '{a: 1}': `exclude` takes a list of keys, or the name of a file in `lists/`",
        ),
        ("include: [1, x]", "wrong-value at 4:18 on 'x': `x` does not fit `include`, which is integer"),
        ("include: [1, null]", "wrong-value at 4:18 on 'null': a key of `include` has no value"),
        ("include: [[1]]", "wrong-value at 4:15 on '[1]': `include` takes one value (integer)"),
        ("include: kes.txt", "file-missing at 4:14 on 'kes.txt': there is no file `kes.txt` in the folder `lists/`"),
        (
            "include: ../keys.txt",
            "wrong-arguments at 4:14 on '../keys.txt': `../keys.txt` leads out of the folder `lists/`, where lists are",
        ),
        ("exclude: empty.txt", "empty-list at 4:14 on 'empty.txt': `lists/empty.txt` has no values"),
        (
            "exclude: bad.txt",
            "unfit-value at 4:14 on 'bad.txt': line 2 of `lists/bad.txt` has `x`, but `customer_id` is a whole number",
        ),
        (
            "include: emails.csv",
            "wrong-value at 4:14 on 'emails.csv': "
            "`lists/emails.csv` lists `email`, and `include` takes keys: `customer_id`",
        ),
        ("suppress: cuntry == 'US'", "unknown-name at 4:15 on 'cuntry': `cuntry` is not a column or trait"),
        ("suppress: age", "wrong-type at 4:15 on 'age': a test must be true or false, and `age` is a whole number"),
        ("suppress: [a]", "wrong-value at 4:15 on '[a]': `suppress` takes a rule, which is text"),
        ("suppress: segments.a", "reference-cycle at 2:3 on 'a': `a` refers to itself: `a` -> `a`"),
    ],
)
def test_what_may_not(text: str, line: str) -> None:
    assert findings(segment(text)) == [line]


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("segments.b", "unknown-segment at 33:20 on 'b': there is no segment `b`"),
        ("age >", "syntax at 33:16 on '': the rule ends where a value is expected"),
        ("{customers: age > 5}", "unknown-entity at 33:12 on 'customers': the project has no entity `customers`"),
        ("[a]", "wrong-value at 33:11 on '[a]': `suppress` takes a rule, which is text"),
        ("{customer: [a]}", "wrong-value at 33:22 on '[a]': `suppress` takes a rule, which is text"),
    ],
)
def test_a_wrong_rule_of_segrules_yml_is_shown_there(rule: str, line: str) -> None:
    found = findings("segments: {a: age > 5}\n", f"{SHOP}suppress: {rule}\n")
    assert [item.partition(":")[0] for item in found] == [line.partition(":")[0]]
    assert found[0].split(" on ")[0].split(" at ")[1].startswith("3")


def test_a_negative_test_of_a_suppression_is_warned_of() -> None:
    (line,) = findings("segments: {a: age > 5}\n", f"{SHOP}suppress: email != 'x'\n")
    assert line.endswith("`email != 'x'` also holds where `email` is missing")
    assert findings("segments: {a: age > 5}\n", f"{SHOP}suppress: email == 'x'\n") == []


def test_the_order_of_what_is_stronger() -> None:
    text = segment("include: [1]\n    exclude: [2]\n    suppress: segments.b") + "  b: age > 7\n  c: age > 9\n"
    rules = resolved(text, f"{SHOP}suppress: segments.c\n")
    match rules.segments["a"]:
        case And(items=(Or(items=(_, Membership(values=taken))), Not(item=Membership(values=left)), own, everywhere)):
            assert (taken, left) == (Literal((1,), taken.type), Literal((2,), left.type))
            assert (own, everywhere) == (Not(_segment("b")), Not(_segment("c")))
        case other:
            raise AssertionError(other)


def _segment(name: str) -> Reference:
    found = resolved(f"segments: {{{name}: age > 7, x: segments.{name}}}\n").segments["x"]
    assert isinstance(found, Reference)
    return found


def test_a_suppression_spares_what_it_is_made_of_and_what_says_so() -> None:
    text = """\
traits:
  risk: if(segments.bounced, 1, 0)
segments:
  bounced: email is missing
  blocked: risk > 0
  plain: age > 5
  open: {when: age > 5, suppress: false}
  own: {when: age > 5, suppress: age > 90}
segmentations:
  stage: {stages: {young: age < 30}, otherwise: old}
"""
    rules = resolved(text, f"{SHOP}suppress: {{customer: segments.blocked}}\n")

    def is_suppressed(name: str) -> bool:
        return any(isinstance(node, Not) and node.item == _segment("blocked") for node in walk(rules.segments[name]))

    assert {name for name in rules.segments if is_suppressed(name)} == {"plain", "own"}


def test_several_entities_need_a_rule_each() -> None:
    shop = SHOP.replace(
        "relations:", "  visitor: {source: v.csv, key: id, columns: {id: text, bot: boolean}}\nrelations:"
    )
    shop = shop.replace("  orders:\n", "  orders:\n    of: customer\n", 1)
    segments = "entity: visitor\nsegments: {all: id is known}\n"
    assert findings(segments, f"{shop}suppress: {{visitor: bot}}\n") == []
    (line,) = findings(segments, f"{shop}suppress: bot\n")
    assert line.startswith("missing-key at 35:1 on 'suppress'")
    (line,) = findings(segments, f"{shop}suppress: {{customer: bot}}\n")
    assert line.startswith("unknown-name at 35:22 on 'bot'")


def test_an_example_has_none_of_the_keys_beside_the_rule(tmp_path: Path) -> None:
    text = segment(
        "include: [1, 3]\n    exclude: [2]\n    examples: {in: [{age: 6}, {customer_id: 3}], out: [{age: 5}]}"
    )
    for path, content in {"segrules.yml": SHOP, "segments/a.yml": text}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(content, encoding="utf-8")
    report = run_tests(folder_reader(tmp_path))
    assert [(result.passed, result.message) for result in report.results] == [(True, "")] * 3


def test_a_failed_test_tells_what_stands_beside_the_rule(tmp_path: Path) -> None:
    tests = """\
cases:
  - name: all three
    given: {customer: [{customer_id: 1, age: 6}, {customer_id: 2, age: 6}, {customer_id: 3, age: 6, country: US}]}
    expect: {a: [1, 2, 3, 4]}
"""
    text = segment("include: [1]\n    exclude: [2]\n    suppress: country == 'US'")
    for path, content in {"segrules.yml": SHOP, "segments/a.yml": text, "tests/a.yml": tests}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(content, encoding="utf-8")
    (result,) = run_tests(folder_reader(tmp_path)).results
    assert result.message.splitlines() == [
        "a: missing 2, 3, 4",
        "  2:",
        "    age > 5 is true (age = 6)",
        "    include: [1] is false (customer_id = 2)",
        "    not (exclude: [2]) is false (customer_id = 2)",
        "    not (country == 'US') is true (country = missing)",
        "  3:",
        "    age > 5 is true (age = 6)",
        "    include: [1] is false (customer_id = 3)",
        "    not (exclude: [2]) is true (customer_id = 3)",
        "    not (country == 'US') is false (country = 'US')",
        "  4: no customer row has this key",
    ]
