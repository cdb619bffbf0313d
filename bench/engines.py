"""One template rendered by salesxl and by xltpl: which of its features arrive, and how long it takes.

    python -m bench.engines

Both get the same workbook, drawn by XlsxWriter: a list with one row per item, the same ``{{ … }}`` in its
cells. Only what repeats the row differs: a defined name here, ``{% for … %}`` in notes there. Every feature
is drawn into a workbook of its own, so that one an engine stumbles over costs it no other. xltpl is no
dependency of this project: without it the table has our column alone.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

from salesxl.errors import TemplateError
from salesxl.render import render

ITEMS, MANY, LARGE, RUNS = 50, 2_000, 100_000, 3
FEATURES: dict[str, tuple[str, str]] = {
    # what is asked, and the part and pattern that show it; {last} is the list's last row, {total} the next
    "amounts stay numbers": ("sheet1", r'<c r="B{last}"(?: s="\d+")?(?: t="n")?\s*><v>{last}</v>'),
    "text that begins with = stays text": ("sheet1", r'<c r="C{last}"[^>]* t="(?:inlineStr|s|str)"'),
    "number formats, borders, heights": (
        "sheet1",
        r'<row r="{last}"[^>]* ht="24"[\s\S]*?<c r="B{last}" s="[1-9]',
    ),
    "the total's formula grows": ("sheet1", r"<f>SUM\(B4:B{last}\)</f>"),
    "a formula in the row follows": ("sheet1", r"<f>B{last}\*2</f>"),
    "a formula on another sheet grows": ("sheet2", r"SUM\((?:List|'List')!B4:B{last}\)"),
    "merged cells repeat": ("sheet1", r'mergeCell ref="G{last}:H{last}"'),
    "conditional format grows, stays one": ("sheet1", r'<conditionalFormatting sqref="B4:B{last}"'),
    "data bar of Excel 2010 grows": ("sheet1", r"<xm:sqref>B4:B{last}</xm:sqref>"),
    "dropdown grows": ("sheet1", r'<dataValidation [^>]*sqref="C4[ :][^"]*C{last}"'),
    "Excel table grows": ("tables/", r'<table [^>]*ref="A3:B{last}"'),
    "chart kept, its ranges grow": ("charts/", r"(?:List|'List')!\$B\$4:\$B\${last}"),
    "sparkline in each row": ("sheet1", r"<xm:sqref>J{last}</xm:sqref>"),
    "note in each row": ("comments", r'ref="B{last}"'),
    "link made from data": ("_rels/sheet1", r"https://example\.com/7"),
    "filter grows": ("sheet1", r'<autoFilter ref="A3:B{last}"'),
    "print area grows": ("workbook", r"\$A\$1:\$H\${total}"),
    "defined name grows": ("workbook", r'name="done"[^>]*>(?:List|\'List\')!\$B\$4:\$B\${last}<'),
    "expression in the header": ("sheet1", r"<oddHeader>[^<]*East[^<]*</oddHeader>"),
    "text box with an expression": ("drawings/", r"<a:t>East</a:t>"),
    "picture below moves down (xltpl: without Pillow)": (
        "drawings/",
        r"<xdr:from><xdr:col>0</xdr:col>[^R]*?<xdr:row>{total_plus_3}</xdr:row>",
    ),
    "expression in a document property": ("docProps/", r">East report<"),
    "expression in the tab": ("workbook", r'<sheet [^>]*name="East"'),
    "unknown name: error with the cell": ("", ""),
}
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360"
    "606060000000050001a5f645400000000049454e44ae426082"
)


def template(feature: str, *, ours: bool) -> bytes:
    """Draw the list with one more feature on it, in the spelling of one engine."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    tab = "{{ team }}" if feature == "expression in the tab" else "List"
    sheet, other = book.add_worksheet(tab), book.add_worksheet("Other")
    money = book.add_format({"num_format": "#,##0.00", "border": 1})
    sheet.write("A1", "{{ team }}")
    sheet.write_row("A3", ["Name", "Done", "Remark"])
    wrong = "rep.nmae" if feature.startswith("unknown") else "rep.name"
    sheet.write("A4", f"{{{{ {wrong} }}}}")
    sheet.write("B4", "{{ rep.done }}", money)
    sheet.write("C4", "{{ rep.note }}")
    sheet.set_row(3, 24)
    sheet.write("A5", "Total")
    for words, draw in _DRAW.items():
        if feature.startswith(words):
            draw(book, sheet, other, tab)
    if ours:
        book.define_name("each_reps", f"='{tab}'!$4:$4")
    else:
        sheet.write_comment("A4", "beforerow{% for rep in reps %}")
        sheet.write_comment("A5", "beforerow{% endfor %}")
    book.close()
    return stream.getvalue()


def _chart(book: Any, sheet: Any, other: Any, tab: str) -> None:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"categories": f"='{tab}'!$A$4:$A$4", "values": f"='{tab}'!$B$4:$B$4"})
    other.insert_chart("A5", chart)


def _columns() -> list[dict[str, str]]:
    return [{"header": "Name"}, {"header": "Done"}]


_DRAW: dict[str, Callable[[Any, Any, Any, str], object]] = {
    "the total": lambda b, s, o, t: s.write_formula("B5", "=SUM(B4:B4)"),
    "a formula in": lambda b, s, o, t: s.write_formula("D4", "=B4*2"),
    "a formula on": lambda b, s, o, t: o.write_formula("A1", f"=SUM('{t}'!B4:B4)"),
    "merged": lambda b, s, o, t: s.merge_range("G4:H4", "{{ rep.name }}"),
    "conditional": lambda b, s, o, t: s.conditional_format(
        "B4:B4", {"type": "cell", "criteria": ">", "value": 9, "format": b.add_format({"bold": True})}
    ),
    "data bar": lambda b, s, o, t: s.conditional_format("B4:B4", {"type": "data_bar", "data_bar_2010": True}),
    "dropdown": lambda b, s, o, t: s.data_validation("C4:C4", {"validate": "list", "source": ["yes", "no"]}),
    "Excel table": lambda b, s, o, t: s.add_table("A3:B4", {"name": "done", "columns": _columns()}),
    "chart": _chart,
    "sparkline": lambda b, s, o, t: s.add_sparkline("J4", {"range": f"'{t}'!B4:D4"}),
    "note": lambda b, s, o, t: s.write_comment("B4", "a note"),
    "link": lambda b, s, o, t: s.write_url("E4", "https://example.com/{{ rep.no }}", string="page"),
    "filter": lambda b, s, o, t: s.autofilter("A3:B4"),
    "print": lambda b, s, o, t: s.print_area("A1:H5"),
    "defined": lambda b, s, o, t: b.define_name("done", f"='{t}'!$B$4:$B$4"),
    "expression in the header": lambda b, s, o, t: s.set_header("&C{{ team }}"),
    "text box": lambda b, s, o, t: s.insert_textbox("J1", "{{ team }}"),
    "picture": lambda b, s, o, t: s.insert_image("A9", "logo.png", {"image_data": io.BytesIO(PIXEL)}),
    "expression in a document": lambda b, s, o, t: b.set_properties({"title": "{{ team }} report"}),
}  # fmt: skip


def data(count: int) -> dict[str, Any]:
    """Return a list of so many items; the amount of each is the row it will stand in."""
    reps = [{"name": f"R{n}", "done": n + 4, "note": "=1+1", "no": n} for n in range(count)]
    return {"team": "East", "reps": reps}


def with_ours(source: bytes, values: dict[str, Any]) -> bytes:
    """Render as salesxl does."""
    return render(source, values)


def with_xltpl(source: bytes, values: dict[str, Any]) -> bytes:
    """Render as xltpl's manual shows; its files must lie on a disk."""
    from xltpl.writerx import BookWriter

    with tempfile.TemporaryDirectory() as home:
        path, made = Path(home, "in.xlsx"), Path(home, "out.xlsx")
        path.write_bytes(source)
        writer = BookWriter(str(path))
        names = enumerate(sheet.title for sheet in openpyxl.load_workbook(path).worksheets)
        writer.render_sheets([{**values, "tpl_idx": index, "sheet_name": name} for index, name in names])
        writer.save(str(made))
        return made.read_bytes()


def kept(feature: str, engine: Callable[[bytes, dict[str, Any]], bytes], *, ours: bool) -> bool:
    """Say whether a feature of the template is in what an engine makes of it."""
    last = ITEMS + 3
    part, pattern = FEATURES[feature]
    try:
        made = engine(template(feature, ours=ours), data(ITEMS))
    except TemplateError as error:
        return not part and "A4" in str(error)
    except Exception:  # noqa: BLE001 - an engine that fails keeps nothing
        return False
    if not part:
        return False
    for name, number in (("last", last), ("total_plus_3", last + 4), ("total", last + 1)):
        pattern = pattern.replace(f"{{{name}}}", str(number))
    with zipfile.ZipFile(io.BytesIO(made)) as opened:
        return any(
            re.search(pattern, opened.read(name).decode(errors="replace"))
            for name in opened.namelist()
            if part in name
        )


def seconds(engine: Callable[[bytes, dict[str, Any]], bytes], *, ours: bool) -> float:
    """Return the median time of rendering a long list."""
    source, values, times = template("the total's formula grows", ours=ours), data(MANY), []
    for _ in range(RUNS):
        start = time.perf_counter()
        engine(source, values)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    engines = {"salesxl": (with_ours, True)}
    try:
        import xltpl

        engines[f"xltpl {getattr(xltpl, '__version__', '')}".strip()] = (with_xltpl, False)
    except ImportError:
        print("xltpl is not installed: pip install xltpl\n")
    print("| feature | " + " | ".join(engines) + " |\n| --- " + "| --- " * len(engines) + "|")
    rows = {f: [kept(f, engine, ours=ours) for engine, ours in engines.values()] for f in FEATURES}
    for feature, found in rows.items():
        print(f"| {feature} | " + " | ".join("yes" if one else "no" for one in found) + " |")
    counts = [sum(found[n] for found in rows.values()) for n in range(len(engines))]
    print(f"| **of {len(rows)}** | " + " | ".join(f"**{count}**" for count in counts) + " |")
    took = [seconds(engine, ours=ours) for engine, ours in engines.values()]
    print(f"| {MANY:,} rows of the list, s | " + " | ".join(f"{one:.2f}" for one in took) + " |")
    print()
    large()


# ---- a band of 100,000 rows


COLUMNS = 18


def cells(number: int) -> list[Any]:
    """Return one row as records have it: texts of several lengths, numbers, dates, blanks."""
    day = dt.date(2024, 1, 1) + dt.timedelta(days=number % 365)
    return [
        *(
            f"客户{number}有限公司",
            "张三",
            number,
            day,
            number * 1.25,
            "客户询问了设备的价格与交期",
            "电话拜访",
        ),
        *(dt.datetime(2024, 3, 1, 9, number % 60), None, "13800138000", True, "意向", "需求确认"),
        *(number % 7, "华东", "来源文件.xlsx", "客户档案", number),
    ]


def band(target: Path) -> None:
    """Render a template of one band, its list given as an iterator."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet("D"), book.add_format({"num_format": "yyyy-mm-dd"})
        plain = book.add_format({"num_format": "0.00"})
        sheet.write_row(0, 0, [f"c{at}" for at in range(COLUMNS)])
        for at in range(COLUMNS):
            sheet.write(1, at, f"{{{{ row.c{at} }}}}", day if at in (3, 7) else plain)
        book.define_name("each_rows", "=D!$2:$2")
    names = [f"c{at}" for at in range(COLUMNS)]
    rows = (dict(zip(names, cells(number), strict=True)) for number in range(LARGE))
    target.write_bytes(render(stream.getvalue(), {"rows": rows}))


def written(target: Path) -> None:
    """Write the same cells with XlsxWriter, which keeps one row in memory."""
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        sheet, day = book.add_worksheet("D"), book.add_format({"num_format": "yyyy-mm-dd"})
        plain = book.add_format({"num_format": "0.00"})
        sheet.write_row(0, 0, [f"c{at}" for at in range(COLUMNS)])
        for row in range(LARGE):
            for at, value in enumerate(cells(row)):
                if isinstance(value, dt.date):
                    sheet.write_datetime(row + 1, at, value, day)
                elif value is None:
                    sheet.write_blank(row + 1, at, None, plain)
                else:
                    sheet.write(row + 1, at, value, plain)


def large() -> None:
    """Print time and memory of the large band and of XlsxWriter, each in a process of its own."""
    print(f"| {LARGE:,} × {COLUMNS} cells | wall s | CPU s | peak MB |\n| --- | --- | --- | --- |")
    for name, job in (("salesxl, a band of one row", "band"), ("XlsxWriter, constant memory", "written")):
        run = [sys.executable, "-m", "bench.engines", job]
        print(
            f"| {name} | {subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()} |"
        )


def alone(job: Callable[[Path], None]) -> None:
    """Do one job and print what it took of this process."""
    import resource  # not on Windows, where only the tables above are printed

    with tempfile.TemporaryDirectory() as home:
        wall, cpu = time.perf_counter(), time.process_time()
        job(Path(home, "out.xlsx"))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{wall:.1f} | {cpu:.1f} | {peak}")


if __name__ == "__main__":
    jobs = {"band": band, "written": written}
    if len(sys.argv) > 1:
        alone(jobs[sys.argv[1]])
    else:
        main()
