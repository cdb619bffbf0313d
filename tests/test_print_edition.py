"""团队汇总-打印.xlsx: the pages of a meeting, few enough to be printed."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

from salesxl.render import render
from salesxl.summary import summarise
from tests import office
from tests.teams import WORDS
from tests.test_summary import busy_team
from tools.summary_template import draw_print_template

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    team, rulebook = busy_team(9)
    path = tmp_path_factory.mktemp("print") / "打印.xlsx"
    path.write_bytes(render(draw_print_template(WORDS), summarise(team, rulebook, WORDS)))
    return path


def test_the_print_edition_has_the_meetings_pages_and_leads_nowhere(printed):
    book = load_workbook(printed)
    shown = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    keys = ("overview", "briefing", "attainment", "closing", "phone")
    assert shown == [WORDS.name("summary_sheet", key) for key in keys]
    assert not [
        cell.coordinate for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink
    ]


@pytest.mark.slow
@pytest.mark.skipif(not office.available(), reason="needs LibreOffice")
def test_nine_reps_print_on_at_most_twelve_pages(printed, tmp_path):
    assert 5 <= len(office.pages(printed, tmp_path, dpi=20)) <= 12
