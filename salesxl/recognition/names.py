"""What kind of thing a name is of, by how it is made: a firm or an institution, a person, a branch of trade.

Owns: how such names end and begin. Refuses: whose column they make, which is ``evidence`` and ``guesses``.
"""

from __future__ import annotations

import re

from salesxl import parsing
from salesxl.model import CellValue
from salesxl.recognition.parts import letters_of
from salesxl.recognition.sheet import is_text

__all__ = ["is_branch", "is_company", "is_institution", "is_person"]

_COMPANY = re.compile(
    r"(?:公司|集团|厂|工厂|有限|商行|事务所|研究院|设计院|医院|学校|大学|学院|银行|酒店|中心|合作社|经营部|门店|\bltd\.?|\binc\.?|\bco\.)$"
    r"|.{3}(?:[店院校园馆局社坊]|[中小]学|支行|协会|商会|"
    r"委员会|管委会|研究所|派出所|卫生所|诊所|超市|药房|商场|广场|车间|大队|门市部|项目部)$",
    re.I,
)
_INSTITUTION = re.compile(
    r"(?!.*(?:[竞友]|供应|生产|发货|送货|所[属在])).{1,5}(?:[店校院厂园馆社坊]|机构|单位)(?:名称|全称|名)?"
)
_BRANCH = re.compile(r"[\u4e00-\u9fffA-Z/、]{2,8}\s*[-—－–]\s*[\u4e00-\u9fffA-Z/、（）()]{2,12}")
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧肖尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅"
    "庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱丘骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣"
    "贲邓郁单杭洪包诸左石崔吉龚程嵇邢裴陆荣翁荀羊甄曲家封芮储靳邴松井段富巫乌焦巴弓牧山谷车侯班仰秋仲伊宫宁仇栾暴甘厉戎祖武符"
    "刘景詹束龙叶幸司韶黎薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳姬申扶堵冉宰雍璩桑桂牛寿通边扈燕冀尚农"
    "温别庄晏柴瞿阎充慕连茹习艾鱼容向古易慎戈廖庾居衡步都耿满弘匡国文寇广禄东殳沃利蔚越夔隆师巩厍聂晁敖融冷辛阚那简饶空曾沙鞠"
    "丰巢关相查后荆红游竺权盖益桓公仉闫付代岳逄涂佘佟海帅苟楼占覃仝辜揭况欧"
)
_TITLED = (
    "总|工|经理|主任|主管|科长|处长|部长|厂长|店长|院长|校长|园长|站长|社长|组长|队长|老师|老板|师傅|医生|教授|"
    "博士|女士|先生|小姐|姐|哥|秘书|干事|书记|会计"
)
_PERSON = re.compile(
    rf"(?:.{{0,8}}?(?:{_TITLED}|采购|业务|行政|库管|文员))?[小老阿]?[{_SURNAMES}][\u4e00-\u9fff·]{{0,3}}(?:{_TITLED})?"
)


def is_company(value: CellValue) -> bool:
    """Tell whether a text ends as names of companies and other customers do."""
    return is_text(value) and _COMPANY.search(parsing.simplified(value.strip())) is not None


def is_institution(header: str) -> bool:
    """Tell whether a header ends as kinds of customers do, whatever stands before: 母婴店, 合作园校."""
    return _INSTITUTION.fullmatch(letters_of(header)) is not None


def is_branch(value: CellValue) -> bool:
    """Tell whether a text has two levels, as industries that no list holds are typed: 医疗卫生-民营医院."""
    return is_text(value) and _BRANCH.fullmatch(value.strip()) is not None


def is_person(value: CellValue) -> bool:
    """Tell whether a text is the name of a person, perhaps with a title: 沈卫, 闵师傅, 采购经理王璐."""
    return is_text(value) and not is_company(value) and _PERSON.fullmatch(value.strip()) is not None
