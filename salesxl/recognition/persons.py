"""The customer's contact under a title, 材料员, 技术厂长, where no column says 联系人.

Owns: which one column that may be. Refuses: our own people, whose titles are the same: 区域主管.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from salesxl.model import CellValue
from salesxl.parsing import is_blank
from salesxl.recognition.meaning import speaks_of
from salesxl.recognition.names import is_person

__all__ = ["is_phone_of", "the_contact"]

_THEIRS = re.compile(
    "(?:[厂店院校园站所馆场社]长|[材料资保采库文会]员|老师|师傅|老板|店主|干事|秘书|[科处]长"
    "|(?<!总)(?:主管|主任|经理|专员|工程师|助理|负责人))(?:姓名|名字)?$"
)
_OURS = re.compile(
    "^(?:主管|主任|经理|专员|工程师|助理|负责人)$|上级|直[属接]|区|部门|销售|业务|分管|我|公司|省|市|团队|客户|渠道|售|商务"
    "|跟进|拓展|招商|服务|项目|营销|责任|审|批"
)
_NAMED = re.compile("(?:姓名|名字|名)$")
_OUR_OWN = re.compile("上级|直[属接]|区|分管|我|公司|销售|业务|客户经理|推荐|介绍|紧急")
_PHONE = re.compile("(?:联系)?(?:电话|手机|座机|固话|联系方式)(?:号码?)?$")
_DEPARTMENTS = ("部", "科", "室", "处", "班")
_FEWEST = 2


def _is_title(header: str) -> bool:
    """Tell whether a header is the title of somebody at the customer's, by its last word."""
    return _THEIRS.search(header.strip()) is not None and _OURS.search(header) is None


def the_contact(clues: Iterable[tuple[int, str, Sequence[CellValue]]], headers: Sequence[str]) -> int | None:
    """Return the place of the one header that is such a title, over people none of whom comes twice.

    So is any word whose phone stands in a column of its own among the ``headers``: 法人姓名 and 法人电话.
    """
    owners = {t[: phone.start()] for t in map(str.strip, headers) if (phone := _PHONE.search(t))}
    found = []
    for place, header, values in clues:
        filled = [v for v in values if not is_blank(v)]
        people = len(filled) >= _FEWEST and all(map(is_person, filled)) and len(set(filled)) == len(filled)
        reached = _NAMED.sub("", header.strip()) in owners and _OUR_OWN.search(header) is None
        if (
            people
            and (reached or _is_title(header))
            and not speaks_of(header, "review", "sign", "region", "team")
        ):
            found.append(place)
    return found[0] if len(found) == 1 else None


def is_phone_of(header: str, contact: str) -> bool:
    """Tell whether a header asks for the phone of whom the contact's column names, or of a department.

    That is 主任手机 beside 药剂科主任, and 采购部电话.
    """
    text = header.strip()
    found = _PHONE.search(text)
    owner = text[: found.start()] if found else ""
    if not owner or (_OURS.search(owner) and not contact.endswith(owner)):
        return False
    return owner.endswith(_DEPARTMENTS) or (
        len(owner) > 1 and _NAMED.sub("", contact.strip()).endswith(owner)
    )
