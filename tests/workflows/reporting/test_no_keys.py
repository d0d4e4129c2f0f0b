"""What a report shows of single rows, and of findings about them, tells nobody's key unless keys are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from segrules.diagnostics import Diagnostic
from segrules.report.dashboard.page import report_page
from segrules.workflows.reporting.data import Report
from segrules.workflows.reporting.gather import report
from segrules.workflows.running import Refusal

YML = """\
segrules: 1
name: ร้าน
as_of: 2026-01-31
entities:
  user:
    source: users.csv
    key: uid
    columns: {uid: text, referred_by: text, firm: text, city: text}
    lookups:
      referrer: {entity: user, on: {referred_by: uid}}
      employer: {entity: firm, on: {firm: code}}
      home: {source: homes.csv, on: {uid: owner}, columns: {owner: text, rooms: integer}}
  firm: {source: firms.csv, key: code, columns: {code: text, country: text}}
relations:
  orders:
    of: user
    source: orders.csv
    key: uid
    time: at
    columns: {uid: text, at: date, amount: integer, via: text, seller: text}
    lookups: {agent: {entity: user, on: {via: uid}}}
  by_buyer:
    from: orders
    columns: {buyer: upper(uid), double: amount * 2}
  sales: {of: firm, source: orders.csv, key: seller, columns: {seller: text, amount: integer}}
"""
RULES = """\
entity: user
traits:
  short: lower(uid)
  shorter: lower(short)
  bought: sum(orders.amount)
segments:
"""
USERS = "uid,referred_by,firm,city\n" + "".join(f"C-00{n},C-00{n % 4 + 1},F-{n},Москва\n" for n in range(1, 5))
ORDERS = "uid,at,amount,via,seller\n" + "".join(f"C-00{n},2026-01-0{n},{n},C-00{n},F-{n}\n" for n in range(1, 5))


def _project(folder: Path, rules: str) -> Path:
    (folder / "segments").mkdir()
    (folder / "segrules.yml").write_text(YML, "utf-8")
    (folder / "segments" / "users.yml").write_text(RULES + rules, "utf-8")
    (folder / "users.csv").write_text(USERS, "utf-8")
    (folder / "firms.csv").write_text("code,country\nF-1,TH\nF-2,TH\nF-3,FI\nF-4,FI\n", "utf-8")
    (folder / "homes.csv").write_text("owner,rooms\nC-001,1\nC-002,2\nC-003,3\nC-004,4\n", "utf-8")
    (folder / "orders.csv").write_text(ORDERS, "utf-8")
    return folder


def _found(folder: Path, rules: str) -> Report:
    found = report(_project(folder, rules))
    assert isinstance(found, Report), found.findings
    return found


TELLING = {
    "trait": "short != 'q'",
    "trait_of_trait": "shorter != 'q'",
    "own": "uid != 'q'",
    "relation": "last(orders.uid) != 'q'",
    "joins": "referred_by != 'q'",
    "joins_elsewhere": "firm != 'q'",
    "of_another": "employer.code != 'q'",
    "trait_of_another": "referrer.short != 'q'",
    "looked_up": "home.owner != 'q'",
    "derived": "last(by_buyer.buyer) != 'q'",
    "relation_joins": "last(orders.via) != 'q'",
    "same_rows": "last(orders.seller) != 'q'",
    "agent": "first(orders.agent.uid) != 'q'",
}


def test_samples_show_no_value_that_tells_a_key(tmp_path: Path) -> None:
    kept = {
        "home_rooms": ("home.rooms >= 1", "home.rooms"),
        "country": ("employer.country != 'q'", "employer.country"),
        "city": ("city != 'q'", "city"),
        "derived_sum": ("sum(by_buyer.double) > 0", "sum(by_buyer.double)"),
    }
    rules = {**TELLING, **{name: rule for name, (rule, _) in kept.items()}}
    found = _found(tmp_path, "".join(f'  {name}: "{rule}"\n' for name, rule in rules.items()))
    own = {item.name: item for item in found.entities[0].segments}
    assert {item.members for item in own.values()} == {4}
    for name in TELLING:
        assert set().union(*own[name].sample) <= {"bought"}, name
    for name, (_, shown) in kept.items():
        assert set().union(*own[name].sample) == {shown}, name


def test_values_that_set_members_apart_tell_no_key(tmp_path: Path) -> None:
    (tmp_path / "segments").mkdir()
    declared = "entities: {user: {source: users.csv, key: uid, columns: {uid: integer, age: integer}}}\n"
    rules = "traits: {twice: uid * 2, more: twice + 1, older: age + 1}\nsegments: {old: age > 30}\n"
    (tmp_path / "segrules.yml").write_text(f"segrules: 1\nas_of: 2026-01-31\n{declared}", "utf-8")
    (tmp_path / "segments" / "users.yml").write_text(rules, "utf-8")
    (tmp_path / "users.csv").write_text("uid,age\n5001,20\n5002,30\n5003,40\n", "utf-8")
    found = report(tmp_path)
    assert isinstance(found, Report)
    (old,) = found.entities[0].segments
    assert {one.name for one in old.profile} == {"age", "older"}


def test_help_of_findings_names_no_stored_value(tmp_path: Path) -> None:
    root = _project(tmp_path, "  one: uid == 'C-0O1'\n")
    shown, hidden = report(root, has_keys=True), report(root)
    assert "did you mean 'C-001'?" in {finding.help for finding in shown.findings}
    (never,) = (finding for finding in hidden.findings if finding.code == "constant-never-occurs")
    assert never.message == "`user.uid` is never 'C-0O1' in the data"
    assert never.help is None
    assert "C-001" not in repr(hidden)


def test_ties_of_a_group_do_not_name_it(tmp_path: Path) -> None:
    root = _project(tmp_path, "  best: in_top(1, length(city) by referred_by)\n")
    ties = [f"C-00{n},C-00{3 if n < 7 else 4},F-1,x\n" for n in range(1, 10)]
    (root / "users.csv").write_text("uid,referred_by,firm,city\n" + "".join(ties), "utf-8")
    told = {}
    for has_keys in (True, False):
        found = report(root, has_keys=has_keys)
        told[has_keys] = next(one.message for one in found.findings if one.code == "many-ties")
    assert " takes in 6 user rows of `C-003` (and so in 1 more group); 1 was asked for, " in told[True]
    assert told[False] == told[True].replace("of `C-003`", "of one group")


def test_the_page_says_that_keys_in_rules_are_shown(tmp_path: Path) -> None:
    page = report_page(_found(tmp_path, "  chosen: uid in ['C-003']\n"))
    assert "C-003" in page
    assert "C-001" not in page
    assert "It holds no customer's key but those that rules themselves name.</footer>" in page


@pytest.mark.parametrize(("has_keys", "ending"), [(False, "once"), (True, "once, such as `C-001`")])
def test_refused_data_shows_no_keys(tmp_path: Path, has_keys: bool, ending: str) -> None:
    root = _project(tmp_path, "  all_of: uid is known\n")
    (root / "users.csv").write_text(USERS + "C-001,C-002,F-1,x\n", "utf-8")
    refused = report(root, has_keys=has_keys)
    assert isinstance(refused, Refusal)
    told: list[Diagnostic] = [finding for finding in refused.findings if finding.code == "duplicate-entity-key"]
    assert [finding.message for finding in told] == [f"1 key of `user` stands more than {ending}"]
