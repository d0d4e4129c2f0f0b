"""The canonical text of files, one habit of writing at a time."""

from __future__ import annotations

import pytest

from segrules.project.layout import Canonical, canonical

WRITTEN_ANEW = {
    "known keys in their order, unknown ones last": (
        """\
segments:
  b:
    tags: [x]
    colour: red
    when: z
    label: B
  a: y
entity: customer
""",
        """\
entity: customer
segments:
  b:
    label: B
    when: z
    tags: [x]
    colour: red
  a: y
""",
    ),
    "names keep their order": (
        """\
segmentations:
  s:
    stages:
      z: a
      b: c
traits:
  z: 1+1
  a: 2
""",
        """\
traits:
  z: 1 + 1
  a: 2
segmentations:
  s:
    stages:
      z: a
      b: c
""",
    ),
    "keys inside braces, too": (
        """\
segments:
  a: {when:  x>1,label: {th: ก,en: A} }
""",
        """\
segments:
  a: {label: {th: ก, en: A}, when: x > 1}
""",
    ),
    "what a rollup goes by": (
        'segrules: 1\nrelations:\n  days: {from: o, by: [ date( at )  as   day , x,y as "a  b" ]}\n'
        "  weeks:\n    from: o\n    by: start_of(week,at)  as\n      week\n",
        'segrules: 1\nrelations:\n  days: {from: o, by: [date(at) as day, x, y as "a  b"]}\n'
        "  weeks:\n    from: o\n    by: start_of(week, at) as week\n",
    ),
    "trees": (
        """\
segments:
  a:
    all:
    - x>1
    - any: [ y , z==2 ]
    -   none:
        - w
    - when: v<1
""",
        """\
segments:
  a:
    all:
      - x > 1
      - any: [y, z == 2]
      - none:
          - w
      - when: v < 1
""",
    ),
    "what texts say": (
        """\
traits:
  a: x=='a  and b'   and "two  words">1_000
""",
        """\
traits:
  a: x == 'a  and b' and "two  words" > 1_000
""",
    ),
    "quotes that a rule does not need": (
        """\
traits:
  a: "x == 'a'"
  b: 'y > 1'
  c: >-
    z > 2
  d: |
    w
    > 3
""",
        """\
traits:
  a: x == 'a'
  b: y > 1
  c: z > 2
  d: w > 3
""",
    ),
    "quotes that a rule needs": (
        """\
traits:
  a: '"two words" > 1'
segments: {c: "x in [1,2]", d: 'f(''a'',2)', e: "f(\\"a\\",2)"}
""",
        """\
traits:
  a: >-
    "two words" > 1
segments: {c: "x in [1, 2]", d: 'f(''a'', 2)', e: 'f("a", 2)'}
""",
    ),
    "a rule in quotes that is no text without them": (
        """\
segments:
  a:
    suppress: 'false'
    when: 'true'
""",
        """\
segments:
  a:
    when: 'true'
    suppress: 'false'
""",
    ),
    "a rule under its key": (
        """\
traits:
  a:   # why
    x>1
""",
        """\
traits:
  a: x > 1  # why
""",
    ),
    "a rule broken at and": (
        """\
segments:
  a:
    when: x>1 and
      y>2  # both
    label: A
""",
        """\
segments:
  a:
    label: A
    when: >-  # both
      x > 1
      and y > 2
""",
    ),
    "a rule broken elsewhere": (
        """\
traits:
  a: count(orders
     where x)
""",
        """\
traits:
  a: count(orders where x)
""",
    ),
    "a rule that becomes text with a colon": (
        """\
traits:
  a: bucket(10,seed:'x')
  b: {c: bucket(10)}
""",
        """\
traits:
  a: >-
    bucket(10, seed: 'x')
  b: {c: bucket(10)}
""",
    ),
    "indentation": (
        """\
traits:
    a: 1

segments:
        b:
            label: B
            all:
            - x
            - y
""",
        """\
traits:
  a: 1

segments:
  b:
    label: B
    all:
      - x
      - y
""",
    ),
    "other texts move with their keys": (
        """\
segments:
    a:
        when: x
        description: |
            One
              two

            three
        message: >2
            Kept
        meta: 'a
          b'
""",
        """\
segments:
  a:
    description: |
      One
        two

      three
    when: x
    message: >2
        Kept
    meta: 'a
      b'
""",
    ),
    "blank lines at the end that belong to a text": (
        """\
segments:
  a:
    description: |+
      One


    when: x
""",
        """\
segments:
  a:
    description: |+
      One


    when: x
""",
    ),
    "brackets on several lines": (
        """\
segrules: 1
entities:
    a:
        columns:
            c: {type: text, values: [
                x,  y,
            ]}
""",
        """\
segrules: 1
entities:
  a:
    columns:
      c: {type: text, values: [
          x,  y,
      ]}
""",
    ),
    "the header stays at the top": (
        """\
# Header
# of two lines
segments:
  a: x
# About traits
traits:
  b: 1
""",
        """\
# Header
# of two lines
# About traits
traits:
  b: 1
segments:
  a: x
""",
    ),
    "the header is what stands above a blank line": (
        """\
# Header

# About segments
segments:
  a: x

# About traits
traits:
  b: 1
""",
        """\
# Header

# About traits
traits:
  b: 1

# About segments
segments:
  a: x
""",
    ),
    "a comment to segrules moves with its key": (
        """\
# Header
# segrules: ignore[unused-trait] the newsletter tool reads it
segments: {a: x}
traits: {b: 1}
""",
        """\
# Header
traits: {b: 1}
# segrules: ignore[unused-trait] the newsletter tool reads it
segments: {a: x}
""",
    ),
    "comments move with their keys": (
        """\
segments:
  a:
    # why
    when: x  # beside
    # what
    label: A
    # the end
  # next
  b: y
""",
        """\
segments:
  a:
    # what
    label: A
    # why
    when: x  # beside
    # the end
  # next
  b: y
""",
    ),
    "comments at the end of a block stay in it": (
        """\
traits:
  a: 1
  # b: 2
segments:
  c: x
""",
        """\
traits:
  a: 1
  # b: 2
segments:
  c: x
""",
    ),
    "comments stand in the column of what they are about": (
        """\
traits:
      # one
  a: 1
 # two
  b: 2
""",
        """\
traits:
  # one
  a: 1
  # two
  b: 2
""",
    ),
    "a comment beside a value keeps its column": (
        """\
traits:
  a: x>1      # one
  bc: 2       # two
  def: x>1 # three
  ghi: y # four
""",
        """\
traits:
  a: x > 1    # one
  bc: 2       # two
  def: x > 1  # three
  ghi: y # four
""",
    ),
    "a comment between a dash and its first key": (
        """\
cases:
  -
    # about the case
    expect: {a: []}
    name: one
  - # two
    name: two
    expect: {}
""",
        """\
cases:
  - name: one
    # about the case
    expect: {a: []}
  - # two
    name: two
    expect: {}
""",
    ),
    "a comment above the key that comes first in an item": (
        """\
cases:
  - expect: {a: []}
    # about the name
    name: one
""",
        """\
cases:
  # about the name
  - name: one
    expect: {a: []}
""",
    ),
    "blank lines": (
        """\


traits:


  a: 1


  b: 2


""",
        """\
traits:

  a: 1

  b: 2
""",
    ),
    "the blank line above the key that comes first": (
        """\
segments:
  a: x

traits:
  b: 1
""",
        """\
traits:
  b: 1

segments:
  a: x
""",
    ),
    "the end of the last line": (
        "traits:\n  a: x>1",
        """\
traits:
  a: x > 1
""",
    ),
    "a text at the end that no line break ends": (
        "segments:\n  a:\n    when: x\n    meta: |\n      two  \n\n      lines  ",
        "segments:\n  a:\n    when: x\n    meta: |-\n      two  \n\n      lines  \n",
    ),
    "a text at the end with all its line breaks": (
        "segments:\n  a:\n    when: x\n    meta: |2+\n        two\n\n\n",
        "segments:\n  a:\n    when: x\n    meta: |2+\n        two\n\n\n",
    ),
    "Windows line ends": (
        "traits:\r\n  a: x>1\r\n  b: |\r\n    y\r\n    > 2\r\n",
        "traits:\r\n  a: x > 1\r\n  b: y > 2\r\n",
    ),
    "mixed line ends": (
        "traits:\n  a: x>1\r\n  b: 1\n",
        """\
traits:
  a: x > 1
  b: 1
""",
    ),
    "marks of documents": (
        """\
%YAML 1.2
# a
---
traits:
   a: x>1
...
# b
""",
        """\
%YAML 1.2
# a
---
traits:
  a: x > 1
...
# b
""",
    ),
    "anchors keep the order of keys": (
        """\
segments:
  a:
     when:  &r x>1
     label: A
  b: *r
traits:
  c: 1+1
""",
        """\
segments:
  a:
    when: &r x > 1
    label: A
  b: *r
traits:
  c: 1 + 1
""",
    ),
    "keys without values": (
        """\
segments:
  a:
    owner:   # nobody
    when: x
traits:
""",
        """\
traits:
segments:
  a:
    when: x
    owner:   # nobody
""",
    ),
}


@pytest.mark.parametrize(("written", "expected"), WRITTEN_ANEW.values(), ids=WRITTEN_ANEW.keys())
def test_files_are_written_anew(written: str, expected: str) -> None:
    path = "segrules.yml" if "segrules: 1" in written else "tests/a.yml" if "cases:" in written else "segments/a.yml"
    assert canonical(path, written) == Canonical(expected)
    assert canonical(path, expected) == Canonical(expected)


LONG = (
    "segments.one_long_name and segments.another_long_name and country in ['TH', 'TW', 'RU', 'IL', 'US'] and spend > 99"
)


def test_a_rule_that_is_too_long_goes_below_its_key() -> None:
    assert len(f"  a: {LONG}") == 119
    assert canonical("segments/a.yml", f"segments:\n  a: {LONG}\n").text == f"segments:\n  a: {LONG}\n"
    one_line = canonical("segments/a.yml", f"segments:\n  abc: {LONG}\n").text
    assert one_line == f"segments:\n  abc: >-\n    {LONG}\n"
    assert canonical("segments/a.yml", f"segments:\n  a: {LONG} or not vip\n").text == (
        "segments:\n  a: >-\n    segments.one_long_name and segments.another_long_name"
        " and country in ['TH', 'TW', 'RU', 'IL', 'US'] and spend > 99\n    or not vip\n"
    )


def test_the_comment_beside_a_rule_that_goes_below_its_key_stays_in_sight() -> None:
    written = f"segments:\n  abcdef: {LONG}    # why\n"
    expected = f"segments:\n  abcdef: >-  # why\n    {LONG}\n"
    assert canonical("segments/a.yml", written).text == expected
    assert canonical("segments/a.yml", expected).text == expected


UNREADABLE = {
    "traits:\n  a: [1\n": "yaml-syntax",
    "traits:\n\ta: 1\n": "yaml-tab",
    "traits:\n  a: 1\n  a: 2\n": "duplicate-key",
    "segments: {a: x in ['a', 'b'], b:  y}\n": "yaml-syntax",
    "segments: {a: f(x, y)>1,  b: y}\n": "cut-rule",
}


@pytest.mark.parametrize(("text", "code"), UNREADABLE.items())
def test_a_file_that_cannot_be_read_stays_as_it_is(text: str, code: str) -> None:
    found = canonical("segments/a.yml", text)
    assert found.text == text
    assert [finding.code for finding in found.findings] == [code]


def test_a_rule_that_cannot_be_read_stays_as_it_is() -> None:
    text = "segments:\n  a: x  =  1\n  b:\n    when: y>2\n    all: [ 'z z' , w<3 ]\n"
    found = canonical("segments/a.yml", text)
    assert found.text == "segments:\n  a: x  =  1\n  b:\n    when: y > 2\n    all: ['z z', w < 3]\n"
    assert [(finding.code, finding.span.text) for finding in found.findings if finding.span] == [
        ("syntax", "="),
        ("syntax", "z"),
    ]


UNUSUAL = (
    "? a\n: b\n",
    "{traits: {a:   x>1}}\n",
    "just words\n",
    "- 1\n-   2\n",
    "# only this\n\n\n",
    "",
    "traits: !!str\n",
)


@pytest.mark.parametrize("text", UNUSUAL)
def test_rarities_are_left_alone(text: str) -> None:
    found = canonical("segments/a.yml", text)
    assert found.is_safe
    assert found.text.split() == text.split()
    assert canonical("segments/a.yml", found.text).text == found.text


def test_comments_that_look_like_text_and_text_that_looks_like_comments() -> None:
    text = """\
segments:
  a:
    description: |
      # no comment
      text # nor this
    # a comment
    when: x == '#1'
"""
    assert canonical("segments/a.yml", text).text == text
