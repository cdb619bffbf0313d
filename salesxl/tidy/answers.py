"""What a person typed → yes or no. Refuses: answers that need judging, such as OK or 可能."""

from __future__ import annotations

from salesxl.model import Tidied
from salesxl.tidy.boxes import one_ticked
from salesxl.tidy.text import BLANK, Raw, clean, is_blank, plain, unreadable

__all__ = ["yes_no"]

# 无 alone is not among them: in a cell that asks for yes or no it is a blank (text.BLANK_WORDS).
_YES = "是 是的 对 对的 有 √ ✓ ✔ ☑ ✅ 🗹 y yes t true 1 v"
_NO = "否 不是 不 错 没有 × ✗ ✘ ✕ ✖ ❌ ❎ ╳ n no f false 0 x"
_ANSWERS = dict.fromkeys(_YES.split(), True) | dict.fromkeys(_NO.split(), False)
_PAIRS = (("是", "否"), ("有", "无"), ("对", "错"))
_AROUND = " .。,，!！()（）'[]【】\ufe0f"


def yes_no(raw: Raw) -> Tidied:
    """Read 是 or 否 in the ways people write them: √, Y, 1, TRUE, 不是 … (docs/domain.md 5).

    A pair of boxes (☑是 □否) is read by its tick, and is blank without one. Code ``choice`` for all else.
    """
    if isinstance(raw, bool):
        return Tidied(raw)
    if is_blank(raw):
        return BLANK
    typed = plain(raw)
    known = _ANSWERS.get(typed.strip().casefold())
    if known is None:
        known = _ANSWERS.get(clean(typed).casefold().strip(_AROUND))
    if known is not None:
        return Tidied(known)
    for pair in _PAIRS:
        if all(word in typed for word in pair):
            read = one_ticked(typed, pair)
            return Tidied(read.value == pair[0]) if read.value else read
    return unreadable("choice", "unknown", options=_PAIRS[0])
