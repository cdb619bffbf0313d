"""The lists of the manager's 跟进预警, each declared once, in the order of its sheet.

Owns what makes a list, what its title says of the settings, and how urgent it is. Refuses: words; they stand
under the list's key in the messages (``summary.follow_up``, ``summary.today``, ``summary.talk.reason``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.summary.figures import alerts, customers, deadlines
from salesxl.summary.figures.plain import percent

__all__ = ["LISTS", "FollowUpList"]


@dataclass(frozen=True, slots=True)
class FollowUpList:
    """A list: ``make`` returns its rows, the most pressing first, ``title`` the settings its title names.

    ``today`` is the kind of its rows among the things that the manager has to do today, and the place of that
    kind there; ``call`` its place among the reasons to call a customer. None: it is not among them.
    """

    key: str
    make: Callable[[Team, Rulebook], list[dict[str, Any]]]
    title: Callable[[Rulebook], Mapping[str, Any]] = lambda _: {}
    today: tuple[str, int] | None = None
    call: int | None = None


LISTS = (
    FollowUpList("overdue", alerts.overdue_follow_up, today=("overdue", 2), call=1),
    FollowUpList(
        "first",
        alerts.first_follow_up,
        lambda rules: {"days": rules.parameters.first_follow_up_days},
        today=("first", 10),
        call=5,
    ),
    FollowUpList("actions", alerts.overdue_actions, today=("action", 9)),
    FollowUpList("closes", alerts.expected_past, today=("close", 7), call=3),
    FollowUpList(
        "renewals",
        alerts.renewals,
        lambda rules: {"months": rules.parameters.renewal_months},
        today=("renewal", 6),
        call=4,
    ),
    FollowUpList(
        "birthdays",
        alerts.birthdays,
        lambda rules: {
            "grade": rules.grades[0].name if rules.grades else "",
            "days": rules.parameters.birthday_days,
        },
        today=("birthday", 14),
    ),
    FollowUpList(
        "after_sales",
        deadlines.after_sales,
        lambda rules: {"days": rules.parameters.after_sales_days},
        today=("after_sales", 11),
    ),
    FollowUpList(
        "reviews",
        deadlines.contract_reviews,
        lambda rules: {"days": rules.parameters.contract_review_workdays},
        today=("review", 12),
    ),
    FollowUpList(
        "needs",
        deadlines.needs_unclear,
        lambda rules: {"days": rules.parameters.needs_report_workdays},
    ),
    FollowUpList(
        "stuck",
        deadlines.stuck,
        lambda rules: {"share": percent(float(rules.parameters.stuck_percentile))},
        today=("stuck", 13),
        call=2,
    ),
    FollowUpList(
        "potential",
        alerts.high_potential,
        lambda rules: {
            "grade": rules.parameters.high_potential_grade,
            "months": rules.parameters.high_potential_months,
            "count": rules.parameters.high_potential_follow_ups,
        },
    ),
    FollowUpList("ungraded", lambda team, _: customers.ungraded(team.tables["customer"])),
)
