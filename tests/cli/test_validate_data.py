"""`segrules validate --data`: what the data shows, beside what the rules do."""

from __future__ import annotations

import json
from pathlib import Path

from test_commands import Run, edit, segrules, shop  # noqa: F401

RULES = "segments/lifecycle.yml"


def test_a_negative_test_tells_how_many_it_brings_in(shop: Path, segrules: Run) -> None:  # noqa: F811
    edit(shop / "segrules.yml", "{type: text, missing: never}", "text")
    edit(shop / "data/customers.csv", "3,TW", "3,")
    edit(shop / RULES, "once: orders == 1", "once: orders == 1\n  abroad: country != 'TH'\ncarry: [recency_days]")
    edit(shop / RULES, "traits:\n", "traits:\n  idle: count(orders)\n")
    code, out, err = segrules("validate", "--data", "--format", "json", "shop")
    assert (code, err) == (0, "")
    found = [(item["code"], item["line"], item["message"]) for item in json.loads(out)["findings"]]
    negative = "`country != 'TH'` also holds where `country` is missing, which brings in 1 of 3 customer rows"
    assert found == [
        ("unused-trait", 2, "nothing uses the trait `idle`"),
        ("negative-on-missing", 8, negative),
    ]


def test_broken_expectations_fail(shop: Path, segrules: Run) -> None:  # noqa: F811
    edit(shop / RULES, "once: orders == 1", "once: {when: orders == 1, expect: {size: 5}}")
    assert segrules("validate", "shop")[0] == 0
    code, out, _ = segrules("validate", "--data", "shop")
    assert (code, "[expectation-broken]" in out) == (1, True)


def test_data_that_cannot_be_used_is_told_from_wrong_rules(shop: Path, segrules: Run) -> None:  # noqa: F811
    (shop / "data/orders.csv").unlink()
    code, out, _ = segrules("validate", "--data", "shop")
    assert (code, "[data-missing]" in out) == (2, True)
    edit(shop / RULES, "once: orders", "once: order")
    code, out, _ = segrules("validate", "--data", "shop")
    assert (code, "[data-missing]" in out, "[unknown-name]" in out) == (1, False, True)


def test_what_is_proven_of_rules_does_not_keep_the_data_from_being_looked_at(shop: Path, segrules: Run) -> None:  # noqa: F811
    never = "never: orders > 3 and orders < 3"
    edit(shop / RULES, "once: orders == 1", f"once: {{when: orders == 1, expect: {{size: 5}}}}\n  {never}")
    code, out, _ = segrules("validate", "--data", "shop")
    assert (code, "[never-matches]" in out, "[expectation-broken]" in out) == (1, True, True)
    assert "[never-matches]" not in "".join(segrules("count", "shop")[1:])
    edit(shop / "segrules.yml", "segrules: 1\n", "segrules: 1\nfindings: {never-matches: off}\n")
    assert "[never-matches]" not in segrules("validate", "shop")[1]


def test_nothing_to_say(shop: Path, segrules: Run) -> None:  # noqa: F811
    assert segrules("validate", "--data", "shop") == (0, "no findings\n", "")
    assert segrules("validate", "--data", "--diff", "shop")[0] == 2
