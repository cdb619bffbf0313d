"""A customer who buys again begins a new round. docs/domain.md 4.2."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from salesxl.summary.figures.stage_time import in_stage, stays
from tests.fridays import Fridays
from tests.sheets import RULES
from tests.test_absence import NAMES, listed

NAME = NAMES[0]
WON: dict[str, Any] = {
    "status": "成交", "stage": "成交签约", "contract_no": "HT-1", "contract_amount": 90_000,
    "contract_end": dt.datetime(2027, 10, 31), "signed_on": dt.datetime(2026, 10, 30),
}  # fmt: skip
AGAIN = {"status": "意向", "stage": "需求确认", "expected_amount": 250_000}


def played(home: Path) -> Fridays:
    """Return a team after a customer was seen, lost or won, and open again in week 47 and 49."""
    team = Fridays(home)
    team.run(44, listed(NAME, NAMES[1]))
    team.run(45, listed(NAME, NAMES[1], **{NAME: WON}))
    team.run(47, listed(NAME, NAMES[1], **{NAME: AGAIN}))
    team.run(49, listed(NAME, NAMES[1], **{NAME: AGAIN}))
    return team


def test_from_won_to_open_is_a_new_round_with_its_own_stay_and_amount(tmp_path):
    team = played(tmp_path)
    row = team.customer(NAME)
    assert (row["round"], row["expected_amount"]) == (2, 250_000)
    stay = in_stage(team.team, RULES).iloc[0]
    assert (stay["since"].date(), stay["days"], stay["exact"]) == (dt.date(2026, 11, 16), 18, True)
    assert team.customer(NAMES[1])["round"] == 1
    found = stays(team.team, RULES)
    first = found[found["over"].astype(bool)]
    assert first[["stage", "days"]].to_numpy().tolist() == [["需求确认", 7]]  # of the first round, W44 to W45


def test_a_new_round_in_the_same_stage_does_not_go_on_with_the_old_stay(tmp_path):
    team = Fridays(tmp_path)
    team.run(44, listed(NAME, NAMES[1]))
    team.run(45, listed(NAME, NAMES[1], **{NAME: {"status": "流失", "loss_reason": "价格过高"}}))
    team.run(47, listed(NAME, NAMES[1]))
    assert team.customer(NAME)["round"] == 2
    assert in_stage(team.team, RULES).iloc[0]["since"].date() == dt.date(2026, 11, 16)


def test_earlier_wins_stay_in_the_deals(tmp_path):
    team = played(tmp_path)
    deals = team.team.tables["deal"]
    columns = ["customer_name", "rep", "round", "amount"]
    assert deals[columns].to_numpy().tolist() == [[NAME, "张三", 1, 90_000]]
    second = {**WON, "contract_no": "HT-2", "contract_amount": 240_000, "signed_on": dt.datetime(2026, 12, 8)}
    team.run(50, listed(NAME, NAMES[1], **{NAME: second}))
    assert team.team.tables["deal"][columns].to_numpy().tolist() == [
        [NAME, "张三", 1, 90_000],
        [NAME, "张三", 2, 240_000],
    ]
