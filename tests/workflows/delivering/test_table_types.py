"""Columns of PostgreSQL that are there already: types that hold the values unchanged, and those that would round."""

from __future__ import annotations

import pytest
from delivering_shop import PROJECT, RULES, Server, Shop


def test_lists_and_times_fit_columns_that_hold_them(shop: Shop, server: Server) -> None:
    columns = "customer_id: integer, sizes: list of integer, paid: 'list of decimal(9,2)', at: timestamp"
    project = PROJECT.replace("customer_id: integer, country: text, spend: integer", columns)
    rules = "segments: {all: customer_id > 0}\ncarry: [sizes, paid, at]\n"
    shop.write(**{"segrules.yml": project.replace(".csv", ".json"), "segments/rules.yml": rules})
    row = '{"customer_id": 1, "sizes": [1, null], "paid": ["1.25"], "at": "2026-01-01 10:00:00.000001"}\n'
    shop.write(**{"customers.json": row})
    server.execute(
        "CREATE TABLE $own (customer_id numeric(9), sizes integer[], paid numeric(12,4)[], at timestamp(6),"
        " segment varchar(9), as_of date)"
    )
    shop.delivered(server.url("own"))
    assert server.rows("own", "customer_id", "sizes", "paid::text", "at::text") == [
        (1, [1, None], "{1.2500}", "2026-01-01 10:00:00.000001")
    ]


@pytest.mark.usefixtures("nothing_is_counted")
def test_a_decimal_is_not_cut(shop: Shop, server: Server) -> None:
    shop.write(
        **{
            "segrules.yml": PROJECT.replace("spend: integer", "spend: 'decimal(12,4)'"),
            "segments/rules.yml": RULES.replace("[country]", "[spend]"),
        }
    )
    server.execute("CREATE TABLE $members (customer_id bigint, spend numeric(12,2), segment text, as_of date)")
    said = shop.refused(server.url("members"))
    assert "is numeric(12,2), and decimal(12, 4) is written into it" in said


@pytest.mark.usefixtures("nothing_is_counted")
@pytest.mark.parametrize(
    ("type", "stored", "made"),
    [
        ("timestamp", "timestamp(0) without time zone", "timestamp"),
        ("timestamp", "timestamp(3) without time zone", "timestamp"),
        ("list of decimal(12,4)", "numeric(12,2)[]", "decimal(12, 4)[]"),
        ("list of timestamp", "timestamp(3) without time zone[]", "timestamp[]"),
        ("list of text", "text", "text[]"),
        ("text", "text[]", "text"),
    ],
)
def test_a_value_is_not_rounded(shop: Shop, server: Server, type: str, stored: str, made: str) -> None:
    columns = f"customer_id: integer, country: text, spend: '{type}'"
    project = PROJECT.replace("customer_id: integer, country: text, spend: integer", columns)
    rules = "segments: {thai: country == 'TH'}\ncarry: [spend]\n"
    shop.write(**{"segrules.yml": project.replace(".csv", ".json"), "segments/rules.yml": rules})
    shop.write(**{"customers.json": '{"customer_id": 1, "country": "TH", "spend": null}\n'})
    server.execute(f"CREATE TABLE $members (customer_id bigint, spend {stored}, segment text, as_of date)")
    assert f"is {stored}, and {made} is written into it" in shop.refused(server.url("members"))


@pytest.mark.usefixtures("nothing_is_counted")
def test_an_as_of_is_not_rounded(shop: Shop, server: Server) -> None:
    server.execute("CREATE TABLE $members (customer_id bigint, country text, segment text, as_of timestamptz(0))")
    said = shop.refused(server.url("members"), "append", as_of="2026-01-31T10:00:00.6")
    assert "is timestamp(0) with time zone, and timestamptz is written into it" in said
