"""References in formulas: found, left alone, shifted, written back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesxl.model import Area
from salesxl.xlsx.refs import (
    Ref,
    area_text,
    parse,
    quote_sheet,
    read_area,
    read_areas,
    rename_sheets,
    rewrite,
    shift,
    split_cell,
)


def refs(formula: str) -> list[str]:
    return [str(piece) for piece in parse(formula) if isinstance(piece, Ref)]


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("SUM(A1:B2)+C3", ["A1:B2", "C3"]),
        ("$A$1*B$2/$C3", ["$A$1", "B$2", "$C3"]),
        ("SUM(C5:C5)", ["C5:C5"]),
        ("客户档案!A1+'张 三'!B2:C9", ["客户档案!A1", "'张 三'!B2:C9"]),
        ("SUM(A:C)+SUM($3:4)", ["A:C", "$3:4"]),
        ("'It''s'!A1", ["'It''s'!A1"]),
        ('"A1"&A2&"say ""B3"""', ["A2"]),
        ("LOG10(A1)+ATAN2(B1,C1)", ["A1", "B1", "C1"]),
        ("Q1_total+TAX2024!A1", ["'TAX2024'!A1"]),
        ("[1]Sheet1!A1+'[book.xlsx]S'!B2", []),
        ("SUM(Jan:Mar!A1,'一 月:三月'!B2:B3)", ["Jan:Mar!A1", "'一 月:三月'!B2:B3"]),
        ("Sales[amount]+Sales[[#This Row],[A1]]+A1", ["A1"]),
        ("A1:INDEX(B:B,3)", ["A1", "B:B"]),
        ("XFE1+A1048577+XFD1048576", ["XFD1048576"]),
        ("1E5+2.5+A1%", ["A1"]),
        ("B10:A1", ["A1:B10"]),
        ("Sheet1!#REF!+A1", ["A1"]),
        ("IF(A1>0,TRUE,_xlfn.XLOOKUP(A1,B:B,C:C))", ["A1", "A1", "B:B", "C:C"]),
        ("A1.B2+A1_x+my.A1", []),
    ],
)
def test_references_are_found_and_other_words_left_alone(formula: str, found: list[str]) -> None:
    assert refs(formula) == found


@pytest.mark.parametrize(
    "formula",
    [
        'SUM(A1:B2)*$C$3&"x"',
        "IFERROR(VLOOKUP($A5,'客户 档案'!$A:$F,3,FALSE),\"\")",
        'SUMPRODUCT((A2:A9="甲")*(B2:B9))',
        "Sales[[#Totals],[a'[b]]]+1",
        "{1,2;3,4}",
    ],
)
def test_pieces_joined_give_the_formula(formula: str) -> None:
    assert "".join(map(str, parse(formula))) == formula


@pytest.mark.parametrize(
    ("formula", "rows", "columns", "expected"),
    [
        ("A1+$A1+A$1+$A$1", 2, 1, "B3+$A3+B$1+$A$1"),
        ("SUM(A1:B$2)", 1, 0, "SUM(A2:B$2)"),
        ("A1", -1, 0, "#REF!"),
        ("A1", 0, -1, "#REF!"),
        ("XFD1", 0, 1, "#REF!"),
        ("SUM(3:4)+SUM(A:B)", 1, 1, "SUM(4:5)+SUM(B:C)"),
        ('表!A1&"A1"', 1, 0, '表!A2&"A1"'),
    ],
)
def test_a_copied_formula_shifts_its_relative_references(
    formula: str, rows: int, columns: int, expected: str
) -> None:
    assert shift(formula, rows, columns) == expected


def test_a_renamed_sheet_is_followed_and_quoted_where_needed() -> None:
    assert rename_sheets("Rep!A1+SUM('Rep'!B:B)+Other!C1", {"Rep": "张 三"}) == (
        "'张 三'!A1+SUM('张 三'!B:B)+Other!C1"
    )


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("周报", "周报"),
        ("Sheet1", "Sheet1"),
        ("AB12", "'AB12'"),
        ("R1C1", "'R1C1'"),
        ("2024", "'2024'"),
        ("a b", "'a b'"),
        ("it's", "'it''s'"),
        ("TRUE", "'TRUE'"),
        ("一-二", "'一-二'"),
    ],
)
def test_sheet_names_are_quoted_as_excel_does(name: str, quoted: str) -> None:
    assert quote_sheet(name) == quoted


def test_ranges_are_read_and_written() -> None:
    assert read_area("B2:C9") == Area(2, 2, 9, 3)
    assert read_areas("A1 C3:D4") == [Area(1, 1, 1, 1), Area(3, 3, 4, 4)]
    assert area_text(read_area("A:C")) == "A:C"
    assert area_text(read_area("2:3")) == "2:3"
    assert area_text(Area(5, 2, 5, 2)) == "B5"
    assert split_cell("$AB$12") == (12, 28)
    with pytest.raises(ValueError, match="no cell"):
        split_cell("12")


@given(st.text(max_size=60))
def test_any_text_survives_being_parsed(text: str) -> None:
    untouched = rewrite(text, str)
    assert rewrite(untouched, str) == untouched
    if not any(isinstance(piece, Ref) for piece in parse(text)):
        assert untouched == text
