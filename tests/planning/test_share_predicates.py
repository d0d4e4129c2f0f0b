"""Which predicates become columns of their own, and where they stand."""

from __future__ import annotations

from planning.test_plan import plan_of

from segrules.planning.nodes import Plan, Step, columns_made, in_order


def shared_in(plan: Plan) -> list[tuple[str, ...]]:
    """The columns of the steps that the pass added."""
    steps = [node for node in in_order(plan.root) if isinstance(node, Step) and "_tests" in node.name]
    return [columns_made(step) for step in steps]


def segments(**rules: str) -> str:
    return "\n".join(["segments:", *(f"  {name}: {rule}" for name, rule in rules.items())])


def test_a_predicate_of_one_rule_stays_where_it_is() -> None:
    assert shared_in(plan_of(segments(a="age < 30", b="age < 40"), "a", "b")) == []


def test_predicates_of_several_rules_are_columns_under_the_words_of_the_rules() -> None:
    made = plan_of(
        segments(a="age < 30 and country == 'TH'", b="age < 30 or country == 'TH'", c="age is missing"),
        *("a", "b", "c"),
    )
    assert shared_in(made) == [("age < 30", "country == TH")]


def test_a_predicate_that_stands_twice_in_one_rule_is_shared_too() -> None:
    made = plan_of(segments(a="(age < 30 and country == 'TH') or (age < 30 and country == 'US')"), "a")
    assert shared_in(made) == [("age < 30",)]


def test_a_later_step_names_the_predicate_of_an_earlier_one() -> None:
    rules = segments(
        a="age < 30 and country == 'TH'", b="segments.a and age < 30", c="country == 'TH' and not segments.b"
    )
    assert shared_in(plan_of(rules, "a", "b", "c")) == [("age < 30", "country == TH")]


def test_names_of_tests_that_are_cut_short_stay_apart() -> None:
    words = ["age in [" + ", ".join(str(number) for number in range(20, 60)) + f", {last}]" for last in (61, 62)]
    rules = segments(a=words[0], b=f"{words[0]} or age > 90", c=words[1], d=f"{words[1]} or age > 90")
    (names,) = shared_in(plan_of(rules, "a", "b", "c", "d"))
    assert [name.endswith("2") for name in names] == [False, False, True]
    assert all(len(name.encode()) <= 63 for name in names)


def test_what_is_said_of_the_elements_of_a_list_stays_inside() -> None:
    rule = "count(tags as tag where tag == 'vip') > 1"
    made = plan_of(segments(a=rule, b=f"{rule} and age < 30", c="any(tags as tag where tag == 'vip')"), "a", "b", "c")
    assert [len(names) for names in shared_in(made)] == [1]


def test_a_segment_that_is_one_predicate_is_named_by_those_after_it() -> None:
    rules = segments(young="age < 30", young_here="segments.young and country == 'TH' and age < 30")
    assert shared_in(plan_of(rules, "young", "young_here")) == []


def test_a_number_that_may_be_too_large_stays_where_if_keeps_rows_from_it() -> None:
    rule = "if(age < 99, age * age < 900, 1 == {})"
    made = plan_of(segments(a=rule.format(1), b=rule.format(2)), "a", "b")
    assert shared_in(made) == [("age < 99",)]
    made = plan_of(segments(a=rule.format(1), b="age * age < 900 or age == 99"), "a", "b")
    assert shared_in(made) == [("multiply age age < 900",)]
    nested = [f"t{number}: if(age < 99, if(age * age < 900, 1, 0), 0) + {number}" for number in (1, 2)]
    assert shared_in(plan_of("\n  ".join(["traits:", *nested]), "t1", "t2")) == [("age < 99",)]
