"""One declaration per form: its columns are complete, and tell themselves apart."""

from __future__ import annotations

import tomllib
from itertools import chain
from pathlib import Path

import pytest

from salesxl import parsing, schemas, settings
from salesxl.columns import Kind, Need
from salesxl.parsing import columns

BLOCKS = [b for form in schemas.FORMS for b in form.blocks]
PACKAGE = Path(schemas.__file__).parent
FIELDS = tomllib.loads((PACKAGE / "fields.toml").read_text("utf-8"))
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


def test_every_entry_of_the_field_words_is_a_fields():
    known = {b.kind: {c.field for c in b.columns} for b in (*BLOCKS, *schemas.SETTINGS)}
    known |= {"shared": set(FIELDS["shared"])}
    known |= {"forms": {f.name for f in schemas.FORMS}, "blocks": {b.kind for b in BLOCKS}}
    assert {(b, f) for b in FIELDS for f in FIELDS[b]} <= {(b, f) for b in known for f in known[b]}
    assert {key for b in FIELDS.values() for words in b.values() for key in words} == {
        "help",
        "example",
        "aliases",
    }


def test_every_shared_list_of_words_is_used():
    told = [word for b in FIELDS.values() for w in b.values() for word in w.get("aliases", "").split()]
    assert {f"@shared.{name}" for name in FIELDS["shared"]} <= set(told)


def test_field_words_and_the_thesaurus_have_one_word_on_a_line():
    thesaurus = tomllib.loads((PACKAGE / "recognition" / "thesaurus.toml").read_text("utf-8"))
    lists = [w["aliases"] for b in FIELDS.values() for w in b.values() if "aliases" in w]
    lists += [words for group in thesaurus.values() for words in group.values()]
    assert [line for words in lists for line in words.splitlines() if len(line.split()) > 1] == []


def test_no_line_of_the_schemas_or_a_data_file_is_too_long_to_review():
    """A message is one sentence, and one line."""
    files = [PACKAGE / "schemas.py", *PACKAGE.rglob("*.toml")]
    lines = [
        (file.name, line)
        for file in files
        if file.parent.name != "messages"
        for line in file.read_text("utf-8").splitlines()
    ]
    assert len(lines) > 5000
    assert [(name, line) for name, line in lines if len(line) > 110] == []
