"""The fictional team: its members, their customers, and what happened with them up to the week's Friday.

Owns the true state of affairs, in clean values. Refuses: forms, spellings, faults.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from salesxl.rulebook import Rulebook
from tools.demo.words import Rng, chance, pick, shuffled, weighted, words

__all__ = ["Client", "Rep", "Talk", "friday", "names", "team"]

STAGE_WEIGHTS = (26, 24, 34, 8)
"""How many customers stand in the first to fourth open stage: the funnel leaks before the last one."""

ATTAINMENT = (0.35, 0.66, 1.04, 0.48, 0.9, 1.2, 0.57, 0.83, 0.72)
"""Signed in the month so far as a share of the month's target, rep by rep."""

BASE_TARGET = 300_000
STEP_TARGET = 60_000
"""A rep's target of an ordinary month, and what the stronger ones have on top."""


@dataclass(slots=True)
class Talk:
    """One contact with a customer."""

    values: dict[str, Any]


@dataclass(slots=True)
class Client:
    """A customer as the archive should have it; ``talks`` are those of its process record, if it has one."""

    values: dict[str, Any]
    talks: list[Talk] = field(default_factory=list)
    plans: list[dict[str, Any]] = field(default_factory=list)
    featured: bool = False

    @property
    def name(self) -> str:
        """The customer's full name."""
        name: str = self.values["customer_name"]
        return name


@dataclass(slots=True)
class Rep:
    """A member of the team with all its customers; ``target`` is the month's, in yuan."""

    name: str
    team: str
    region: str
    manager: str
    target: int
    attainment: float
    clients: list[Client] = field(default_factory=list)


def friday(week_start: dt.date) -> dt.date:
    """Return the day on which the forms are handed in."""
    return week_start + dt.timedelta(days=4)


def names(seed: int, reps: int) -> list[tuple[str, str, str, str]]:
    """Return name, team, region and manager of each member."""
    people, teams = words()["people"], words()["team"]
    rng = random.Random(f"{seed}/roster")
    surnames, given = shuffled(rng, people["surnames"]), people["reps"]
    found = []
    for n in range(reps):
        group = n % len(teams) if reps < 6 else n * len(teams) // reps
        name = surnames[n % len(surnames)] + given[n % len(given)]
        found.append((name, teams[group]["name"], teams[group]["region"], people["managers"][group]))
    return found


def target_of_month(number: int, month: int) -> int:
    """Return the signed target of the rep of that number: a little lower early in the year."""
    season = (70, 70, 90, 90, 100, 110, 90, 90, 110, 110, 120, 130)[month - 1]
    return (BASE_TARGET + STEP_TARGET * (number % 3)) * season // 100 // 10_000 * 10_000


def team(rulebook: Rulebook, week_start: dt.date, reps: int, seed: int) -> list[Rep]:
    """Return the team with everything that happened to it; the same for the same seed."""
    used: set[str] = set()
    month = (week_start + dt.timedelta(days=3)).month
    found = []
    for number, (name, group, region, manager) in enumerate(names(seed, reps)):
        rng = random.Random(f"{seed}/{number}/customers")
        rep = Rep(
            name,
            group,
            region,
            manager,
            target_of_month(number, month),
            ATTAINMENT[number % len(ATTAINMENT)],
        )
        count = 8 + int(rng.random() * 7)
        rep.clients = [_client(rng, rulebook, week_start, number, n, used) for n in range(count)]
        for client in rep.clients[: 3 + number % 3]:
            client.featured = True
            _talks(rng, rulebook, rep, client, week_start)
        found.append(rep)
    return found


def _company(rng: Rng, used: set[str]) -> tuple[str, str]:
    companies, trades = words()["companies"], words()["trade"]
    while True:
        trade = pick(rng, trades)
        stem = pick(rng, companies["places"]) + pick(rng, companies["words"]) + trade["word"]
        if stem not in used:
            used.add(stem)
            return stem + pick(rng, companies["endings"]), trade["industry"]


def _client(
    rng: Rng, rulebook: Rulebook, week_start: dt.date, rep: int, number: int, used: set[str]
) -> Client:
    people, said = words()["people"], words()["said"]
    today = friday(week_start)
    name, industry = _company(rng, used)
    fresh = number in (0, 7) and chance(rng, 0.8)
    age = int(rng.random() * 4) if fresh else 12 + int(rng.random() * 280)
    first = today - dt.timedelta(days=age)
    status, stage = _standing(rng, rulebook, early=number < 6, fresh=fresh)
    kind = next(s.kind for s in rulebook.stages if s.name == stage)
    closed = kind != "open"
    amount = int(20 + rng.random() * 480) * 1000
    purchase = pick(rng, [6000, 9000, 28_000, 45_000, 80_000, 120_000, 260_000, 380_000, 500_000, 860_000])
    number_text = f"CRM{first:%Y%m}{100 + rep * 40 + number}"
    last = max(first, today - dt.timedelta(days=int(rng.random() * (45 if purchase >= 500_000 else 30))))
    contact = pick(rng, people["surnames"]) + pick(rng, people["contacts"])
    if chance(rng, 0.15):
        other = pick(rng, people["surnames"]) + pick(rng, people["contacts"])
        contact = f"{people['roles'][0]}:{contact};{people['roles'][1]}:{other}"
    values: dict[str, Any] = {
        "customer_no": None if fresh else number_text,
        "customer_name": name,
        "industry": industry,
        "source": pick(rng, rulebook.choices["客户来源"]).value,
        "employees": int(20 + rng.random() * 1800),
        "annual_revenue_wan": float(int(100 + rng.random() * 9000)),
        "contact_name": contact,
        "contact_title": pick(rng, people["titles"]),
        "contact": _phone(rng, rep, number),
        "need": pick(rng, said["needs"]).format(n=3 + int(rng.random() * 90)),
        "first_contact": first,
        "status": status,
        "stage": stage,
        "expected_amount": amount,
        "expected_close": today + dt.timedelta(days=10 + int(rng.random() * 110)) if not closed else None,
        "annual_purchase": purchase,
        "strategic": chance(rng, 0.15),
        "grade": _grade(rulebook, purchase),
        "tags": "、".join(shuffled(rng, said["tags"])[: 1 + number % 3]),
        "last_contact": last,
        "competitor": pick(rng, [None, *said["competitors"]]),
        "history": pick(rng, [None, *said["histories"]]),
        "notes": pick(rng, [None, None, *said["notes"]]),
    }
    if kind in ("won", "after"):
        values |= {
            "contract_no": f"HT-{first.year}-{rep:02}{number:02}",
            "signed_on": max(first, today - dt.timedelta(days=8 + (rep * 7 + number * 5) % 60)),
            "contract_amount": amount,
            "contract_end": today + dt.timedelta(days=25 + int(rng.random() * 320)),
        }
    if kind == "off":
        values["loss_reason"] = pick(rng, rulebook.choices["流失原因"]).value
    return Client(values)


def _standing(rng: Rng, rulebook: Rulebook, *, early: bool, fresh: bool) -> tuple[str, str]:
    """Return status and stage that go together; the first customers of a rep are open ones."""
    by_kind: dict[str, str] = {str(o.kind): o.value for o in rulebook.choices["跟进状态"]}
    going = [s.name for s in rulebook.stages if s.kind == "open"]
    if early or fresh or chance(rng, 0.7):
        stage = going[0] if fresh else weighted(rng, going, STAGE_WEIGHTS[: len(going)])
        return by_kind["open" if going.index(stage) == 0 or chance(rng, 0.3) else "keen"], stage
    ended = [s for s in rulebook.stages if s.kind != "open"]
    stage_ended = pick(rng, ended)
    return by_kind["lost" if stage_ended.kind == "off" else "won"], stage_ended.name


def _grade(rulebook: Rulebook, purchase: int) -> str | None:
    """Return the grade where the amount alone settles it."""
    if any(g.strategic or g.clear_intent for g in rulebook.grades):
        return None
    return next((g.name for g in rulebook.grades if g.at_least is None or purchase >= g.at_least), None)


def _phone(rng: Rng, rep: int, number: int) -> str:
    point = rng.random()
    if point < 0.08:
        return f"buyer{rep}{number}@example.com"
    if point < 0.16:
        return f"021-5550{1000 + rep * 100 + number}"
    return f"1380000{(rep * 200 + number) % 10000:04}"


def _talks(rng: Rng, rulebook: Rulebook, rep: Rep, client: Client, week_start: dt.date) -> None:
    said = words()["said"]
    methods: Sequence[str] = [o.value for o in rulebook.choices["沟通方式"]][:-1]
    first, today = client.values["first_contact"], friday(week_start)
    days = sorted({max(first, today - dt.timedelta(days=d)) for d in _offsets(rng)})
    for day in days:
        met = dt.datetime(day.year, day.month, day.day, 9 + int(rng.random() * 8), 15 * int(rng.random() * 4))
        late = dt.timedelta(minutes=30 * int(1 + rng.random() * 6))
        client.talks.append(
            Talk(
                {
                    "contact_time": met,
                    "method": pick(rng, methods),
                    "summary": pick(rng, said["summaries"]).format(n=2 + int(rng.random() * 7)),
                    "need_points": client.values["need"] if chance(rng, 0.6) else None,
                    "pain_points": pick(rng, [None, *said["pains"]]),
                    "entered_at": met + late if chance(rng, 0.8) else None,
                }
            )
        )
    client.values["last_contact"] = days[-1]
    for n in range(1 + int(rng.random() * 2)):
        due = today + dt.timedelta(days=4 + n * 3)
        timed = dt.datetime(due.year, due.month, due.day, 18 if chance(rng, 0.5) else 0)
        client.plans.append(
            {
                "action": pick(rng, said["actions"]).format(n=2 + int(rng.random() * 5)),
                "owner": rep.name,
                "due": timed,
                "progress": pick(rng, [None, *said["progress"]["open"]]),
            }
        )


def _offsets(rng: Rng) -> list[int]:
    """Return how many days ago the contacts were: one or two this week, some in the month before."""
    return [int(rng.random() * 4), *(4 + int(rng.random() * 40) for _ in range(1 + int(rng.random() * 4)))]
