"""One declaration per form: its columns are complete, and tell themselves apart."""

from __future__ import annotations

from itertools import chain

import pytest

from salesxl import parsing, schemas, settings
from salesxl.columns import Kind, Need
from salesxl.parsing import columns

BLOCKS = [b for form in schemas.FORMS for b in form.blocks]
RULES = settings.default_rulebook()


@pytest.mark.parametrize("block", [*BLOCKS, *schemas.SETTINGS], ids=lambda b: b.kind)
def test_every_column_has_its_words(block):
    for column in block.columns:
        assert column.label
        assert column.english
        assert column.help.endswith("。"), column.label


@pytest.mark.parametrize("block", BLOCKS, ids=lambda b: b.kind)
def test_no_header_names_two_columns_of_a_block(block):
    owners: dict[str, str] = {}
    for column in block.columns:
        if column.follows:
            continue
        for word in {parsing.normalise_label(w) for w in (column.label, column.english, *column.aliases)}:
            assert owners.setdefault(word, column.field) == column.field, word


@pytest.mark.parametrize("block", BLOCKS, ids=lambda b: b.kind)
def test_every_list_a_column_names_is_in_the_presets(block):
    for column in block.columns:
        assert bool(columns.options_of(column, RULES)) == (column.choices is not None), column.label


def test_a_blocks_kind_is_its_own():
    kinds = [b.kind for b in (*BLOCKS, *schemas.SETTINGS)]
    assert len(set(kinds)) == len(kinds)


def test_the_requirements_are_those_of_the_domain():
    customer = schemas.block_spec("customer")
    needs = {n: {c.label for c in customer.columns if c.need is n} for n in Need}
    assert needs[Need.EITHER] == {"员工人数", "年营收(万元)"}
    assert needs[Need.WHEN_OPEN] == {"预计成交日期"}
    assert needs[Need.WHEN_WON] == {"合同编号", "合同金额", "合同到期日"}
    assert needs[Need.WHEN_LOST] == {"流失原因"}
    assert needs[Need.COMPUTED] == {"客户编号", "客户等级"}
    assert {c.label for c in schemas.block_spec("record").columns if c.need is Need.WHEN_OFF} == {"终止原因"}


def test_free_text_keeps_what_was_typed_and_every_other_kind_takes_empty_marks():
    assert [k for k in Kind if not k.typed] == [Kind.TEXT]


def test_an_unknown_form_or_block_is_a_key_error():
    for look in (schemas.form, schemas.block_spec):
        with pytest.raises(KeyError):
            look("nothing")
    assert len(list(chain.from_iterable(f.blocks for f in schemas.FORMS))) == len(BLOCKS)
