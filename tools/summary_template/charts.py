"""The charts, and the sheet of figures behind them.

Owns which series a chart has and how it looks; the ranges are one-row bands that grow with their lists.
Refuses: figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter.chart import Chart

from salesxl.messages import Words
from tools.summary_template.look import FONT, GREEN, INK, LINE, MUTED, RED, SOFT, Cell, Look, Page

__all__ = ["ChartData", "axis", "pipeline", "plot"]


def _font(size: float, **more: Any) -> dict[str, Any]:
    return {"name": FONT, "size": size, **more}


NAMES: dict[str, Any] = {"num_font": _font(9), "line": {"none": True}, "major_tick_mark": "none"}
HIDDEN: dict[str, Any] = {"visible": False, "major_gridlines": {"visible": False}, "min": 0}
LABELLED: dict[str, Any] = {"data_labels": {"value": True, "font": _font(9, color="#222B38")}}


class ChartData:
    """The sheet of figures, drawn last; ranges are known before, so that charts can point to it."""

    TABLES: Sequence[tuple[str, tuple[tuple[str, str, str], ...]]] = (
        ("chart__attainment", (
            ("attainment.rep", "{{ row.rep }}", "text"), ("attainment.done", "{{ row.done }}", "wan"),
            ("attainment.aim", "{{ row.aim }}", "wan"),
        )),
        ("chart__funnel", (
            ("funnel.stage", "{{ row.stage }}", "text"), ("funnel.reached", "{{ row.reached }}", "count"),
        )),
        ("chart__grades", (
            ("grades.grade", "{{ row.grade }}", "text"), ("grades.count", "{{ row.count }}", "count"),
        )),
        ("chart__reasons", (
            ("losses.reason", "{{ row.reason }}", "text"), ("losses.count", "{{ row.count }}", "count"),
        )),
        ("chart__sources", (
            ("losses.source", "{{ row.source }}", "text"), ("losses.won", "{{ row.won }}", "count"),
            ("losses.open", "{{ row.open }}", "count"), ("losses.lost", "{{ row.lost }}", "count"),
        )),
        ("chart__bridge", (
            ("changes.item", "{{ row.name }}", "text"), ("changes.base", "{{ row.base }}", "wan"),
            ("changes.whole", "{{ row.whole }}", "wan"), ("changes.rise", "{{ row.rise }}", "wan"),
            ("changes.fall", "{{ row.fall }}", "wan"),
        )),
    )  # fmt: skip
    FIRST, STEP = 2, 4  # title and subtitle above; section, header, band and a gap each

    def __init__(self, look: Look, words: Words) -> None:
        self.look, self.words = look, words
        self.name = words.name("summary_sheet", "charts")

    def draw(self) -> None:
        """Draw the sheet of figures."""
        page = Page(self.look, self.words, "charts", (20, 14, 14, 14))
        page.title()
        for band, columns in self.TABLES:
            page.section(page.text(f"summary.charts.{band.rpartition('__')[2]}"))
            page.table(band, [Cell(page.text(f"summary.{key}"), value, kind) for key, value, kind in columns])
            page.gap()
        page.sheet.fit_to_pages(1, 1)
        page.sheet.hide()  # charts read it all the same; nobody prints it

    def _range(self, band: str, column: int) -> str:
        at = [name for name, _ in self.TABLES].index(band)
        row = self.FIRST + self.STEP * at + 3
        letter = "ABCDEFG"[column]
        return f"='{self.name}'!${letter}${row}:${letter}${row}"

    def _series(self, band: str, column: int, **more: Any) -> dict[str, Any]:
        return {"categories": self._range(band, 1), "values": self._range(band, column), **more}

    def _chart(self, kind: str, title: str, subtype: str | None = None) -> Chart:
        options = {"type": kind} | ({"subtype": subtype} if subtype else {})
        chart = self.look.workbook.add_chart(options)
        chart.set_title({"name": title, "name_font": _font(11, bold=True, color=INK), "overlay": False})
        chart.set_chartarea({"border": {"color": LINE}, "fill": {"color": "#FFFFFF"}})
        chart.set_legend({"none": True})
        chart.show_hidden_data()
        return chart

    def attainment(self) -> Chart:
        """Completed beside target, a pair of columns per rep."""
        chart = self._chart("column", "{{ chart.attainment_title }}")
        names = [self.words.text(f"summary.attainment.{key}") for key in ("aim", "done")]
        for column, name, colour in ((3, names[0], SOFT), (2, names[1], INK)):
            chart.add_series(
                self._series(
                    "chart__attainment", column, name=name, gap=60, overlap=0, fill={"color": colour}
                )
            )
        chart.set_legend({"position": "top", "font": _font(9)})
        self._axes(chart)
        return chart

    def funnel(self) -> Chart:
        """How many customers have come as far as each stage, first stage on top."""
        chart = self._chart("bar", self.words.text("summary.funnel.chart"))
        chart.add_series(self._series("chart__funnel", 2, gap=25, fill={"color": INK}, **LABELLED))
        chart.set_y_axis(
            {"reverse": True, "num_font": _font(9), "line": {"none": True}, "major_tick_mark": "none"}
        )
        chart.set_x_axis(HIDDEN)
        return chart

    def grades(self) -> Chart:
        """How many customers have each grade."""
        chart = self._chart("column", self.words.text("summary.grades.chart"))
        chart.add_series(self._series("chart__grades", 2, gap=60, fill={"color": "#2F75B5"}, **LABELLED))
        chart.set_x_axis({**NAMES, "line": {"color": LINE}})
        chart.set_y_axis(HIDDEN)
        return chart

    def reasons(self) -> Chart:
        """How many customers were lost for each reason, the most frequent on top."""
        chart = self._chart("bar", self.words.text("summary.losses.reason_chart"))
        chart.add_series(self._series("chart__reasons", 2, gap=90, fill={"color": RED}, **LABELLED))
        chart.set_y_axis(
            {"reverse": True, "num_font": _font(9), "line": {"none": True}, "major_tick_mark": "none"}
        )
        chart.set_x_axis(HIDDEN)
        return chart

    def sources(self) -> Chart:
        """What became of the customers of each source."""
        chart = self._chart("bar", self.words.text("summary.losses.source_chart"), "stacked")
        white = "#FFFFFF"
        parts = ((2, "won", GREEN, white), (3, "open", SOFT, INK), (4, "lost", RED, white))
        for column, key, colour, ink in parts:
            name = self.words.text(f"summary.losses.{key}")
            counts = {"data_labels": {"value": True, "font": _font(9, color=ink), "num_format": "0;;"}}
            series = self._series("chart__sources", column, name=name, gap=40, fill={"color": colour})
            chart.add_series({**series, **counts})
        chart.set_legend({"position": "bottom", "font": _font(9)})
        chart.set_y_axis(
            {"reverse": True, "num_font": _font(9), "line": {"none": True}, "major_tick_mark": "none"}
        )
        chart.set_x_axis(HIDDEN)
        return chart

    def bridge(self) -> Chart:
        """From last week's pipeline to this week's: what leaves hangs down, what arrives stands on it.

        The names carry the amounts: a label has no room in a thin bar.
        """
        chart = self._chart("column", "{{ changes.chart_title }}", "stacked")
        chart.add_series(self._series("chart__bridge", 2, gap=45, fill={"none": True}, border={"none": True}))
        for column, key, colour in ((3, "whole", INK), (4, "rise", GREEN), (5, "fall", RED)):
            name = self.words.text(f"summary.changes.{key}")
            chart.add_series(self._series("chart__bridge", column, name=name, fill={"color": colour}))
        chart.set_x_axis({**NAMES, "line": {"color": LINE}})
        chart.set_y_axis(HIDDEN)
        return chart

    def _axes(self, chart: Chart) -> None:
        chart.set_x_axis({**NAMES, "line": {"color": LINE}})
        grid = {"visible": True, "line": {"color": LINE, "width": 0.5}}
        chart.set_y_axis(
            {
                "num_font": _font(9, color=MUTED), "num_format": "#,##0", "min": 0, "line": {"none": True},
                "major_gridlines": grid,
            }
        )  # fmt: skip


def plot(look: Look, title: str, kind: str, *, legend: bool = False) -> Chart:
    """Return a chart with week names below and figures on the left, without its series."""
    chart = look.workbook.add_chart({"type": kind})
    chart.set_title({"name": title, "name_font": _font(10, bold=True, color=INK), "overlay": False})
    chart.set_chartarea({"border": {"color": LINE}, "fill": {"color": "#FFFFFF"}})
    chart.set_legend({"position": "bottom", "font": _font(9)} if legend else {"none": True})
    chart.set_x_axis({**NAMES, "line": {"color": LINE}})
    chart.set_y_axis(axis("#,##0"))
    return chart


def axis(number: str) -> dict[str, Any]:
    """Return an axis of figures from zero, with faint lines."""
    grid = {"visible": number != "0%", "line": {"color": LINE, "width": 0.5}}
    return {
        "num_font": _font(9, color=MUTED), "num_format": number, "min": 0, "line": {"none": True},
        "major_gridlines": grid,
    }  # fmt: skip


def pipeline(look: Look, title: str, sheet: str, row: int) -> Chart:
    """A rep's open amount by stage, from the table on the rep's own page whose rows begin at ``row``."""
    chart = look.workbook.add_chart({"type": "bar"})
    chart.set_title({"name": title, "name_font": _font(10, bold=True, color=INK), "overlay": False})
    chart.set_chartarea({"border": {"color": LINE}, "fill": {"color": "#FFFFFF"}})
    chart.set_legend({"none": True})
    names, amounts = (f"='{sheet}'!${letter}${row}:${letter}${row}" for letter in "BF")
    shown = {
        "data_labels": {"value": True, "font": _font(8, color="#222B38"), "num_format": r"0\.0,;;"}
    }  # in 10,000
    chart.add_series({"categories": names, "values": amounts, "gap": 30, "fill": {"color": INK}, **shown})
    chart.set_y_axis(
        {"reverse": True, "num_font": _font(8), "line": {"none": True}, "major_tick_mark": "none"}
    )
    chart.set_x_axis(HIDDEN)
    return chart
