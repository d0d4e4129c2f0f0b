"""What files are taken for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from segrules.language.types import DATE, INTEGER, TEXT, TIMESTAMP, Type
from segrules.project.model import Format
from segrules.workflows.guesses import ColumnFacts, FileFacts, guess, identifier, singular


def file(path: str, rows: int, **columns: tuple[Type, int] | tuple[Type, int, int]) -> FileFacts:
    """A file; of each column its type, how many values differ and, if not all rows, how many are known."""
    facts = [ColumnFacts(name, given[0], (*given, rows)[2], given[1]) for name, given in columns.items()]
    return FileFacts(path, rows, tuple(facts), Format())


CUSTOMERS = file("data/customers.csv", 100, customer_id=(INTEGER, 100), country=(TEXT, 5), joined_on=(DATE, 80))
ORDERS = file(
    "data/orders.csv",
    500,
    order_id=(INTEGER, 500),
    customer_id=(INTEGER, 90),
    product_id=(INTEGER, 20),
    ordered_at=(TIMESTAMP, 500),
)
PRODUCTS = file("data/products.parquet", 20, product_id=(INTEGER, 20), category=(TEXT, 4))


def test_customers_with_orders() -> None:
    draft = guess([ORDERS, CUSTOMERS])
    assert (draft.entity.name, draft.entity.key, draft.entity.from_relation) == ("customer", "customer_id", None)
    assert draft.entity.source is not None
    assert draft.entity.source.path == "data/customers.csv"
    (orders,) = draft.relations
    assert (orders.name, orders.entity, orders.key, orders.time) == ("orders", "customer", "customer_id", "ordered_at")
    assert [column.name for column in orders.columns] == ["order_id", "customer_id", "product_id", "ordered_at"]


def test_orders_alone_make_customers() -> None:
    draft = guess([ORDERS])
    assert (draft.entity.name, draft.entity.key, draft.entity.from_relation) == ("customer", "customer_id", "orders")
    assert draft.entity.source is None


def test_customers_alone() -> None:
    draft = guess([CUSTOMERS])
    assert (draft.entity.key, draft.relations) == ("customer_id", ())


def test_what_orders_refer_to_is_a_lookup() -> None:
    draft = guess([CUSTOMERS, ORDERS, PRODUCTS])
    (lookup,) = draft.relations[0].lookups
    assert (lookup.name, lookup.on) == ("product", (("product_id", "product_id"),))


def test_a_second_file_with_a_row_for_each_customer_is_a_lookup_of_the_customer() -> None:
    extra = file("data/demographics.csv", 40, Customer_ID=(INTEGER, 40), income=(TEXT, 5))
    (lookup,) = guess([CUSTOMERS, extra]).entity.lookups
    assert (lookup.name, lookup.on) == ("demographics", (("customer_id", "Customer_ID"),))


def test_a_file_that_lacks_customers_is_not_the_list_of_them() -> None:
    few = file("data/demographics.csv", 40, customer_id=(INTEGER, 40), income=(TEXT, 5))
    draft = guess([few, ORDERS])
    assert draft.entity.from_relation == "orders"
    assert [lookup.name for lookup in draft.entity.lookups] == ["demographics"]


def test_a_key_of_another_type_is_another_key() -> None:
    odd = file("data/visits.csv", 500, customer_id=(TEXT, 90), day=(DATE, 30))
    draft = guess([CUSTOMERS, ORDERS, odd])
    assert [relation.name for relation in draft.relations] == ["orders"]
    assert "`data/visits.csv` is left out: its `customer_id` is not integer, as elsewhere" in draft.notes


def test_a_file_without_a_shared_key_is_left_out_and_named() -> None:
    other = file("data/weather.csv", 10, day=(DATE, 10), rain=(INTEGER, 3))
    assert "`data/weather.csv` is left out: it shares no key with the others" in guess([CUSTOMERS, other]).notes


def test_a_key_with_gaps_is_not_a_key() -> None:
    gaps = file("people.csv", 100, customer_id=(INTEGER, 99, 99), name=(TEXT, 90))
    assert guess([gaps]).entity.from_relation == "people"


def test_the_time_is_when_something_happened() -> None:
    orders = file(
        "o.csv", 50, user_id=(INTEGER, 9), updated_at=(TIMESTAMP, 50), birth=(DATE, 9), placed=(TIMESTAMP, 50)
    )
    assert guess([orders]).relations[0].time == "placed"


def test_questions_are_asked_only_in_doubt_and_answers_count() -> None:
    asked = []

    def ask(question: str, choices: Sequence[str], taken: str) -> str:
        asked.append((question, list(choices), taken))
        return choices[-1]

    orders = file("o.csv", 50, user_id=(INTEGER, 9), placed_at=(TIMESTAMP, 50), paid_at=(TIMESTAMP, 40, 40))
    draft = guess([orders], ask)
    assert asked[-1] == (
        "Which column of o.csv says when a row happened?",
        ["placed_at", "paid_at", "none of them"],
        "placed_at",
    )
    assert draft.relations[0].time is None
    asked.clear()
    guess([file("o.csv", 50, user_id=(INTEGER, 9), placed_at=(TIMESTAMP, 50))], ask)
    assert asked == []


@pytest.mark.parametrize(
    ("key", "path", "name"),
    [
        ("customer_id", "x.csv", "customer"),
        ("CustomerID", "x.csv", "customer"),
        ("id", "data/companies.csv", "company"),
        ("user", "x.csv", "user"),
        ("ลูกค้า", "x.csv", "ลูกค้า"),
        ("email", "data/members.csv", "member"),
    ],
)
def test_entities_are_named_after_their_key(key: str, path: str, name: str) -> None:
    assert guess([file(path, 10, **{key: (TEXT, 10)})]).entity.name == name


def test_names_are_fit_for_rules() -> None:
    assert identifier("my orders (2024)") == "my_orders_2024"
    assert identifier("2024") == "rows_2024"
    assert identifier("ที่อยู่") == "ที่อยู่"
    assert identifier("***") == "rows"
    assert singular("boss") == "boss"
    assert singular("companies") == "company"
