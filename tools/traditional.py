"""The table of traditional characters, made from OpenCC's: ``python -m tools.traditional``.

OpenCC is installed for this alone (``pip install opencc``). Owns which of its pairs count: those from a
character of Big5, or a form common in print, to one of GB2312.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "salesxl" / "parsing" / "traditional.tsv"
HEAD = "# traditional\tsimplified, made by tools/traditional.py from OpenCC's t2s (Apache License 2.0)"
VARIANTS = dict(zip("価値啓爲牀産綫衆裏説", "价值启为床产线众里说", strict=True))
"""Forms that are common in print though Big5 does not have them."""


def table() -> str:
    """Return the table, one pair per line."""
    from opencc import OpenCC

    characters = list(big5())
    folded = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    pairs = dict(zip(characters, folded, strict=True)) | VARIANTS
    kept = ((old, new) for old, new in pairs.items() if old != new and len(new) == 1 and in_gb2312(new))
    return "\n".join((HEAD, *map("\t".join, kept))) + "\n"


def big5() -> Iterator[str]:
    """Yield every character of Big5, the common ones first."""
    for first in range(0xA4, 0xFA):
        for second in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
            try:
                yield bytes((first, second)).decode("big5")
            except UnicodeDecodeError:  # a place of the code that holds nothing
                continue


def in_gb2312(character: str) -> bool:
    """Say whether mainland China's first character set has a character."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
