"""A week's inbox: every rep's files, and what else turns up in such a folder.

Owns which files there are and what happens across them: a customer claimed twice, a form handed in again, a
rep who has not reported. Refuses: what stands in a form.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from salesxl.rulebook import Rulebook
from salesxl.rules.periods import month_of_week, target_of
from tools.demo.entry import Answer, Defect, DemoTruth, Ledger
from tools.demo.forms import Desk, Setup, WeekFigures
from tools.demo.page import Look, Page, as_csv, as_xlsx
from tools.demo.people import Rep, friday, team
from tools.demo.words import chance, pick, words

__all__ = ["fill_inbox"]

_FONTS = ("微软雅黑", "宋体", "等线", "Arial")
_FILLS = ("#DDEBF7", "#E2EFDA", "#FFF2CC", "#FCE4D6", "#EDEDED")
_DATES = ("yyyy-mm-dd", "yyyy/m/d", 'yyyy"年"m"月"d"日"')
_CUT_AT = 0.6


@dataclass(frozen=True, slots=True)
class _Story:
    """Which rep is in which set piece, by number; None where it does not happen."""

    claims: tuple[int, int] | None = None
    twice: int | None = None
    csv: int | None = None
    subfolder: int | None = None
    again: int | None = None
    copy: int | None = None
    silent: int | None = None
    short: int | None = None
    one_book: int | None = None
    handover: tuple[int, int] | None = None
    figures: Mapping[int, str] = field(default_factory=dict)
    overdue: frozenset[int] = frozenset()
    strays: bool = True


@dataclass(slots=True)
class _Box:
    """The inbox as it fills up."""

    files: dict[str, bytes] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)
    defects: list[Defect] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


def fill_inbox(
    folder: Path,
    rulebook: Rulebook,
    *,
    week_start: dt.date,
    reps: int = 9,
    seed: int = 2026,
    setup: Setup | None = None,
) -> DemoTruth:
    """Write a week's forms of a fictional team into a folder, and return what is wrong with them.

    ``week_start`` is a Monday; the forms are handed in on its Friday, which is the answer key's ``as_of``.
    The same arguments give the same bytes. Warnings and errors are in the answer key, notices are not.
    """
    how = setup or Setup()
    today = friday(week_start)
    people = team(rulebook, week_start, reps, seed)
    story = _story(reps, seed)
    box = _Box()
    if story.claims:
        first, second = (people[n] for n in story.claims)
        second.clients[-1].values["customer_name"] = first.clients[-1].name
        second.clients[-1].values["industry"] = first.clients[-1].values["industry"]
    desks: list[Desk] = []
    for number, rep in enumerate(people):
        desk = Desk(random.Random(f"{seed}/{number}/forms"), rep, rulebook, today, how)
        desks.append(desk)
        _sign(desk, number, week_start)
        _hand_in(box, desk, number, story, week_start)
    if story.handover:
        giver, taker = story.handover
        _handover(box, desks[giver], people[taker])
    if story.strays:
        _strays(box, people[0])
    if story.silent is not None and rulebook.has_roster:
        box.defects.append(Defect("", None, None, None, "missing_report", "warning"))
    for name, data in box.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return DemoTruth(tuple(box.defects), tuple(box.answers), tuple(box.files), box.copies, today)


def _story(reps: int, seed: int) -> _Story:
    """Return the set pieces: all of them in a whole team, some by chance in a small one."""
    if reps >= 8:
        return _Story(
            claims=(0, 3),
            twice=2,
            csv=4,
            subfolder=6,
            again=1,
            copy=7,
            silent=reps - 1,
            short=5,
            one_book=6,
            handover=(3, 5),
            figures={2: "follow", 4: "target", 7: "new"},
            overdue=frozenset((0, 3, 6)),
        )
    rng = random.Random(f"{seed}/story")

    def perhaps(share: float, number: int) -> int | None:
        return number if chance(rng, share) else None

    pair = (0, 1) if reps > 1 else None
    return _Story(
        claims=pair if chance(rng, 0.5) else None,
        twice=perhaps(0.5, 0),
        csv=perhaps(0.15, reps - 1),
        subfolder=perhaps(0.2, 0),
        again=perhaps(0.2, 0),
        copy=perhaps(0.1, reps - 1),
        short=perhaps(0.2, 0),
        one_book=perhaps(0.25, reps - 1),
        handover=pair if chance(rng, 0.5) else None,
        strays=chance(rng, 0.5),
    )


def _hand_in(box: _Box, desk: Desk, number: int, story: _Story, week_start: dt.date) -> None:
    """Put a rep's archive, records and weekly reports into the inbox."""
    rng, rep = desk.rng, desk.rep
    _, month = month_of_week(week_start)
    week = week_start.isocalendar().week
    look = Look(pick(rng, _FONTS), pick(rng, (10, 11)), pick(rng, _FILLS), pick(rng, _DATES))
    files, sheets = words()["files"], words()["forms"]
    prefix = f"{files['subfolder'].format(rep=rep.name)}/" if story.subfolder == number else ""

    def named(pattern: str) -> str:
        return prefix + pattern.format(rep=rep.name, team=rep.team, week=week, month=month)

    names = {form: named(pick(rng, files[form])) for form in ("archive", "record", "weekly")}
    if story.one_book == number:
        names = dict.fromkeys(names, names["archive"])
    is_csv = story.csv == number and story.one_book != number
    if is_csv:
        names["archive"] = names["archive"].removesuffix(".xlsx") + ".csv"
    books: dict[str, list[Page]] = {}
    ledgers = {name: Ledger(name, rep.name) for name in dict.fromkeys(names.values())}

    sheet = (
        Path(names["archive"]).stem if is_csv else pick(rng, sheets["archive_sheets"]).format(rep=rep.name)
    )
    claimed = [rep.clients[-1].name] if story.claims and number in story.claims else []
    twice = rep.clients[-2].name if story.twice == number else None
    page = desk.archive(sheet, ledgers[names["archive"]], claimed, twice)
    if is_csv:
        box.files[names["archive"]] = as_csv(page)
    else:
        books.setdefault(names["archive"], []).append(page)

    by_name = chance(rng, 0.5)
    title = pick(rng, sheets["record"])
    for at, client in enumerate((c for c in rep.clients if c.featured), start=1):
        sheet = client.name[:8] if by_name else title if at == 1 else f"{title} ({at})"
        overdue = number in story.overdue and at < 3
        page = desk.record(sheet, client, ledgers[names["record"]], overdue=overdue)
        books.setdefault(names["record"], []).append(page)

    if story.silent != number:
        _weeklies(desk, number, story, week_start, books, ledgers, names["weekly"])
    for name, pages in books.items():
        box.files[name] = as_xlsx(pages, look, rep.name)
    for ledger in ledgers.values():
        box.defects += ledger.defects
        box.answers += ledger.answers
    if story.copy == number:
        name = names["archive"]
        twin = name.replace(".", f"{files['copy']}.")
        box.files[twin] = box.files[name]
        box.copies[twin] = name


def _weeklies(
    desk: Desk,
    number: int,
    story: _Story,
    week_start: dt.date,
    books: dict[str, list[Page]],
    ledgers: dict[str, Ledger],
    name: str,
) -> None:
    """Fill in the reports of the month so far, a sheet per week; the last one is this week's."""
    rng, rep = desk.rng, desk.rep
    starts = _weeks_of_month(week_start)
    month_target = _month_target(desk, week_start)
    amounts = _amounts(desk, number, starts, month_target)
    pattern = pick(rng, words()["forms"]["weekly_sheets"])
    for at, (start, amount) in enumerate(zip(starts, amounts, strict=True)):
        last = at == len(starts) - 1
        week = start.isocalendar().week
        figures = WeekFigures(start, amount, week, month_target)
        sheet = pattern.format(week=week)
        if last and story.again == number:
            # The report was handed in with a figure nobody can read, and again once that was mended.
            early = desk.weekly(sheet, figures, Ledger(name, rep.name), "new")
            early_name = name
            name = name.replace(".xlsx", "(2).xlsx")
            ledgers[name] = Ledger(name, rep.name)
            books.setdefault(early_name, []).append(early)
            page = desk.weekly(sheet, figures, ledgers[name], "")
        else:
            kind = story.figures.get(number) if last else ""
            page = desk.weekly(sheet, figures, ledgers[name], kind, short=last and story.short == number)
        books.setdefault(name, []).append(page)


def _month_target(desk: Desk, week_start: dt.date) -> int:
    target = target_of(desk.rulebook, "rep", desk.rep.name, _first_of(week_start), "signed")
    return int(target) if target is not None else desk.rep.target


def _amounts(desk: Desk, number: int, starts: list[dt.date], month_target: int) -> list[int]:
    """Return what the rep claims for each week: all of it in the weeks in which the rep has signed."""
    done = round(month_target * desk.rep.attainment / 100) * 100
    won = [client for client in desk.rep.clients if client.values.get("contract_no")]
    count = min(len(won), len(starts)) or len(starts)
    shares = [0] * (len(starts) - count) + [1 + (number + n) % 3 for n in range(count)]
    amounts = [done * share // sum(shares) // 1000 * 1000 for share in shares[:-1]]
    return [*amounts, done - sum(amounts)]


def _sign(desk: Desk, number: int, week_start: dt.date) -> None:
    """Date the contracts of the rep's customers so that the weeks hold what the rep claims for them."""
    starts = _weeks_of_month(week_start)
    amounts = _amounts(desk, number, starts, _month_target(desk, week_start))
    won = [client.values for client in desk.rep.clients if client.values.get("contract_no")]
    weeks = list(zip(starts, amounts, strict=True))[::-1]
    for values in sorted(won, key=lambda v: v["first_contact"], reverse=True):
        start, amount = weeks.pop(0) if weeks else (None, None)
        if start is None:
            values["signed_on"] = max(values["first_contact"], starts[0] - dt.timedelta(days=30))
        else:
            values |= {"signed_on": start + dt.timedelta(days=number % 4), "contract_amount": amount}
            values["first_contact"] = min(values["first_contact"], values["signed_on"])


def _first_of(week_start: dt.date) -> dt.date:
    year, month = month_of_week(week_start)
    return dt.date(year, month, 1)


def _weeks_of_month(week_start: dt.date) -> list[dt.date]:
    """Return the Mondays of the month's weeks up to this one."""
    earlier = [week_start - dt.timedelta(weeks=n) for n in range(5, -1, -1)]
    return [day for day in earlier if month_of_week(day) == month_of_week(week_start)]


def _handover(box: _Box, giver: Desk, taker: Rep) -> None:
    name = words()["files"]["handover"].format(from_rep=giver.rep.name, to_rep=taker.name)
    ledger = Ledger(name, giver.rep.name)
    page = giver.handover(words()["forms"]["handover"][0], taker, ledger, "manager_signature")
    box.files[name] = as_xlsx([page], Look(), name)
    box.defects += ledger.defects
    box.answers += ledger.answers


def _strays(box: _Box, rep: Rep) -> None:
    """Put in what does not belong: a lock file, half a file, somebody's canteen menu."""
    files = words()["files"]
    whole = next(data for name, data in box.files.items() if name.endswith(".xlsx"))
    owner = rep.name.encode("utf-16-le")
    box.files[f"~${next(iter(box.files)).rsplit('/', 1)[-1]}"] = bytes([len(rep.name)]) + owner.ljust(
        164, b" "
    )
    broken = files["broken"].format(rep=rep.name)
    box.files[broken] = whole[: int(len(whole) * _CUT_AT)]
    box.defects.append(Defect(broken, None, None, None, "unreadable", "error"))
    page = Page("Sheet1")
    page.put(1, 1, Path(files["menu"]).stem, "title")
    for row, line in enumerate(words()["menu"], start=2):
        page.put(row, 1, line["day"])
        page.put(row, 2, line["dish"])
    box.files[files["menu"]] = as_xlsx([page], Look(), page.name)
    box.defects.append(Defect(files["menu"], page.name, None, None, "unrecognised", "warning"))
