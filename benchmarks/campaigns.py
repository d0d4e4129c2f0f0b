"""Segments as a marketing team writes them, for proofs: thresholds, lists, windows of counts, prefixes, missing values.

Each is of two to four clauses. Thresholds come from few round numbers, so that segments contain each other, overlap
and exclude each other, as segments of one team do.
"""

from __future__ import annotations

from random import Random

DAYS = (7, 30, 60, 90, 180, 365)
COUNTRIES = ("TH", "TW", "VN", "RU", "IL", "US")
DECLARED = f"""\
segrules: 1
name: campaigns
as_of: 2026-01-31
timezone: Asia/Bangkok
entities:
  customer:
    source: customers.parquet
    key: customer_id
    columns:
      customer_id: {{type: integer, missing: never}}
      age: {{type: integer, min: 0, max: 120}}
      country: {{type: text, values: [{", ".join(COUNTRIES)}]}}
      email: text
      phone: text
      joined_on: {{type: date, missing: never}}
      tags: list of text
      newsletter: {{type: boolean, missing: never}}
relations:
  orders:
    source: orders.parquet
    key: customer_id
    time: ordered_at
    columns:
      customer_id: {{type: integer, missing: never}}
      ordered_at: {{type: timestamp, missing: never}}
      amount: {{type: 'decimal(12,2)', min: 0, missing: never}}
      channel: {{type: text, values: [web, app, shop]}}
"""
TRAITS = """\
traits:
  orders: count(orders)
  spend: sum(orders.amount)
  recency_days: days_since(max(orders.ordered_at))
  tenure_days: days_since(joined_on)
"""


def campaigns(count: int, seed: int = 6) -> str:
    """A file of rules with so many segments, all different, none of which contradicts itself."""
    random = Random(seed)
    rules: dict[str, None] = {}
    while len(rules) < count:
        rules[_rule(random)] = None
    lines = (f"  campaign_{number}: >-\n    {rule}\n" for number, rule in enumerate(rules))
    return TRAITS + "segments:\n" + "".join(lines)


def _rule(random: Random) -> str:
    """What a customer is and has done, or has not done; now and then one of two things is enough."""
    about = [_about(subject, random) for subject in random.sample(SUBJECTS, random.randint(1, 2))]
    done = [_done(random) for _ in range(random.randint(1, 2))] if random.random() < 0.7 else [_not_done(random)]
    clauses = [*about, *dict.fromkeys(done)]
    if len(clauses) > 2 and random.random() < 0.3:
        return " and ".join([f"({clauses[0]} or {clauses[1]})", *clauses[2:]])
    return " and ".join(clauses)


SUBJECTS = ("age", "country", "email", "phone", "tenure", "tags", "newsletter")


def _about(subject: str, random: Random) -> str:
    one, two = sorted(random.sample(COUNTRIES, 2))
    forms = {
        "age": (f"age {random.choice(('<', '>='))} {random.choice((18, 25, 35, 45, 65))}", "age is known"),
        "country": (f"country in ['{one}', '{two}']", f"country == '{one}'", f"country != '{two}'"),
        "email": (f"email ends with '{random.choice(('@gmail.com', '.ru', '@example.com'))}'", "email is known"),
        "phone": (f"phone starts with '{random.choice(('+66', '+886', '+84', '+7'))}'", "phone is missing"),
        "tenure": (f"tenure_days {random.choice(('<', '>='))} {random.choice(DAYS)}",),
        "tags": (f"{random.choice(('', 'not '))}tags contains '{random.choice(('vip', 'press', 'trade'))}'",),
        "newsletter": ("newsletter", "not newsletter"),
    }
    return random.choice(forms[subject])


def _done(random: Random) -> str:
    days = random.choice(DAYS)
    forms = (
        f"spend >= {random.choice((50, 100, 500, 1000))}",
        f"orders >= {random.choice((1, 2, 5, 10))}",
        f"recency_days < {days}",
        f"count(orders in last {days} days) >= {random.choice((1, 2, 3, 5))}",
        f"sum(orders.amount in last {days} days) >= {random.choice((50, 100, 500))}",
        f"any(orders where channel == '{random.choice(('web', 'app', 'shop'))}')",
    )
    return random.choice(forms)


def _not_done(random: Random) -> str:
    days = random.choice(DAYS)
    forms = (
        f"spend < {random.choice((50, 100, 500, 1000))}",
        f"orders == {random.choice((0, 1, 2))}",
        f"recency_days >= {days}",
        f"none(orders in last {days} days)",
        f"none(orders where channel == '{random.choice(('web', 'app', 'shop'))}')",
    )
    return random.choice(forms)
