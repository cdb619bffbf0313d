"""Forms for programmers: from rows, a pandera model or a Table Schema; to pandera's YAML and a data package.

Owns what such a schema is in the words of 表单, and that whatever one of the two cannot say is told. Refuses:
what a row means; that is ``settings``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pandas as pd

from salesxl import codes, columns, drawing, messages, settings
from salesxl.columns import BlockSpec, Column, Kind, Shape
from salesxl.errors import SettingsError
from salesxl.only_pandas import only_pandas
from salesxl.rulebook import Rulebook
from salesxl.schemas import block_spec, label_of

with only_pandas():
    import pandera.pandas as pa

__all__ = ["Exchanged", "Form"]

Row = Mapping[str, Any]
OURS = "salesxl:row"
"""The property of a field in a Table Schema that holds its row of 表单."""
KINDS = {"float": "数字", "int": "整数", "datetime": "日期", "bool": "是否", "string": "文字"}
TYPES = {
    **dict.fromkeys((Kind.NUMBER, Kind.AMOUNT, Kind.AMOUNT_WAN, Kind.PERCENT), "number"),
    **{Kind.WHOLE: "integer", Kind.DATE: "date", Kind.MOMENT: "datetime"},
    **{Kind.YES_NO: "boolean", Kind.PICTURE: "boolean"},
}
"""The type of a Table Schema for a kind; any other is a string."""
FROM_TYPES = {
    **{"number": "数字", "integer": "整数", "date": "日期", "datetime": "时刻", "boolean": "是否"},
    **{"year": "整数", "string": "文字", "any": "文字", "time": "文字", "duration": "文字"},
}
BOUNDS = {
    **{"greater_than": ("最小", ">", "min_value"), "greater_than_or_equal_to": ("最小", "", "min_value")},
    **{"less_than": ("最大", "<", "max_value"), "less_than_or_equal_to": ("最大", "", "max_value")},
}
"""A pandera check: the column of 表单, the sign before the bound, and the statistic that has it."""


class Exchanged(NamedTuple):
    """What was written, and in words what of the form it cannot say."""

    content: Any
    losses: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """A form as data: made from rows, a model or a schema, and written to one.

    ``rows`` are those of 表单 by the labels of its columns, ``rulebook`` the rules under which the form is in
    use, for ``salesxl.validate(…, settings=form.rulebook)``; ``losses`` say what of its source it does not
    keep.

    >>> row = {"表单": "走访登记", "项目": "走访里程", "类型": "数字", "必填": "必填", "最小": ">5"}
    >>> form = salesxl.Form.from_rows([row])
    >>> (form.title, list(form.schema().columns))
    ('走访登记', ['走访里程'])
    """

    rows: tuple[Row, ...]
    rulebook: Rulebook
    definition: columns.Form
    losses: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The form's title."""
        return self.definition.title

    @classmethod
    def from_rows(
        cls,
        rows: Iterable[Row],
        *,
        rules: Iterable[Row] = (),
        listed: Row | None = None,
        settings: Rulebook | None = None,
    ) -> Form:
        """Return the form that rows of 表单 define, by the labels of its columns, as typed there.

        ``rules`` are rows of 检查规则, ``listed`` is its row of 表单清单; ``settings`` are the team's rules,
        those of the presets by default, whose lists the form may use.

        Raises:
            SettingsError: the rows hold faults, each named with the mend, or they define no form.
        """
        return _made(rows, rules, listed, settings)

    @classmethod
    def from_model(
        cls,
        model: type[pa.DataFrameModel] | pa.DataFrameSchema,
        title: str,
        *,
        settings: Rulebook | None = None,
    ) -> Form:
        """Return a form of one table from a pandera model or schema, whose columns have labels as ``title``.

        Types, nullable, bounds, ``isin`` and descriptions are kept; any other check is among the ``losses``.

        Raises:
            SettingsError: a column has no Chinese label, or its bounds do not suit it.
        """
        schema = model if isinstance(model, pa.DataFrameSchema) else model.to_schema()
        losses: list[str] = []
        rows = [_of_column(str(name), column, losses) for name, column in schema.columns.items()]
        return replace(_made(_titled(rows, title), (), None, settings), losses=tuple(losses))

    @classmethod
    def from_frictionless(
        cls, schema: Mapping[str, Any], title: str | None = None, *, settings: Rulebook | None = None
    ) -> Form:
        """Return a form from a Table Schema, or from a data package with one resource a block, as a mapping.

        Fields that ``to_frictionless`` has written come back as they were. A pattern is no wildcard: it stays
        in the help of its field and is among the ``losses``.

        Raises:
            SettingsError: a field has no Chinese title, or there is no title for the form.
        """
        losses: list[str] = []
        rows: list[Row] = []
        for resource in schema.get("resources") or [{"schema": schema}]:
            table = resource["schema"]
            keys = table.get("primaryKey", ())
            keys = (keys,) if isinstance(keys, str) else keys
            rows += [_of_field(field, keys, losses) for field in table["fields"]]
        named = title or schema.get("title")
        return replace(_made(_titled(rows, named), (), None, settings), losses=tuple(losses))

    def schema(self, block: str | None = None) -> pa.DataFrameSchema:
        """Return the pandera schema of a block by its title; by default of the first table.

        Raises:
            KeyError: the form has no such block.
        """
        return self._block(block).schema

    def blank(self) -> bytes:
        """Return the blank form as a workbook."""
        return drawing.blank_form(self.definition.name, self.rulebook)

    def to_pandera_yaml(self, block: str | None = None) -> Exchanged:
        """Return a block's schema (by default the first table's) as pandera's YAML; it needs pandera[io].

        Raises:
            KeyError: the form has no such block.
        """
        spec = self._block(block)
        plain = {
            name: pa.Column(
                column.dtype,
                _fixed(spec.column(name), self),
                nullable=column.nullable,
                title=column.title,
                description=column.description,
            )
            for name, column in spec.schema.columns.items()
        }
        return Exchanged(
            pa.DataFrameSchema(plain, name=spec.title).to_yaml(), tuple(_unsaid(spec, yaml=True))
        )

    def to_frictionless(self) -> Exchanged:
        """Return the form as a data package: one resource with a Table Schema a block."""
        resources: list[dict[str, Any]] = []
        for spec in self.definition.blocks:
            fields = [self._field(column) for column in spec.columns]
            keys = [c.field for c in spec.columns if "key" in c.roles]
            schema = {"fields": fields, **({"primaryKey": keys} if keys else {})}
            resources.append({"name": f"block-{len(resources) + 1}", "title": spec.title, "schema": schema})
        told = [loss for spec in self.definition.blocks for loss in _unsaid(spec, yaml=False)]
        told += [f"检查规则 {rule.name}" for rule in self.rulebook.rules if rule.form == self.definition.name]
        package = {"name": "form", "title": self.title, "resources": resources}
        return Exchanged(package, tuple(told))

    def _block(self, title: str | None) -> BlockSpec:
        blocks = self.definition.blocks
        tables = [spec for spec in blocks if spec.shape is Shape.TABLE]
        if title is None:
            return (tables or list(blocks))[0]
        found = next((spec for spec in blocks if spec.title == title), None)
        if found is None:
            raise KeyError(title)
        return found

    def _field(self, column: Column) -> dict[str, Any]:
        fixed = {"minimum": column.minimum, "maximum": column.maximum}
        asked: dict[str, Any] = {
            n: b for n, b in fixed.items() if isinstance(b, float) and column.kind in columns.FIGURES
        }
        if column.required:
            asked["required"] = True
        if column.kind is Kind.CHOICE and column.choices:
            asked["enum"] = [option.value for option in self.rulebook.choices[column.choices]]
        if column.format and column.format not in codes.FORMATS:
            asked["pattern"] = codes.wildcard(column.format)
        row = next((r for r in self._filled() if settings.own_field(str(r["项目"])) == column.field), {})
        told = {"title": column.label, "description": column.help, "example": column.example}
        return {
            "name": column.field,
            "type": TYPES.get(column.kind, "string"),
            **{name: text for name, text in told.items() if text},
            **({"constraints": asked} if asked else {}),
            OURS: dict(row),
        }

    def _filled(self) -> Iterator[Row]:
        """Yield the rows with what they leave to the row above."""
        said: dict[str, Any] = {}
        for row in self.rows:
            if row.get("表单"):
                said = {}
            said |= {name: row[name] for name in ("表单", "区块", "形式") if row.get(name)}
            yield {**row, **said}


def _made(rows: Iterable[Row], rules: Iterable[Row], listed: Row | None, given: Rulebook | None) -> Form:
    base = settings.default_rulebook() if given is None else given
    kept = tuple({label: value for label, value in row.items() if value not in (None, "")} for row in rows)
    sheets = {"form": kept, "rule": tuple(rules), "form_list": (listed,) if listed else ()}
    rulebook, faults = settings.with_definitions(base, {k: _by_field(k, v) for k, v in sheets.items()})
    settings.refuse_faulty(faults, messages.load(messages.LOCALES[0], label_of))
    if not rulebook.forms.own:
        raise SettingsError("no_definition")
    return Form(kept, rulebook, rulebook.forms.own[0])


def _by_field(kind: str, rows: Sequence[Row]) -> tuple[Row, ...]:
    fields = {column.label: column.field for column in block_spec(kind).columns}
    return tuple({fields[label]: value for label, value in row.items()} for row in rows)


def _titled(rows: Sequence[Row], title: str | None) -> list[Row]:
    return [{"表单": title, **row} if at == 0 and "表单" not in row else row for at, row in enumerate(rows)]


def _of_column(name: str, column: pa.Column, losses: list[str]) -> Row:
    label = column.title or name
    word = next((w for w in KINDS if str(column.dtype).lower().startswith(w)), "string")
    row: dict[str, Any] = {"项目": label, "类型": KINDS[word], "必填": "选填" if column.nullable else "必填"}
    if column.description:
        row["说明"] = column.description
    for check in column.checks:
        told = check.statistics or {}
        if check.name in BOUNDS:
            side, sign, key = BOUNDS[check.name]
            row[side] = sign + _bound(told[key])
        elif check.name == "isin":
            row |= {"类型": "选项", "取值": "、".join(map(str, told["allowed_values"]))}
        elif check.name == "in_range":
            signs = (
                "" if told.get("include_min", True) else ">",
                "" if told.get("include_max", True) else "<",
            )
            row |= {
                "最小": signs[0] + _bound(told["min_value"]),
                "最大": signs[1] + _bound(told["max_value"]),
            }
        else:
            losses.append(f"{label}: {check.name or check}")
    return row


def _bound(value: Any) -> str:
    return pd.Timestamp(value).strftime("%Y-%m-%d") if hasattr(value, "year") else f"{value:g}"


def _of_field(field: Mapping[str, Any], keys: Sequence[str], losses: list[str]) -> Row:
    if field.get(OURS):
        return dict(field[OURS])
    label = field.get("title") or field["name"]
    asked = field.get("constraints") or {}
    row: dict[str, Any] = {"项目": label, "类型": FROM_TYPES.get(field.get("type", "string"), "文字")}
    row["必填"] = "必填" if asked.get("required") else "选填"
    for name, side in (("minimum", "最小"), ("maximum", "最大")):
        if name in asked:
            row[side] = str(asked[name])
    if "enum" in asked:
        row |= {"类型": "选项", "取值": "、".join(map(str, asked["enum"]))}
    told = [str(field["description"])] if field.get("description") else []
    if "pattern" in asked:
        told.append(f"格式：{asked['pattern']}")
    losses += [
        f"{label}: {name}" for name in asked if name in ("pattern", "unique", "minLength", "maxLength")
    ]
    if told:
        row["说明"] = "；".join(told)
    if "example" in field:
        row["示例"] = str(field["example"])
    if field["name"] in keys:
        row["用途"] = "键"
    return row


def _fixed(column: Column, form: Form) -> list[pa.Check]:
    """Return the checks that pandera can write down: fixed bounds, wildcards and choices."""
    bounds = {"ge": column.minimum, "le": column.maximum, "gt": column.above, "lt": column.below}
    number = column.kind in columns.FIGURES
    found = [getattr(pa.Check, n)(b) for n, b in bounds.items() if number and isinstance(b, (int, float))]
    if column.kind is Kind.CHOICE and column.choices:
        found.append(pa.Check.isin([option.value for option in form.rulebook.choices[column.choices]]))
    if column.format and column.format not in codes.FORMATS:
        found.append(pa.Check.str_matches(f"^(?:{codes.wildcard(column.format)})$"))
    return found


def _unsaid(spec: BlockSpec, *, yaml: bool) -> Iterator[str]:
    """Yield in words what of a block's fields the other form of it cannot say."""
    for column in spec.columns:
        bounds = (column.minimum, column.maximum, column.above, column.below)
        parts = {
            "条件": bool(column.conditions),
            "算式": column.formula is not None,
            "变动的界限": any(isinstance(bound, str) for bound in bounds) or column.past_only,
            "所指的档案或成员": column.reference is not None,
            "校验码": column.format in codes.FORMATS,
            "出错时": column.message is not None,
            "用途": yaml and bool(column.roles),
            "单位": column.unit is not None,
            "别名": bool(column.aliases),
            "开区间": not yaml and (column.above is not None or column.below is not None),
        }
        yield from (f"{column.label}: {word}" for word, lost in parts.items() if lost)
