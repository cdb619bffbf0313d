"""The front door for programmers: what it gives, and that every example of its page runs."""

from __future__ import annotations

import datetime as dt
import doctest
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
import pytest
from openpyxl import load_workbook

import salesxl
from salesxl import errors
from tests.sheets import archive

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "python-api.md").read_text(encoding="utf-8")
INBOX = ROOT / "examples" / "收件箱"
DAY = dt.date(2026, 11, 20)
FINDING = ["file", "sheet", "cell", "field", "label", "code", "severity", "value", "message", "fix"]


@pytest.fixture(scope="module")
def found():
    return salesxl.validate(str(INBOX), as_of="2026-11-20", jobs=1)


@pytest.fixture
def form(tmp_path):
    return archive(tmp_path / "张三_客户档案.xlsx", [{}, {"customer_name": "乙公司", "customer_no": None}])


def alone(code: str) -> str:
    """Return what a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.strip()


def test_the_examples_of_the_page_run_in_order(tmp_path, monkeypatch):
    shutil.copytree(INBOX, tmp_path / "收件箱")
    for source in ("examples/团队设置.xlsx", "templates/团队汇总.xlsx"):
        shutil.copy(ROOT / source, tmp_path)
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) >= 9
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "docs/python-api.md", "exec"), names)
    assert load_workbook("客户清单.xlsx").active["A2"].value == names["good"]["customer_name"].iloc[0]
    assert all(Path(name).is_file() for name in ("团队台账.xlsx", "汇总.xlsx", "2026-W47/团队汇总.xlsx"))


def test_the_tree_of_exceptions_is_the_one_on_the_page():
    def tree(kind: type, depth: int = 0) -> list[tuple[int, str]]:
        below = [c for c in kind.__subclasses__() if c.__module__ == errors.__name__]
        return [(depth, kind.__name__), *(line for c in below for line in tree(c, depth + 1))]

    drawn = re.findall(
        r"^((?:│|├|└|─| )*)(\w+Error)\b", PAGE.split("```text")[1].split("```")[0], re.MULTILINE
    )
    assert [(len(lines) // 4 - 1, name) for lines, name in drawn] == tree(salesxl.SalesxlError)


def test_every_name_has_a_docstring_that_says_what_goes_in_and_out():
    for name in set(salesxl.__all__) - {"errors", "schemas", "Team"}:
        assert getattr(salesxl, name).__doc__


def test_importing_the_package_imports_no_other_module():
    heavy = "('pandas', 'numpy', 'pandera', 'lxml', 'click')"
    found = f"[m for m in sys.modules if m.split('.')[0] in {heavy} or m.startswith('salesxl.')]"
    assert alone(f"import sys, salesxl; print({found})") == "[]"


@pytest.mark.parametrize(
    "imports",
    [
        "import salesxl",
        "import salesxl.validate",
        "from salesxl.validate import check; import salesxl",
        "import salesxl; salesxl.validate; import salesxl.validate",
        "import salesxl.friday; import salesxl",
        "import salesxl.api; import salesxl",
    ],
)
def test_a_verb_is_a_module_and_can_be_called_whatever_is_imported_first(imports):
    asked = (
        "from salesxl.validate import check; assert salesxl.validate.check is check;"
        "from salesxl import validate; import inspect;"
        "assert 'as_of' in inspect.signature(validate).parameters;"
        "print(all(map(callable, (salesxl.validate, salesxl.render, salesxl.friday))))"
    )
    assert alone(f"{imports}; {asked}") == "True"


def test_a_name_that_the_package_does_not_have_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such"):
        _ = salesxl.no_such


def test_rows_are_accepted_rejected_or_superseded(found):
    for kind in found.kinds:
        rows = found[kind]
        assert len(rows) == len(found.accepted(kind)) + len(found.rejected(kind)) + rows["superseded"].sum()
        assert (found.rejected(kind)["codes"] != "").all()
    assert len(found.rejected("customer"))
    assert not found.ok


def test_what_is_accepted_holds_to_the_models_of_the_forms(found):
    for kind in found.kinds:
        salesxl.schemas.block_spec(kind).schema.validate(found.accepted(kind), lazy=True)


def test_a_frame_says_where_each_row_stands_and_is_your_own(found):
    rows = found["customer"]
    assert {"rep", "file", "sheet", "row", "codes", "others"} <= set(rows.columns)
    rows["customer_name"] = "x"
    assert not (found["customer"]["customer_name"] == "x").any()


def test_a_kind_that_does_not_exist_is_a_key_error_with_the_nearest(found):
    with pytest.raises(KeyError, match="did you mean customer"):
        found["customers"]


def test_findings_are_a_flat_frame(found):
    assert list(found.findings.columns) == FINDING
    assert len(found.findings) == len(found.checked.findings)
    assert set(found.findings["severity"]) <= {"error", "warning", "notice"}


def test_the_repr_tells_what_became_of_the_rows(found, form):
    shown = repr(found)
    assert f"{len(found.accepted('customer'))} accepted" in shown
    assert "as of 2026-11-20" in shown
    assert "customer" in repr(found.consolidate())


def test_one_path_or_many_text_or_path(form, tmp_path):
    one = salesxl.validate(str(form), as_of=DAY, jobs=1)
    many = salesxl.validate([form], as_of=dt.datetime(2026, 11, 20), jobs=1)
    folder = salesxl.validate(tmp_path, as_of=pd.Timestamp("2026-11-20"), jobs=1)
    assert one.findings.equals(many.findings)
    assert one.findings.equals(folder.findings)


def test_marked_copies_and_the_book_never_replace_what_was_handed_in(form, tmp_path):
    checked = salesxl.validate(form, as_of=DAY, jobs=1, checks=[everything_is_odd])
    before = form.read_bytes()
    with pytest.raises(salesxl.errors.UsageError):
        checked.annotate(tmp_path)
    with pytest.raises(salesxl.errors.UsageError):
        checked.consolidate().to_excel(form)
    assert form.read_bytes() == before
    assert [path.name for path in checked.annotate(str(tmp_path / "标注"))] == [form.name]


def everything_is_odd(frames):
    for at in frames["customer"].index:
        yield salesxl.RowFinding("customer", at, "contact", "不对。", fix="请改。")


def test_a_rule_of_your_own_keeps_its_rows_out_and_stands_at_its_cell(form):
    plain = salesxl.validate(form, as_of=DAY, jobs=1)
    checked = salesxl.validate(form, as_of=DAY, jobs=1, checks=[everything_is_odd])
    own = checked.findings.query("code == 'own'")
    assert len(own) == len(plain["customer"]) == len(checked.rejected("customer"))
    assert own["cell"].notna().all()
    assert set(own["message"] + own["fix"]) == {"不对。请改。"}
    assert checked.findings.query("code != 'own'").reset_index(drop=True).equals(plain.findings)
    assert checked.consolidate().tables["customer"].empty


def test_a_rule_of_your_own_may_warn_and_may_find_nothing(form):
    def odd(frames):
        return [salesxl.RowFinding("customer", 0, None, "看一看。", severity="warning")]

    checked = salesxl.validate(form, as_of=DAY, jobs=1, checks=[odd, lambda frames: None])
    assert checked.findings.query("code == 'own'")["severity"].tolist() == ["warning"]


@pytest.mark.parametrize(
    ("kind", "at", "field"), [("x", 0, None), ("customer", 99, None), ("customer", 0, "x")]
)
def test_a_rule_of_your_own_that_names_no_cell_is_a_bug(form, kind, at, field):
    with pytest.raises(ValueError, match="no cell"):
        salesxl.validate(
            form, as_of=DAY, checks=[lambda f: [salesxl.RowFinding(kind, at, field, "")]], jobs=1
        )


def test_a_schema_of_your_own_holds_beside_ours(form):
    amount = pa.Column("Float64", pa.Check.gt(1e9, error="large"), nullable=True)
    schema = pa.DataFrameSchema({"expected_amount": amount, "own_no": pa.Column("string")})
    checked = salesxl.validate(form, as_of=DAY, schemas={"customer": schema}, lang="en", jobs=1)
    told = checked.findings[checked.findings["code"].isin(["own", "missing_column"])]
    assert told["code"].tolist().count("missing_column") == 1
    assert told.query("code == 'own'")["message"].str.contains("large").all()
    assert checked.accepted("customer").empty


def test_a_rule_on_whole_rows_is_said_once_a_row(form):
    schema = pa.DataFrameSchema(checks=pa.Check(lambda rows: rows["row"] < 0, error="never"))
    checked = salesxl.validate(form, as_of=DAY, schemas={"customer": schema}, jobs=1)
    assert len(checked.findings.query("code == 'own'")) == len(checked["customer"])


def test_a_schema_that_asks_for_what_is_not_there_is_bad_set_up(form):
    with pytest.raises(salesxl.errors.UsageError) as stopped:
        salesxl.validate(
            form, as_of=DAY, schemas={"customer": pa.DataFrameSchema({"x": pa.Column()})}, jobs=1
        )
    assert stopped.value.code == "own_schema"


def test_a_form_is_read_without_more_ado_and_what_is_none_is_refused(form, tmp_path):
    assert list(salesxl.read_form(form)) == ["archive_head", "customer"]
    for name in ("空.xlsx", "a.xlsx"):
        (tmp_path / name).write_bytes(b"" if name == "空.xlsx" else b"PK nothing")
        with pytest.raises(salesxl.errors.RefusedError) as stopped:
            salesxl.read_form(tmp_path / name)
        assert stopped.value.__notes__


def test_a_result_never_replaces_what_it_is_made_of(form):
    with pytest.raises(salesxl.errors.UsageError):
        salesxl.render(form, {}, form)


def test_settings_without_a_path_are_the_presets():
    assert salesxl.load_settings().stages
    with pytest.raises(salesxl.errors.SettingsError) as stopped:
        salesxl.load_settings("没有.xlsx", lang="en")
    assert "cannot be found" in stopped.value.__notes__[0]


def test_the_examples_of_the_docstrings_run(tmp_path, monkeypatch):
    for source, name in (("examples", "examples"), ("templates", "templates"), ("examples", "华东销售部")):
        shutil.copytree(ROOT / source, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    verbs = ("validate", "read_form", "render", "load_settings", "friday", "rollup", "RowFinding")
    for name in verbs:
        examples = doctest.DocTestParser().get_examples(getattr(salesxl, name).__doc__)
        assert examples, name
        names = {"RowFinding": salesxl.RowFinding}
        for example in examples:
            exec(compile(example.source, name, "exec"), names)
    assert (tmp_path / "华东销售部" / "2026-W47" / "团队汇总.xlsx").is_file()
