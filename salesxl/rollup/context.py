"""What the company's summary shows, as plain values: for its template and for ``--format json``.

Owns which figure stands where, in which order, and where rows lead. Refuses: computing (``figures``), files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from salesxl.files.links import cell_place
from salesxl.messages import Words
from salesxl.rollup import figures, notices, sentences
from salesxl.rollup.company import Company
from salesxl.rules.workdays import Pace, pace
from salesxl.summary.definitions import with_lines
from salesxl.summary.figures.plain import percent

__all__ = ["context", "lines"]

Told: TypeAlias = Mapping[str, Any]

WORST, IN_CHART, CLAIMED = 10, 15, 100
"""Teams on the first page and in the chart, and customers that the page of claims lists."""
WIDTHS: Mapping[str, int] = {"unit": 20, "why": 70, "text": 112}
"""Width of each column of 未交与提示 that wraps, in characters, by field."""


def context(made: Company, remarks: Sequence[Told], words: Words) -> dict[str, Any]:
    """Put together what the summary shows; ``remarks`` are notices that are known already (unit, text)."""
    month = made.periods[0]
    elapsed = pace(month.year, int(month.name), made.week.as_of, made.rulebook.days)
    reported = {day for told in made.found.values() for day in told["weeks"]}
    missing = [day for day in month.weeks if day.isoformat() not in reported]
    complete = not missing
    teams = figures.by_team(made.found, made.rulebook, month, elapsed, made.before)
    lacking = [{"unit": unit, **told} for unit, told in made.lacking.items()]
    whole = figures.whole(teams, made.rulebook, month, elapsed, made.twice, complete=complete)
    found: dict[str, Any] = {
        "week": {"label": made.week.name, "start": made.week.bounds[0], "end": made.week.bounds[1]},
        "as_of": made.week.as_of,
        "judged": whole["pace"] is not None,
        "share": elapsed.share,
        "all": whole,
        "units": [_row(row, made, words) for row in _furthest_behind_first(teams)],
        **_scopes(made, teams, elapsed, words, complete=complete),
        "targets": _targets(made, teams, lacking, words),
        "stages": _stages(made, words),
        "grades": _grades(made, words),
        "claims": _claims(made, words),
        "twice": made.twice,
        "missing": [_lacking(row, made, words) for row in lacking],
        "compared": figures.compared(teams),
        "last": made.last,
    }
    found["all"]["state_name"] = words.name("attainment_state", whole["state"])
    found["all"]["source_name"] = words.name("company_source", whole["source"]) if whole["source"] else None
    _say(found, made, remarks, elapsed, [day.isocalendar().week for day in missing], words)
    return found


def _say(
    found: dict[str, Any],
    made: Company,
    remarks: Sequence[Told],
    elapsed: Pace,
    missing: Sequence[int],
    words: Words,
) -> None:
    """Add the sentences, the first page's lists, and what is said of the teams."""
    monday, sunday = made.week.bounds
    year, number, _ = monday.isocalendar()
    found["title"] = words.text("rollup.title", year=str(year), week=number)
    found["subtitle"] = words.text(
        "rollup.subtitle",
        start=monday,
        end=sunday,
        as_of=made.week.as_of,
        month=elapsed.month,
        units=len(made.found) + len(made.lacking),
        delivered=len(made.found),
        reps=found["all"]["reps"],
    )
    found["unjudged"] = sentences.unjudged(missing, found["all"], words)
    found["headline"] = sentences.headline(found, words)
    found["cards"] = sentences.cards(found, words)
    found["asks"] = sentences.asks(found, words)
    found["quiet"] = not found["asks"]
    found["trend"] = sentences.trend(found, words)
    found["worst"] = found["units"][:WORST]
    shown, every = len(found["worst"]), len(found["units"])
    key = "worst" if shown == every else "worst_some"
    found["worst_title"] = words.text(f"rollup.overview.{key}", shown=shown, count=every)
    found["chart"] = _chart(found["units"], words)
    told = [*remarks, *notices.notices(made, found, words)]
    found["notices"] = with_lines(WIDTHS, told)
    found["no_notices"] = not told
    found["everybody"] = (
        "" if found["missing"] else words.text("rollup.notices.everybody", count=len(made.found))
    )
    found["whose"] = words.text(
        "rollup.flow.rule", whose=words.text(f"rollup.flow.whose_{made.known.source}")
    )
    facts = {
        "warning": percent(float(made.rulebook.parameters.attainment_warning)),
        "workdays": words.text(
            "summary.workdays.line",
            month=elapsed.month,
            days=elapsed.days,
            as_of=made.week.as_of,
            elapsed=elapsed.elapsed,
            share=percent(elapsed.share),
        ),
    }
    found["definitions"] = with_lines(
        WIDTHS,
        [
            {"unit": name, "text": words.text(f"rollup.definition.{key}", **facts)}
            for key, name in words.names("rollup_definition").items()
        ],
    )


def _row(row: Told, made: Company, words: Words) -> dict[str, Any]:
    """Return a team's row with its words and where it leads."""
    parts = [
        words.text(f"rollup.units.{key}", count=row[key])
        for key in ("warned", "overdue", "unreported", "held")
        if row[key]
    ]
    inside = made.found[row["unit"]]["claims"]
    parts += [words.text("rollup.units.claims", count=inside)] if inside else []
    summary, book = made.links.get(row["unit"], ("", ""))
    return {
        **row,
        "state_name": words.name("attainment_state", row["state"]),
        "warnings": words.text("rollup.headline.join").join(parts),
        "as_of": made.found[row["unit"]]["as_of"],
        "link": summary or book,
        "book_link": book,
        "place": cell_place(summary, words.name("summary_sheet", "overview"), None) if summary else "",
    }


def _furthest_behind_first(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows so that who has furthest to go stands first, and who cannot be judged last."""

    def key(row: Told) -> tuple[bool, float, bool, float]:
        known, share = row["pace"], row["attainment"]
        return known is None, known or 0.0, share is None, share or 0.0

    return sorted(rows, key=key)


def _scopes(
    made: Company, teams: Sequence[Told], elapsed: Pace, words: Words, *, complete: bool
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for scope, key in (("region", "regions"), ("product_line", "product_lines")):
        rows = figures.by_scope(
            made.found, teams, made.rulebook, made.periods[0], elapsed, scope, complete=complete
        )
        if all(row["name"] is None for row in rows):
            rows = []
        for row in rows:
            row["name"] = row["name"] or words.text("rollup.unnamed")
            row["state_name"] = words.name("attainment_state", row["state"])
            row["source_name"] = words.name("company_source", row["source"]) if row["source"] else None
        found[key] = rows
    return found


def _targets(made: Company, teams: Sequence[Told], lacking: Sequence[Told], words: Words) -> dict[str, Any]:
    rows = figures.targets(teams, lacking, made.rulebook, made.periods)
    for row in rows:
        row["name"] = words.text(f"rollup.targets.{row['period']}")
        row["known_text"] = words.text("rollup.targets.known_of", known=row["known"], units=row["units"])
    issued = [
        {
            "unit": row["unit"],
            "issued": row["issued"],
            "own": made.found[row["unit"]]["month"]["target"],
        }
        for row in teams
        if row["issued"] is not None
    ]
    for row in issued:
        known = None not in (row["issued"], row["own"])
        row["gap"] = round(row["issued"] - row["own"], 2) if known else None
    return {"rows": rows, "issued": issued}


def _stages(made: Company, words: Words) -> list[dict[str, Any]]:
    rows = figures.stages(made.found, made.known)
    for row in rows:
        row["kind_name"] = words.name("stage_kind", row["kind"])
        row["name"] = row["stage"] or words.text("rollup.flow.other")
    return rows


def _grades(made: Company, words: Words) -> list[dict[str, Any]]:
    rows = figures.grades(made.found, made.known)
    for row in rows:
        row["name"] = row["grade"] or words.text("rollup.flow.no_grade")
    return rows


def _claims(made: Company, words: Words) -> dict[str, Any]:
    shown = [dict(row) for row in made.claims if row["no"] <= CLAIMED]
    for row in shown:
        row["company_no"] = f"{row['unit']}/{row['customer_no']}" if row["customer_no"] else None
        row["outcome_name"] = words.name("outcome", row["outcome"])
        row["counted_name"] = words.text(f"rollup.claims.{'yes' if row['counted'] else 'no_'}")
        row["link"], row["place"] = made.links.get(row["unit"], ("", ""))[1], ""
    count = made.twice["customers"]
    more = words.text("rollup.claims.more", shown=CLAIMED, count=count) if count > CLAIMED else ""
    return {"rows": shown, "none": not shown, "more": more}


def _lacking(row: Told, made: Company, words: Words) -> dict[str, Any]:
    facts = {"week": made.week.name, "path": row["unit"], "why": row.get("why"), "other": row.get("why")}
    (told,) = with_lines(WIDTHS, [{"why": words.text(f"rollup.why.{row['failed']}", **facts)}])
    return {
        "unit": row["unit"],
        "failed": row["failed"],
        "reason": row.get("why"),
        "delivery": words.name("delivery", row["failed"]),
        "last": row["last"],
        "target": row["target"],
        **told,
    }


def _chart(units: Sequence[Told], words: Words) -> dict[str, Any]:
    """Return what the chart draws, in 万元: the teams with the largest targets."""
    told = [row for row in units if row["target"] is not None or row["completed"] is not None]
    shown = sorted(told, key=lambda row: -(row["target"] or 0))[:IN_CHART]
    key = "chart_all" if len(shown) == len(told) else "chart"
    return {
        "attainment_title": words.text(f"rollup.units.{key}", count=len(shown)),
        "attainment": [
            {
                "unit": row["unit"],
                "done": None if row["completed"] is None else row["completed"] / 10_000,
                "aim": None if row["target"] is None else row["target"] / 10_000,
            }
            for row in shown
        ],
    }


def lines(found: Told, path: str, words: Words) -> list[str]:
    """Return the short text of the week: title, headline, what to ask, and where more stands."""
    asks = [words.text("rollup.note.line", text=row["text"]) for row in found["asks"]]
    return [found["title"], found["headline"], *asks, words.text("rollup.note.summary", path=path)]
