"""机会与合同: opportunities, contracts, calls after the sale, pledges and open measures, in words.

Owns which figures the sheet is given. Refuses: computing them (``figures.cases``).
"""

from __future__ import annotations

from typing import Any

from salesxl.messages import Words
from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.rules.money import total
from salesxl.summary.definitions import facts_of
from salesxl.summary.figures import cases
from salesxl.summary.figures.calendar import span_of
from salesxl.summary.figures.plain import wan

__all__ = ["cases_section"]


def cases_section(team: Team, rulebook: Rulebook, words: Words) -> dict[str, Any]:
    """Return 机会与合同; ``any`` says whether there is anything: without, there is no such sheet."""
    opens, late = cases.opportunities(team, rulebook), cases.waiting(team, rulebook)
    happy = cases.satisfaction(
        team, span_of("quarter", team.as_of, team.as_of), rulebook.parameters.unhappy_below
    )
    pledged = cases.pledges(team, rulebook)
    for row in late:
        row["kind_name"] = words.text(f"summary.cases.{row['kind']}")
    amount = wan(total([row["amount"] for row in opens])) or "0"
    return {
        "any": bool(opens or late or happy or pledged),
        "opportunities": opens,
        "waiting": late,
        "satisfaction": happy,
        "pledges": pledged,
        "none": not late,
        "line": words.text("summary.cases.line", count=len(opens), amount=amount, late=len(late)),
        "rule": words.text("summary.cases.rule", **facts_of(rulebook, words)),
        "waiting_title": words.text("summary.cases.waiting", count=len(late)),
    }
