"""Four Fridays of one team: what the pages say, whether the inbox is kept or emptied. docs/domain.md 3.9."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from salesxl import friday, settings
from salesxl.workspace import folder as team_folder
from tests.sheets import WORDS, archive, handover, weekly

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

NAMES = (
    "苏州云帆科技有限公司",
    "无锡长风物流有限公司",
    "常州博远电气有限公司",
    "南通海润食品有限公司",
    "泰州锦绣纺织有限公司",
)
DAY = dt.datetime


def one(at: int, amount: float, **more: Any) -> dict[str, Any]:
    return {
        **{"customer_name": NAMES[at], "contact": f"1390013900{at}", "contact_name": f"{'王李张赵周'[at]}总"},
        **{"customer_no": None, "expected_amount": amount, "first_contact": DAY(2026, 10, 1 + at)},
        **more,
    }


WON = {
    **{"stage": "成交签约", "status": "成交", "contract_no": "HT1", "contract_amount": 450000},
    **{"contract_end": DAY(2027, 11, 18), "expected_close": DAY(2026, 11, 18)},
}
LOST = {"stage": "线索终止", "status": "流失", "loss_reason": "价格过高"}


def fill(box: Path, number: int) -> None:
    """Put what the two reps hand in for a week into the inbox."""
    filled = dt.date(2026, 11, 6) + dt.timedelta(days=7 * number)
    weeks = {
        1: {
            "张三": [one(0, 280000), one(1, 900000), one(2, 450000), one(3, 120000)],
            "李四": [one(0, 260000)],
        },
        2: {
            "张三": [
                one(0, 320000, stage="方案呈现"),
                one(2, 450000, **WON),
                one(3, 120000, **LOST),
                one(4, 50000),
            ],
        },
        3: {},
        4: {},
    }
    for rep, rows in weeks[number].items():
        archive(box / f"{rep}_档案{number}.xlsx", rows, rep=rep, filled_on=filled)
    if number != 3:
        start = DAY(2026, 11, 2) + dt.timedelta(days=7 * number)
        dates = {"week_start": start, "week_end": start + dt.timedelta(days=6)}
        weekly(box / f"张三_周报{number}.xlsx", rep="张三", completed_amount=1000.1 * number, **dates)
    else:
        day = DAY(2026, 11, 25)
        signed = {f"{name}_signed_on": day for name in ("from", "to", "manager")}
        people = {"from_rep": "张三", "to_rep": "李四", "date": day}
        handover(box / "交接.xlsx", [{"customer_name": NAMES[4]}], [], **people, **signed)


def played(root: Path, *, emptied: bool) -> list[dict[str, Any]]:
    folder = team_folder.TeamFolder(root, WORDS)
    team_folder.lay_out(folder, settings.default_rulebook(), [])
    found = []
    for number in (1, 2, 3, 4):
        fill(folder.inbox, number)
        monday = dt.date(2026, 11, 2) + dt.timedelta(days=7 * number)
        found.append(friday.run(folder, friday.Week(monday, monday + dt.timedelta(days=4))).figures)
        if emptied:
            for path in folder.inbox.glob("*.xlsx"):
                path.unlink()
    return found


@pytest.fixture(scope="module")
def weeks(tmp_path_factory) -> dict[bool, list[dict[str, Any]]]:
    root = tmp_path_factory.mktemp("teams")
    return {emptied: played(root / f"团队{emptied}", emptied=emptied) for emptied in (False, True)}


@pytest.mark.parametrize("emptied", [False, True])
def test_the_bridge_tells_the_second_week(weeks, emptied):
    first, second = weeks[emptied][:2]
    assert first["changes"]["none"]
    amounts = {bar["key"]: bar["amount"] for bar in second["changes"]["bridge"]["bars"] if bar["count"]}
    assert amounts == {"won": -450_000, "lost": -120_000, "new": 50_000, "up": 40_000}
    assert second["changes"]["bridge"]["start"]["amount"] == first["stages"]["open_amount"] == 1_750_000
    assert second["changes"]["bridge"]["end"]["amount"] == second["stages"]["open_amount"] == 1_270_000
    told = {row["key"]: [r["customer_name"] for r in row["rows"]] for row in second["changes"]["lists"]}
    assert told == {
        **{"vanished": [NAMES[1]], "won": [NAMES[2]], "lost": [NAMES[3]], "new": [NAMES[4]]},
        **{"forward": [NAMES[0]], "up": [NAMES[0]]},
    }


@pytest.mark.parametrize("emptied", [False, True])
def test_900000_that_vanished_are_a_task_and_every_report_counts(weeks, emptied):
    second = weeks[emptied][1]
    (task,) = [item for item in second["today"] if item["kind"] == "vanished"]
    assert NAMES[1] in task["text"]
    assert second["weeks"]["all"]["signed"]["month"] == 3000.3
    assert second["attainment"]["all"]["completed"] == 3000.3
    assert [item["state"] for item in second["last_today"]].count("done") >= 1


@pytest.mark.parametrize("emptied", [False, True])
def test_a_handover_is_told_in_its_week_only(weeks, emptied):
    third, fourth = weeks[emptied][2:]
    assert [(r["key"], [(x["was"], x["now"]) for x in r["rows"]]) for r in third["changes"]["lists"]] == [
        ("vanished", [("需求确认", "第47周起不在档案里（1 份）")]),
        ("handed_over", [("张三", "李四")]),
    ]
    assert [row["customer_name"] for row in third["conflicts"]["moved"]] == [NAMES[4]]
    assert [r["key"] for r in fourth["changes"]["lists"]] == ["vanished"]
    assert fourth["conflicts"]["moved"] == []
    assert "没有变动" in fourth["changes"]["line"]


def test_the_inbox_may_be_kept_or_emptied(weeks):
    for kept, emptied in zip(weeks[False], weeks[True], strict=True):
        for name in ("changes", "weeks", "stages", "grades", "losses", "headline", "last_today"):
            assert kept[name] == emptied[name], name
