"""A small shop in two versions, for tests of what is between them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from segrules.workflows.reviewing.change import Change
from segrules.workflows.reviewing.diff import Difference, diff
from segrules.workflows.running import Refusal

PROJECT = """\
segrules: 1
name: shop
as_of: 2026-01-31
entities:
  customer:
    source: data/customers.csv
    key: customer_id
    columns: {customer_id: integer, country: text, age: integer, company_id: integer}
    lookups:
      company: {entity: company, on: company_id}
      home: {source: data/homes.csv, on: customer_id, columns: {customer_id: integer, rooms: integer}}
  company:
    source: data/companies.csv
    key: company_id
    columns: {company_id: integer, kind: text}
relations:
  orders:
    of: customer
    source: data/orders.csv
    key: customer_id
    time: at
    columns: {customer_id: integer, at: date, amount: 'decimal(10,2)', channel: text}
  web_orders: {from: orders, where: channel == 'web', columns: {net: amount * 2}}
"""
RULES = """\
entity: customer
params: {least: 2, places: [TH, TW]}
traits:
  orders: count(orders)
  spend: sum(orders.amount)
  web: count(web_orders)
segments:
  regular: orders >= params.least
  spender:
    label: {en: Spender, th: นักช้อป}
    when: spend >= 50 and country in params.places
    owner: a@example.com
  loyal: segments.regular and spend > 10
  web_fan: web >= 1
  corporate: company.segments.large
  roomy: home.rooms >= 4
  grown: age >= 18
segmentations:
  stage:
    stages: {none: orders == 0, new: orders == 1, old: orders >= 2}
"""
COMPANIES = """\
entity: company
segments: {large: kind == 'large'}
"""
DATA = {
    "data/customers.csv": "customer_id,country,age,company_id\n1,TH,20,1\n2,TW,17,1\n3,US,40,2\n4,TH,,\n5,,60,2\n",
    "data/companies.csv": "company_id,kind\n1,large\n2,small\n",
    "data/homes.csv": "customer_id,rooms\n1,4\n2,3\n3,9\n",
    "data/orders.csv": "customer_id,at,amount,channel\n"
    "1,2026-01-01,30,web\n1,2026-01-02,30,shop\n2,2026-01-03,60,shop\n3,2025-01-01,5,web\n5,2026-01-05,99,web\n",
}
FILES = {"segrules.yml": PROJECT, "segments/rules.yml": RULES, "segments/companies.yml": COMPANIES, **DATA}


def write(folder: Path, files: Mapping[str, str] = FILES) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


def git(folder: Path, *words: str) -> str:
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com"}
    who |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com"}
    done = subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, env={**os.environ, **who})
    return done.stdout.decode()


def between(tmp_path: Path, *edits: tuple[str, str], **options: bool) -> Difference:
    """What changes when texts of the shop's files are replaced by others."""
    old, new = write(tmp_path / "old"), write(tmp_path / "new")
    for before, after in edits:
        paths = [path for path in FILES if before in (new / path).read_text("utf-8")]
        assert paths, f"nothing to replace: {before}"
        for path in paths:
            (new / path).write_text((new / path).read_text("utf-8").replace(before, after), "utf-8")
    found = diff(new, str(old), **options)  # type: ignore[arg-type]
    assert not isinstance(found, Refusal), [finding.message for finding in found.findings]
    return found


def verdicts(found: Difference) -> dict[str, str]:
    """By name what became of each changed thing."""
    return {change.thing.name: change.verdict for change in found.comparison.changes}


def change_of(found: Difference, name: str) -> Change:
    return next(change for change in found.comparison.changes if change.thing.name == name)


def moves(found: Difference) -> dict[str, tuple[int | None, int | None, int, int]]:
    """By name of a segment or stage: before, after, how many enter and leave."""
    return {
        thing.name: (change.before, change.after, change.entered, change.left)
        for item in found.counted.values()
        for thing, change in item.members.items()
    }
