"""The project that `init` writes where it is given no data: a small shop with data of its own."""

from __future__ import annotations

_PROJECT = """\
segrules: 1
name: shop
# The last day of the data. Without this line, rules are read as of today.
as_of: 2026-01-31
entities:
  customer:
    source: data/customers.csv
    key: customer_id
    columns:
      customer_id: integer
      name: text
      country: text
      joined_on: date
relations:
  orders:
    source: data/orders.csv
    key: customer_id
    time: ordered_on
    columns:
      order_id: integer
      customer_id: integer
      ordered_on: date
      amount: decimal(12,2)
"""

_SEGMENTS = """\
# Named values of each customer, used in rules like columns.
traits:
  recency_days: days_since(max(orders.ordered_on))
  orders: count(orders)
  spend: sum(orders.amount)
segments:
  vip: recency_days < 30 and orders >= 3
  lapsed: recency_days >= 180 and orders >= 2
  never: orders == 0
  thai_regulars:
    description: Lives in Thailand and bought at least twice.
    when: country == 'TH' and orders >= 2
    examples:
      in: [{country: TH, orders: 2}]
      out: [{country: TH, orders: 1}, {country: TW, orders: 2}]
segmentations:
  lifecycle:
    hit: first
    stages:
      lead: orders == 0
      new: orders == 1 and recency_days <= 30
      lapsed: recency_days > 180
    otherwise: active
"""

_TESTS = """\
as_of: 2026-01-31
cases:
  - name: three orders, the last of them yesterday, make a vip
    given:
      customer: [{customer_id: 1}, {customer_id: 2}]
      orders:
        - {customer_id: 1, ordered_on: 2025-03-01, amount: 10}
        - {customer_id: 1, ordered_on: 2025-09-01, amount: 10}
        - {customer_id: 1, ordered_on: 2026-01-30, amount: 10}
    expect:
      vip: [1]
      never: [2]
      lifecycle: {1: active, 2: lead}
      spend: {1: 30, 2: 0}
"""

_CUSTOMERS = """\
customer_id,name,country,joined_on
1,Somchai,TH,2024-11-02
2,Mei-Ling,TW,2025-02-14
3,Natalia,RU,2025-05-20
4,Noam,IL,2025-12-24
5,Grace,US,2024-08-08
6,Malee,TH,2026-01-15
7,,TH,2025-10-01
8,Wei,TW,
"""

_ORDERS = """\
order_id,customer_id,ordered_on,amount
101,1,2025-11-20,39.90
102,1,2025-12-24,120.00
103,1,2026-01-28,15.50
104,2,2025-03-01,80.00
105,2,2025-06-11,64.00
106,3,2025-05-21,12.00
107,5,2026-01-05,250.00
108,5,2026-01-12,99.00
109,5,2026-01-29,31.25
110,6,2026-01-20,18.00
111,7,2025-10-02,45.00
112,7,2025-12-31,45.00
113,7,2026-01-31,45.00
"""

FILES = {
    "segrules.yml": _PROJECT,
    "segments/shop.yml": _SEGMENTS,
    "tests/shop.yml": _TESTS,
    "data/customers.csv": _CUSTOMERS,
    "data/orders.csv": _ORDERS,
}
"""The files of the example by their paths in its folder."""
