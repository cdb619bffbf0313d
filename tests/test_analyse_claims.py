"""What reps claim for the week beside the contracts of their archives. docs/domain.md 4, mismatch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from salesxl import settings
from salesxl.consolidate import consolidate
from salesxl.summary.figures.claims import claims
from salesxl.workspace import book
from tests import sheets
from tests.sheets import archive, check, weekly
from tests.teams import WORDS, customer, report, rules, team
from tools.book_template import blank_book

SIGNED = {"stage": "成交签约", "status": "成交", "contract_amount": 1000.0}
OPEN = {"customer_no": None, "status": "意向", "stage": "需求确认"}


def gap(*customers, dated=("甲",), claimed=100_000.0, **more):
    reports = [report(completed=claimed, **more)]
    one = replace(team(customer=customers, weekly_report=reports), dated=frozenset(dated))
    (row,) = claims(one, rules())
    return row["signed"], row["gap"]


@pytest.mark.parametrize(
    ("found", "dated", "expected"),
    [
        (customer(**SIGNED, signed_on="2026-11-17"), (), (1000, 99_000)),
        (customer(), ("甲",), (0, 100_000)),
        (customer(), (), (None, None)),
        (customer(**{**SIGNED, "contract_amount": 99_999.99}), ("甲",), (0, 100_000)),
        (customer(**{**SIGNED, "contract_amount": 100_000.0}), ("甲",), (None, None)),
        (customer(**{**SIGNED, "contract_amount": None}), ("甲",), (None, None)),
    ],
)
def test_an_archive_without_dates_is_compared_where_it_cannot_account_for_the_claim(found, dated, expected):
    assert gap(found, dated=dated) == expected


@pytest.mark.parametrize(("deals", "expected"), [(1, (None, None)), (2, (0, 1000))])
def test_more_deals_than_contracts_cannot_be_accounted_for_either(deals, expected):
    assert gap(customer(**SIGNED), claimed=1000.0, deals=deals) == expected


@pytest.mark.parametrize(
    ("column", "change", "expected"),
    [
        (True, {}, {"张三"}),
        (False, {}, set()),
        (True, {"contact": "13x"}, {"张三"}),  # an open customer is no contract
        (True, {"contact": "13x", "contract_amount": 5}, set()),
        (True, {"signed_on": "上周四"}, set()),
    ],
)
def test_whose_archive_has_signing_dates_is_known_beside_the_findings(
    tmp_path, monkeypatch, column, change, expected
):
    if column:
        monkeypatch.setattr(sheets, "CUSTOMER", {**sheets.CUSTOMER, "signed_on": None})
    paths = archive(tmp_path / "a.xlsx", [{**OPEN, **change}]), weekly(tmp_path / "w.xlsx")
    assert consolidate(check(*paths), settings.default_rulebook()).dated == expected


def test_the_book_alone_says_whose_archive_has_signing_dates(tmp_path):
    one = replace(team(), dated=frozenset({"甲", "乙"}))
    path = tmp_path / "台账.xlsx"
    book.write_book(one, blank_book(WORDS), path, WORDS)
    assert book.read_book(path, WORDS).dated == one.dated
