"""The lists of the manager's 跟进预警, each declared once, in the order of its sheet.

Owns what makes a list and how urgent it is. Refuses: words; they stand under the list's key in the messages
(``summary.follow_up``, ``summary.today``, ``summary.talk.reason``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.summary.figures import alerts, customers, deadlines, standing

__all__ = ["LISTS", "FollowUpList"]


@dataclass(frozen=True, slots=True)
class FollowUpList:
    """A list: ``make`` returns its rows, the most pressing first.

    ``today`` is the kind of its rows among the things that the manager has to do today, and the place of that
    kind there; ``call`` its place among the reasons to call a customer. None: it is not among them. A list of
    the ``whole`` looks at all customers, those too of whom no task is asked (``standing.Unasked``).
    """

    key: str
    make: Callable[[Team, Rulebook], list[dict[str, Any]]]
    today: tuple[str, int] | None = None
    call: int | None = None
    whole: bool = False


LISTS = (
    FollowUpList("overdue", alerts.overdue_follow_up, today=("overdue", 2), call=1),
    FollowUpList("first", alerts.first_follow_up, today=("first", 13), call=5),
    FollowUpList("actions", alerts.overdue_actions, today=("action", 12)),
    FollowUpList("closes", alerts.expected_past, today=("close", 10), call=3),
    FollowUpList("renewals", alerts.renewals, today=("renewal", 9), call=4),
    FollowUpList("birthdays", alerts.birthdays, today=("birthday", 17)),
    FollowUpList("after_sales", deadlines.after_sales, today=("after_sales", 14)),
    FollowUpList("reviews", deadlines.contract_reviews, today=("review", 15)),
    FollowUpList("needs", deadlines.needs_unclear),
    FollowUpList("stuck", deadlines.stuck, today=("stuck", 16), call=2),
    FollowUpList("potential", alerts.high_potential),
    FollowUpList("ungraded", lambda team, _: customers.ungraded(team.tables["customer"])),
    FollowUpList("vanished", standing.vanished, whole=True),
    FollowUpList("unverified", standing.unverified, whole=True),
    FollowUpList("waiting", standing.waiting, today=("waiting", 7), whole=True),
)
