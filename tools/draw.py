"""Draw what the repository holds of its own output (make templates): templates, examples, reference pages."""

from __future__ import annotations

import shutil
from itertools import product
from pathlib import Path

from salesxl import drawing, messages
from salesxl.cli import report
from tools import dealer, demo, reference, sample
from tools.book_template import blank_book, blank_company_book
from tools.period_template import draw_period_template
from tools.rollup_template import draw_rollup_template
from tools.summary_template import draw_print_template, draw_summary_template

ROOT = Path(__file__).resolve().parent.parent


def templates() -> dict[str, bytes]:
    """Return the committed template workbooks by file name."""
    chinese = messages.load("zh", report.label_of)
    drawn = {f"{chinese.name('form', name)}.xlsx": drawing.blank_form(name) for name in drawing.form_names()}
    drawn[chinese.text("file.settings")] = drawing.settings_workbook()
    drawn[chinese.text("file.book")] = blank_book(chinese)
    drawn[chinese.text("file.company_book")] = blank_company_book(chinese)
    designs = {
        "summary": draw_summary_template,
        "summary_print": draw_print_template,
        "company_summary": draw_rollup_template,
    }
    designs["period_report"] = draw_period_template
    for (key, design), lang in product(designs.items(), messages.LOCALES):
        name = chinese.text(f"file.{key}")
        if lang != chinese.lang:
            name = name.replace(".", f".{lang}.")
        drawn[name] = design(messages.load(lang, report.label_of))
    return drawn


def main() -> None:
    """Write everything anew."""
    for name, content in templates().items():
        (ROOT / "templates" / name).write_bytes(content)
    (ROOT / "salesxl" / "summary" / "sample.json").write_text(sample.text(), encoding="utf-8")
    for name, text in reference.pages().items():
        (ROOT / "docs" / "reference" / name).write_text(text, encoding="utf-8")
    shutil.rmtree(ROOT / "examples" / "收件箱", ignore_errors=True)
    demo.make(ROOT / "examples")
    dealer.make(ROOT / "examples" / "dealer")


if __name__ == "__main__":
    main()
