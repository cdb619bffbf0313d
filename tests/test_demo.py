"""The demo: the same every time, plainly fictional, and a fair test of the check."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from salesxl import settings
from salesxl.files import packaged
from salesxl.rulebook import Rulebook
from tests import inboxes
from tools import demo
from tools.demo.targets import WEEK_START

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return demo.settings(settings.default_rulebook())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, demo.DemoTruth]:
    folder = tmp_path_factory.mktemp("team")
    return folder, demo.make(folder)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, rulebook: Rulebook) -> None:
    for name in ("one", "two"):
        demo.fill_inbox(tmp_path / name, rulebook, week_start=WEEK_START, reps=2, seed=7)
    first, second = (
        {p.relative_to(tmp_path / name): p.read_bytes() for p in (tmp_path / name).rglob("*") if p.is_file()}
        for name in ("one", "two")
    )
    assert first == second
    assert len(first) > 3


def test_another_seed_gives_another_week(tmp_path: Path, rulebook: Rulebook) -> None:
    truths = [
        demo.fill_inbox(tmp_path / str(seed), rulebook, week_start=WEEK_START, reps=2, seed=seed)
        for seed in (1, 2)
    ]
    assert truths[0].answers != truths[1].answers


def test_the_committed_example_is_what_the_demo_makes(made: tuple[Path, demo.DemoTruth]) -> None:
    folder, _ = made
    committed = _committed()
    assert committed == {p.relative_to(folder) for p in folder.rglob("*") if p.is_file()}
    for name in sorted(committed):
        assert _content(EXAMPLES / name) == _content(folder / name), f"{name}: run make templates"


def test_the_demo_command_starts_from_the_example(tmp_path: Path, made: tuple[Path, demo.DemoTruth]) -> None:
    packaged.copy_example(tmp_path)
    copied = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    names = _committed()
    assert copied == {name: (EXAMPLES / name).read_bytes() for name in names}
    assert made[1].as_of == packaged.EXAMPLE_DAY


def _committed() -> set[Path]:
    """Return the files of the example, without those of the dealer's."""
    found = {p.relative_to(EXAMPLES) for p in EXAMPLES.rglob("*") if p.is_file()}
    return {path for path in found if path.parts[0] not in packaged.OTHERS}


def _content(path: Path) -> object:
    """Return what is in a file, whatever the zip library: the parts of a workbook, else its bytes."""
    if path.suffix != ".xlsx" or not zipfile.is_zipfile(path):
        return path.suffix if path.suffix == ".xlsx" else path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.startswith("docProps/")}


def test_the_example_is_small() -> None:
    assert sum(p.stat().st_size for p in EXAMPLES.rglob("*") if p.is_file()) < 1_000_000


def test_the_settings_workbook_of_the_example_reads_back_as_the_rules(rulebook: Rulebook) -> None:
    read, findings = settings.load(EXAMPLES / "团队设置.xlsx")
    assert not findings
    assert read.members == rulebook.members
    assert set(read.targets) == set(rulebook.targets)


def test_targets_add_up_over_time_and_over_people(rulebook: Rulebook) -> None:
    amounts = {(t.scope, t.name, t.period): t.amount for t in rulebook.targets}
    for scope, name in {(t.scope, t.name) for t in rulebook.targets}:
        year = amounts[scope, name, "year"]
        assert year == sum(amounts[scope, name, f"Q{q}"] for q in range(1, 5))
        assert year == sum((amounts[scope, name, str(m)] for m in range(1, 13)), Decimal(0))
    for period in ("year", "Q1", "11"):
        for scope in ("rep", "team", "region"):
            parts = [v for (s, _, p), v in amounts.items() if (s, p) == (scope, period)]
            assert sum(parts) == amounts["all", None, period]


def test_a_team_has_eight_reps_or_more_in_several_teams(rulebook: Rulebook) -> None:
    assert len(rulebook.members) >= 8
    assert len({m.name for m in rulebook.members}) == len(rulebook.members)
    assert len({m.team for m in rulebook.members}) == 3


def test_telephone_numbers_and_addresses_are_plainly_fictional(made: tuple[Path, demo.DemoTruth]) -> None:
    contacts = {a.mended["contact"] for a in made[1].answers if a.mended.get("contact")}
    assert len(contacts) > 50
    pattern = r"1380000\d{4}|021-5550\d{4}|[a-z0-9]+@example\.com"
    assert [c for c in contacts if not re.fullmatch(pattern, c)] == []


def test_the_demo_is_checked_without_a_fault_missed_or_made_up(made: tuple[Path, demo.DemoTruth]) -> None:
    folder, truth = made
    checked = inboxes.check(folder / "收件箱", truth, 2026, 9)
    found = inboxes.score(truth, checked)
    assert found.missed == ()
    assert found.false == ()
    assert found.wrong == ()
    assert found.values > 3000


def test_every_kind_of_trouble_is_in_the_inbox(made: tuple[Path, demo.DemoTruth]) -> None:
    _, truth = made
    codes = {d.code for d in truth.defects}
    assert codes >= {
        *("required", "type", "choice", "range", "duplicate", "conflict", "mismatch", "stale", "vague"),
        *("incomplete", "missing_report", "unreadable", "unrecognised"),
    }
    names = truth.files
    assert any(n.endswith(".csv") for n in names)
    assert any(n.startswith("~$") for n in names)
    assert any("/" in n for n in names)
    assert truth.copies


def test_everything_happens_by_the_friday_of_the_week(rulebook: Rulebook, tmp_path: Path) -> None:
    monday = dt.date(2024, 2, 26)
    truth = demo.fill_inbox(tmp_path, rulebook, week_start=monday, reps=2, seed=3)
    assert truth.as_of == dt.date(2024, 3, 1)
    wrong = {d.cell for d in truth.defects}
    met = [a.values["contact_time"] for a in truth.answers if a.values.get("contact_time") and wrong]
    assert met
    assert max(met).date() <= truth.as_of


def test_attainment_runs_from_far_behind_to_ahead(made: tuple[Path, demo.DemoTruth]) -> None:
    reports = [a for a in made[1].answers if a.block == "weekly_report"]
    done: dict[str, float] = {}
    target: dict[str, float] = {}
    for a in reports:
        assert a.rep is not None
        done[a.rep] = done.get(a.rep, 0) + a.mended["completed_amount"]
        target[a.rep] = a.mended.get("month_target") or target.get(a.rep, 0)
    shares = sorted(done[rep] / target[rep] for rep in done if target[rep])
    assert shares[0] < 0.6 < 1 < shares[-1]
