"""Files handed in again once mended: the later one stands, whatever it is called."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from salesxl import intake, validate
from salesxl.files.naming import natural
from salesxl.model import Checked, Submission
from salesxl.rules.age import ages_of
from salesxl.workspace import returns
from salesxl.xlsx.marks import MARK_SHEET_PROPERTY
from tests.sheets import AS_OF, RULES, WORDS, archive, check, handover, record, weekly

ONE, TWO = {}, {"customer_name": "丙丁贸易有限公司", "customer_no": "CRM202610002"}
TALK = dt.datetime(2026, 11, 17, 10)


def at(path: Path, stamp: str | None) -> Path:
    """Say in the workbook itself when it was last saved; None takes the part out that says so."""
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                if stamp is None:
                    continue
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp.encode(), data)
            new.writestr(name, data)
    path.write_bytes(packed.getvalue())
    return path


def marked(path: Path) -> Path:
    """Put the toolkit's list of findings into a workbook, as returned copies have it."""
    book = load_workbook(path)
    book.create_sheet("需要修改")["A1"] = MARK_SHEET_PROPERTY
    book.save(path)
    return path


def standing(checked: Checked) -> list[str]:
    """Return the files whose forms count, with any of their rows."""
    here = {int(n) for f in checked.frames.values() for n in f.loc[~f["superseded"], "submission"]}
    return sorted(s.file for n, s in enumerate(checked.submissions) if n in here)


OLD, NEW = "2026-11-20T01:00:00Z", "2026-11-20T09:30:00Z"


@pytest.mark.parametrize("name", ["刘勇（改）.xlsx", "修改后_刘勇.xlsx", "a/刘勇.xlsx"])
def test_a_mended_file_stands_whatever_it_is_called(tmp_path, name):
    (tmp_path / "a").mkdir()
    at(archive(tmp_path / "刘勇.xlsx", [ONE, {"contact": None}]), OLD)
    at(archive(tmp_path / name, [ONE]), NEW)
    assert standing(check(tmp_path)) == [name]


def test_the_stamp_counts_in_utc_whatever_zone_it_is_written_in(tmp_path):
    at(archive(tmp_path / "a.xlsx", [ONE]), "2026-11-20T08:00:00+08:00")
    at(archive(tmp_path / "b.xlsx", [{"notes": 1}]), "2026-11-19T23:59:59Z")
    assert standing(check(tmp_path)) == ["a.xlsx"]


@pytest.mark.parametrize("stamps", [(OLD, OLD), ("", "not a day"), (OLD, None), (None, OLD)])
def test_without_two_stamps_that_differ_the_name_decides(tmp_path, stamps):
    at(weekly(tmp_path / "周报.xlsx", deals=1), stamps[0])
    at(weekly(tmp_path / "周报(2).xlsx", deals=2), stamps[1])
    assert standing(check(tmp_path)) == ["周报(2).xlsx"]


def test_a_returned_copy_stands_over_the_original_where_stamps_say_nothing(tmp_path):
    archive(tmp_path / "刘勇_客户档案.xlsx", [ONE, {"contact": None}])
    marked(archive(tmp_path / "一份_刘勇_客户档案.xlsx", [ONE]))
    for path in tmp_path.iterdir():
        at(path, OLD)
    assert standing(check(tmp_path)) == ["一份_刘勇_客户档案.xlsx"]


def test_an_original_mended_after_the_copy_was_marked_stands(tmp_path):
    at(marked(archive(tmp_path / "z.xlsx", [ONE, {"contact": None}])), OLD)
    at(archive(tmp_path / "a.xlsx", [ONE]), NEW)
    assert standing(check(tmp_path)) == ["a.xlsx"]


def test_of_three_generations_the_last_stands_and_the_others_name_it(tmp_path):
    for number, name in enumerate(("周报.xlsx", "周报(2).xlsx", "周报(10).xlsx")):
        weekly(tmp_path / name, deals=number)
    checked = check(tmp_path)
    assert standing(checked) == ["周报(10).xlsx"]
    told = {f.place.file: f.facts["other"] for f in checked.findings if f.code == "superseded"}
    assert told == dict.fromkeys(("周报.xlsx", "周报(2).xlsx"), "周报(10).xlsx › 周报")
    assert checked.frames["weekly_report"]["accepted"].sum() == 1


def test_names_sort_as_people_count():
    names = ["周报.xlsx", "周报(2).xlsx", "周报(10).xlsx", "周报(10)改.xlsx", "组一/周报.xlsx"]
    for seed in range(5):
        shuffled = random.Random(seed).sample(names, len(names))
        assert sorted(shuffled, key=natural) == names


def test_an_archive_replaces_one_whose_customers_it_all_holds(tmp_path):
    archive(tmp_path / "a.xlsx", [ONE])
    archive(tmp_path / "b.xlsx", [ONE, TWO])
    checked = check(tmp_path)
    assert standing(checked) == ["b.xlsx"]
    assert "duplicate" not in {f.code for f in checked.findings}


def test_of_archives_that_only_overlap_both_stand_but_for_the_older_row(tmp_path):
    other = {"customer_name": "戊己科技有限公司", "customer_no": "CRM202610003"}
    archive(tmp_path / "a.xlsx", [ONE, TWO])
    archive(tmp_path / "b.xlsx", [TWO, other])
    checked = check(tmp_path)
    assert standing(checked) == ["a.xlsx", "b.xlsx"]
    assert "duplicate" not in {f.code for f in checked.findings}
    found = [(f.place.file, f.facts["count"]) for f in checked.findings if f.code == "superseded"]
    assert found == [("a.xlsx", 1)]
    rows = checked.frames["customer"]
    assert rows.loc[rows["superseded"], ["submission", "row"]].to_numpy().tolist() == [[0, 5]]


@pytest.mark.parametrize(("stamps", "older"), [((OLD, NEW), "a.xlsx"), ((NEW, OLD), "b.xlsx")])
def test_of_archives_that_overlap_the_row_of_the_later_stamp_stands(tmp_path, stamps, older):
    other = {"customer_name": "戊己科技有限公司", "customer_no": "CRM202610003"}
    at(archive(tmp_path / "a.xlsx", [ONE, TWO]), stamps[0])
    at(archive(tmp_path / "b.xlsx", [TWO, other]), stamps[1])
    checked = check(tmp_path)
    assert [f.place.file for f in checked.findings if f.code == "superseded"] == [older]


def test_another_reps_archive_of_the_same_customers_replaces_nothing(tmp_path):
    archive(tmp_path / "a.xlsx", [ONE])
    archive(tmp_path / "b.xlsx", [ONE], rep="李四")
    assert standing(check(tmp_path)) == ["a.xlsx", "b.xlsx"]


def test_reports_of_two_weeks_both_stand(tmp_path):
    weekly(tmp_path / "a.xlsx")
    weekly(tmp_path / "b.xlsx", week_start=dt.datetime(2026, 11, 9), week_end=dt.datetime(2026, 11, 15))
    assert standing(check(tmp_path)) == ["a.xlsx", "b.xlsx"]


def test_a_mended_record_replaces_the_first_but_last_weeks_record_keeps_its_talks(tmp_path):
    record(
        tmp_path / "r46.xlsx", [{"contact_time": TALK - dt.timedelta(7), "summary": "约定下周看样机，带报价"}]
    )
    record(tmp_path / "r47.xlsx", [{"contact_time": TALK}])
    record(tmp_path / "r47改.xlsx", [{"contact_time": TALK, "method": "邮件"}])
    checked = check(tmp_path)
    assert standing(checked) == ["r46.xlsx", "r47改.xlsx"]
    talks = checked.frames["communication"]
    assert talks.loc[talks["accepted"], "method"].tolist() == ["电话拜访", "邮件"]


def test_a_record_whose_talk_had_an_unreadable_time_is_replaced_by_the_mended_one(tmp_path):
    record(tmp_path / "r.xlsx", [{"contact_time": "昨天"}])
    record(tmp_path / "r(2).xlsx", [{"contact_time": TALK}])
    assert standing(check(tmp_path)) == ["r(2).xlsx"]


def test_a_handover_list_signed_later_replaces_the_unsigned_one(tmp_path):
    handover(tmp_path / "h.xlsx", manager_signature=None, manager_signed_on=None)
    handover(tmp_path / "h(2).xlsx")
    checked = check(tmp_path)
    assert standing(checked) == ["h(2).xlsx"]
    assert "incomplete" not in {f.code for f in checked.findings}


def test_the_same_bytes_twice_are_one_file(tmp_path):
    (tmp_path / "sub").mkdir()
    first = archive(tmp_path / "b.xlsx", [ONE])
    (tmp_path / "sub" / "a.xlsx").write_bytes(first.read_bytes())
    batch = intake.receive([tmp_path], RULES)
    assert list(batch.files) == ["b.xlsx", "sub/a.xlsx"]
    assert [s.file for s in batch.submissions] == ["b.xlsx"]
    assert [(f.code, f.place.file, f.facts["other"]) for f in batch.findings] == [
        ("superseded", "sub/a.xlsx", "b.xlsx")
    ]


def test_an_old_archive_no_longer_says_which_customers_are_open(tmp_path):
    at(archive(tmp_path / "a.xlsx", [ONE]), OLD)
    lost = {"status": "流失", "stage": "线索终止", "expected_close": None, "loss_reason": "价格过高"}
    at(archive(tmp_path / "b.xlsx", [lost]), NEW)
    handover(tmp_path / "h.xlsx", [{"status": "流失", "stage": "线索终止"}], opportunities=[])
    found = [f for f in check(tmp_path).findings if f.code == "incomplete"]
    assert found == []


def test_a_marked_copy_replaces_its_original_whatever_was_mended(tmp_path):
    """The period was wrong: with it mended the report covers another week than before."""
    original = weekly(tmp_path / "周报.xlsx", week_start=dt.date(2026, 11, 23), rep="张伟")
    other = weekly(tmp_path / "别人.xlsx", week_start=dt.date(2026, 11, 23), rep="李娜")
    batch = intake.receive([original, other], RULES)
    returns.mark(tmp_path / "退回", validate.check(batch, RULES, AS_OF), batch.files, WORDS)
    book = load_workbook(tmp_path / "退回" / original.name)
    cell = next(c for row in book["周报"] for c in row if c.value == dt.datetime(2026, 11, 23))
    cell.value = dt.datetime(2026, 11, 16)
    book.save(tmp_path / "改好.xlsx")
    checked = check(original, other, tmp_path / "改好.xlsx")
    assert standing(checked) == ["别人.xlsx", "改好.xlsx"]
    assert [f.place.file for f in checked.findings if f.code == "superseded"] == ["周报.xlsx"]


# ---- stamps that are not believed


@pytest.mark.parametrize(
    ("stamp", "counts", "told"),
    [
        ("2026-12-21T10:00:00Z", "周报.xlsx", []),  # 31 days after the run
        ("2026-12-22T00:00:00Z", "周报(2).xlsx", ["周报.xlsx"]),
        ("2036-11-20T08:00:00Z", "周报(2).xlsx", ["周报.xlsx"]),
    ],
)
def test_a_stamp_of_long_after_the_run_is_not_believed_and_the_name_decides(tmp_path, stamp, counts, told):
    at(weekly(tmp_path / "周报.xlsx", deals=1), stamp)
    at(weekly(tmp_path / "周报(2).xlsx", deals=2), OLD)
    checked = check(tmp_path)
    assert standing(checked) == [counts]
    found = [f for f in checked.findings if f.facts.get("why") == "stamp"]
    assert [(f.place.file, f.severity, f.code) for f in found] == [
        (name, "notice", "future_date") for name in told
    ]
    assert all("{" not in WORDS.message(f) for f in found)


def test_where_all_stamps_are_after_the_run_they_count(tmp_path):
    at(weekly(tmp_path / "周报.xlsx", deals=1), "2036-11-20T08:00:00Z")
    at(weekly(tmp_path / "周报(2).xlsx", deals=2), "2036-11-19T08:00:00Z")
    checked = check(tmp_path)
    assert standing(checked) == ["周报.xlsx"]
    assert "stamp" not in {f.facts.get("why") for f in checked.findings}


def test_a_copy_stamped_before_the_file_it_was_made_from_is_ranked_by_name():
    def form(file, digest, stamp, original=None):
        return Submission(file, "周报", "weekly_report", (), modified=stamp, digest=digest, original=original)

    forms = [form("b.xlsx", "2", OLD, original="1"), form("a.xlsx", "3", OLD)]
    assert ages_of(forms, ["张三"] * 2, AS_OF).doubted == {}
    found = ages_of(forms, ["张三"] * 2, AS_OF, {"1": NEW})
    assert found.doubted == {0: "back"}
    assert found.rank[1] < found.rank[0]
