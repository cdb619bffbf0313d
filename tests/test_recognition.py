"""Recognition held to answer keys: layouts, headers and spellings drawn by the seed, every cell judged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from salesxl.model import Checked
from tests import inboxes

SEEDS = (11, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (12, 13, 14)))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_fault_is_found_and_every_value_read(seed: int, tmp_path: Path) -> None:
    truth = inboxes.make(tmp_path, seed)
    found = inboxes.score(truth, inboxes.check(tmp_path, truth, seed))
    assert found.values > 400
    assert (found.missed, found.false, found.wrong) == ((), (), ())


@pytest.mark.parametrize("seed", [31, pytest.param(32, marks=pytest.mark.slow)])
def test_a_header_nobody_knows_is_told_by_evidence_or_left_never_mistaken(seed: int, tmp_path: Path) -> None:
    truth = inboxes.make(tmp_path, seed, setup=inboxes.wild_pools())
    taken = list(_taken(inboxes.check(tmp_path, truth, seed)))
    assert taken
    assert [t for t in taken if t[1] != t[2]] == []


def _taken(checked: Checked) -> Iterator[tuple[str, str, str]]:
    """Yield the headers that no schema knows, with what they mean and what they were taken for."""
    meant = {
        (block, header): name
        for block, fields in inboxes.UNKNOWN.items()
        for name, headers in fields.items()
        for header in headers
    }
    for submission in checked.submissions:
        for block in submission.blocks:
            for name, header in block.headers.items():
                bare = re.sub(r"[*＊\s]|（必填）", "", header)
                if (block.kind, bare) in meant:
                    yield bare, meant[block.kind, bare], name
