"""The reference pages in docs/reference, made from the schemas, the words and the commands."""

from __future__ import annotations

from collections.abc import Iterator

import click

from salesxl import cli, messages, schemas, summary
from salesxl.cli import console, report
from salesxl.columns import BlockSpec, Column, Need, Shape
from salesxl.files.packaged import shipped
from salesxl.render import fields, shortened

NEEDS = {
    Need.REQUIRED: "R",
    Need.OPTIONAL: "O",
    Need.COMPUTED: "C",
    Need.EITHER: "R: one of",
    Need.WHEN_OPEN: "R while open",
    Need.WHEN_WON: "R once won",
    Need.WHEN_LOST: "R once lost",
    Need.WHEN_OFF: "R once ended",
    Need.CONDITIONAL: "R if",
    Need.OMITTED: "not on the form",
}

NAMES_OF_ALL = "总的"
NAMES_HEAD = (
    "# 模板里可以写的名字",
    "",
    "由 `make templates` 用一个虚构团队的数字生成；`salesxl fields --data 团队台账.xlsx` 列出自己团队的。"
    "写法见[指南](../templates.md)。",
    "",
    "- 一行一个名字。不带 `[]` 的，在任何单元格写 `{{ title }}` 这样就行。",
    "- `attainment.reps[].rep` 是列表 `attainment.reps` 每一项的 `rep`：给行起名 `each_attainment__reps`，"
    "行里写 `{{ rep.rep }}` 或 `{{ row.rep }}`。",
    "- `stages.counts['线索培育']` 里的词来自团队自己的设置，换成自己的阶段、等级即可。",
    "- “见于”是随附的团队汇总.xlsx 里显示它的工作表和列。金额的单位是元。",
    "- `salesxl friday --format json` 和 `salesxl render --format json` 给程序的也是这些名字；"
    "明细的每一行（`detail.rows`）要加 `--rows` 才给。",
)


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    return {
        "fields.md": "\n".join(_fields()) + "\n",
        "findings.md": "\n".join(_findings()) + "\n",
        "commands.md": "\n".join(_commands()) + "\n",
        "template-names.md": "\n".join(_names()) + "\n",
    }


def _fields() -> Iterator[str]:
    yield "# Fields of the forms and of the settings workbook"
    yield ""
    yield "Made from `salesxl/schemas.py` by `make templates`."
    yield "R required, O optional, C computed by the toolkit; fixed: no team can do without it (sheet 表单)."
    for form in schemas.FORMS:
        yield f"\n## {form.title} — {form.english} (`{form.name}`)"
        for block in form.blocks:
            yield from _block(block)
    yield "\n## 团队设置.xlsx — settings workbook"
    for block in schemas.SETTINGS:
        yield from _block(block)


def _block(block: BlockSpec) -> Iterator[str]:
    shape = "card" if block.shape is Shape.CARD else "table"
    goes_to = f", team book sheet {block.sheet}" if block.sheet else ""
    yield f"\n### {block.title} (`{block.kind}`, {shape}{goes_to})\n"
    yield "| label | field | English | kind | need | list | help | also understood as |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for column in block.columns:
        yield "| " + " | ".join(_cells(column)) + " |"


def _cells(column: Column) -> Iterator[str]:
    yield column.label
    yield f"`{column.field}`"
    yield column.english
    yield column.kind.value
    yield NEEDS[column.need] + (", fixed" if column.fixed else "")
    yield column.choices or ""
    yield column.help.replace("|", "\\|")
    yield "、".join(column.aliases)


def _findings() -> Iterator[str]:
    chinese, english = (messages.load(lang, report.label_of) for lang in messages.LOCALES)
    yield "# Findings"
    yield ""
    yield "Made from `salesxl/words` by `make templates`."
    yield "A finding as JSON (`salesxl validate --format json`) is"
    yield "`{file, sheet, cell, field, label, code, severity, value, message, fix}`;"
    yield "`file` is relative to the folder given."
    yield "An error keeps its row out of the team's book until it is mended; a warning does not."
    yield ""
    yield "| code | 名称 | title | says | asks for |"
    yield "| --- | --- | --- | --- | --- |"
    for code in messages.CODES:
        said = (english.raw_code(code, what).replace("|", "\\|") for what in ("message", "fix"))
        yield f"| `{code}` | {chinese.title(code)} | {english.title(code)} | " + " | ".join(said) + " |"


def _commands() -> Iterator[str]:
    yield "# Commands"
    yield ""
    yield "Made from the commands' own help by `make templates`: in Chinese, then with `--lang en`."
    for lang in messages.LOCALES:
        settings = cli.main.context_settings
        group = click.Context(
            cli.main, info_name="salesxl", terminal_width=100, max_content_width=100, **settings
        )
        console.speak(group, lang)
        for name, command in cli.main.commands.items():
            context = click.Context(command, info_name=name, parent=group)
            yield f"\n## {name}{' (en)' if lang != messages.LOCALES[0] else ''}\n"
            yield "```text"
            yield command.get_help(context)
            yield "```"


def _names() -> Iterator[str]:
    """In the language of the guide to templates, since its readers are the same."""
    said = messages.load("zh", report.label_of)
    yield from NAMES_HEAD
    known = fields(summary.sample(), shipped(said.text("file.summary")))
    sections: dict[str, list[str]] = {NAMES_OF_ALL: []}
    for field in known:
        first, dot, _ = field.name.partition(".")
        section = first if dot or field.band else NAMES_OF_ALL
        example = shortened(field.example)
        if field.band:
            row = "" if field.item == "row" else f"，每项写 `{field.item}` 或 `row`"
            example = f"行名 `{field.band}`{row}"
        kind = said.name("value_kind", field.kind)
        line = f"| `{field.name}` | {kind} | {_cell(example)} | {_cell(field.shown or '')} |"
        sections.setdefault(section.removesuffix("[]"), []).append(line)
    for section, lines in sections.items():
        yield f"\n## {section}\n\n| 名字 | 类型 | 例子 | 见于 |\n| --- | --- | --- | --- |"
        yield from lines


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
