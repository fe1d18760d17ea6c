"""Parts from which the demo's Chinese names are put together."""

from __future__ import annotations

from tierwise.plugins.demo.makers import World

__all__ = ["CITIES", "address", "company", "person"]

CITIES = (
    "南京",
    "上海",
    "北京",
    "杭州",
    "苏州",
    "广州",
    "深圳",
    "成都",
    "武汉",
    "西安",
    "重庆",
    "青岛",
    "郑州",
    "长沙",
    "拉萨",
    "日喀则",
    "那曲",
)
WORDS = (
    "博远",
    "恒信",
    "金泰",
    "华盛",
    "瑞丰",
    "天成",
    "宏达",
    "远洋",
    "嘉禾",
    "正大",
    "新辉",
    "安泰",
    "东方",
    "佳美",
    "中科",
    "鼎新",
    "永固",
    "明德",
    "同创",
    "百川",
)
TRADES = ("电气", "建筑", "装饰", "贸易", "能源", "物流", "食品", "机电", "科技", "医疗器械", "通信", "化工", "园林", "纺织")
FORMS = ("有限公司", "股份有限公司", "集团", "有限责任公司")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚文辉玲桂英建华志"
ROADS = ("中山路", "人民路", "解放大道", "长江路", "建设路", "和平街", "科技园路", "北京西路")


def company(world: World, city: str) -> str:
    """Return a company name such as 南京博远电气有限公司."""
    return f"{city}{world.pick(WORDS)}{world.pick(TRADES)}{world.pick(FORMS)}"


def person(world: World) -> str:
    """Return a person's name of two or three characters."""
    return world.pick(SURNAMES) + world.pick(GIVEN) + (world.pick(GIVEN) if world.chance(2 / 3) else "")


def address(world: World, city: str) -> str:
    """Return a street address."""
    return f"{city}市{world.pick(ROADS)}{world.between(1, 999)}号"
