"""Boards: fifteen for a small forum, then one a city, then one a pastime and city."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from scripts.seeding.shape import Lang, Theme


@dataclass(frozen=True, slots=True)
class BoardText:
    """A board. Its topics are of `theme`, in `lang` (both where None), and play in `city` (anywhere where None)."""

    name: str
    description: str
    theme: Theme
    lang: Lang | None = None
    city: Mapping[Lang, str] | None = None


FIRST: tuple[BoardText, ...] = (
    BoardText(
        "站务与公告 · Announcements",
        "News about the site, wishes and questions. 公告、建议，以及“这个怎么用”。",
        "site",
    ),
    BoardText("Garden & Balcony", "Anything that grows, and what eats it. Windowsills count.", "garden", "en"),
    BoardText("阳台种菜", "种花种菜、配土施肥，养死了也可以来说说。", "garden", "zh"),
    BoardText("城市骑行 · City Cycling", "Commuting, repairs and slow Sundays. 通勤、修车、周末慢慢骑。", "cycling"),
    BoardText(
        "Home Servers",
        "Self-hosting for people who would like to sleep at night. 家里的服务器、备份和折腾日记。",
        "selfhost",
    ),
    BoardText("摄影 · Photography", "Light, film and choosing. 器材少聊一点，照片多发一点。", "photo"),
    BoardText("Kitchen Table", "Recipes with reasons, and honest failures.", "cooking", "en"),
    BoardText("厨房里的事", "家常菜、面点、带饭，还有外婆的做法。", "cooking", "zh"),
    BoardText(
        "语言交换 · Language Exchange",
        "Learning Chinese, learning English, helping each other. 互相请教，不笑话人。",
        "language",
    ),
    BoardText("书架 · Books", "What we read, reread and gave up on. 荐书、书单、读书会。", "books"),
    BoardText("山野徒步 · On Foot", "Day walks, huts and weather. 路线、装备、平安下山。", "hiking"),
    BoardText("Board Games · 桌游", "Rules, reports and revenge. 推荐、战报、讲规则的苦。", "boardgames"),
    BoardText("同城聚会 · Meet-ups", "Tables, walks and new faces. 约茶、约走、约一桌人。", "meetup"),
    BoardText("Python & Databases", "Code, queries and the bugs in between. 代码、查询，还有它们之间的 bug。", "code"),
    BoardText("Keyboards · 客制化键盘", "Layouts, solder and sound. 配列、焊接、手感，入坑需谨慎。", "keyboards"),
)

CHINESE_CITIES = """
Chengdu 成都 Hangzhou 杭州 Shanghai 上海 Beijing 北京 Guangzhou 广州 Shenzhen 深圳 Wuhan 武汉 Xi'an 西安
Nanjing 南京 Xiamen 厦门 Changsha 长沙 Kunming 昆明 Qingdao 青岛 Suzhou 苏州 Chongqing 重庆 Tianjin 天津 Dalian 大连
Harbin 哈尔滨 Fuzhou 福州 Hefei 合肥 Jinan 济南 Zhengzhou 郑州 Guiyang 贵阳 Nanning 南宁 Lanzhou 兰州 Ningbo 宁波
Wuxi 无锡 Zhuhai 珠海 Quanzhou 泉州 Taipei 台北
"""
OTHER_CITIES = """
Berlin 柏林 Edinburgh 爱丁堡 Toronto 多伦多 Melbourne 墨尔本 Singapore 新加坡 Lisbon 里斯本 Leeds 利兹
Utrecht 乌得勒支 Vienna 维也纳 Dublin 都柏林 Copenhagen 哥本哈根 Hamburg 汉堡 Manchester 曼彻斯特 Vancouver 温哥华
Auckland 奥克兰 Seattle 西雅图 Boston 波士顿 Zurich 苏黎世 Lyon 里昂 Helsinki 赫尔辛基 Oslo 奥斯陆 Prague 布拉格
Barcelona 巴塞罗那 Bristol 布里斯托 Glasgow 格拉斯哥 Rotterdam 鹿特丹 Montreal 蒙特利尔 Wellington 惠灵顿
Portland 波特兰 Ghent 根特
"""

# Theme; name and description in English; name and description in Chinese.
CIRCLES: tuple[tuple[Theme, str, str, str, str], ...] = (
    (
        "cycling",
        "Cycling in {}",
        "Routes, repairs and rides in and around {}.",
        "{}骑行",
        "在{}骑车：路线、修车、周末约骑。",
    ),
    ("hiking", "Walks around {}", "On foot within reach of {}.", "{}周边徒步", "从{}出发，走得到的山和水。"),
    ("photo", "{} in Pictures", "Photographers in {}: walks, prints and swaps.", "{}影像", "{}的街头、光线和老地方。"),
    ("books", "{} Reads", "Book tables and swaps in {}.", "{}读书会", "在{}读书、换书、聊书。"),
    ("boardgames", "{} Games Night", "Who plays what, when and where in {}.", "{}桌游", "{}凑局、战报、借还。"),
    ("garden", "{} Gardeners", "What grows in {}, and when.", "{}园艺", "{}的气候，{}的阳台。"),
    ("cooking", "{} Kitchens", "Cooking with what the markets in {} have.", "{}吃货", "{}的菜市场，自家的灶台。"),
    ("language", "{} Language Tables", "Chinese and English over tea in {}.", "{}语言角", "在{}找语伴，练口语。"),
)


def boards(count: int) -> list[BoardText]:
    """The first `count` boards."""
    found = list(islice(_all_boards(), count))
    if len(found) < count:
        raise ValueError(f"there are only {len(found)} boards")
    return found


def _all_boards() -> Iterator[BoardText]:
    yield from FIRST
    cities = list(_cities())
    for lang, city in cities:
        yield _city_board(lang, city)
    for around in range(len(CIRCLES)):
        for number, (lang, city) in enumerate(cities):
            yield _circle(CIRCLES[(number + around) % len(CIRCLES)], lang, city)


def _cities() -> Iterator[tuple[Lang, Mapping[Lang, str]]]:
    """Cities with the language of most who live there, Chinese and others in turn."""
    chinese, others = CHINESE_CITIES.split(), OTHER_CITIES.split()
    for at in range(0, len(chinese), 2):
        yield "zh", {"en": chinese[at], "zh": chinese[at + 1]}
        yield "en", {"en": others[at], "zh": others[at + 1]}


def _city_board(lang: Lang, city: Mapping[Lang, str]) -> BoardText:
    name = f"{city['zh']} · {city['en']}" if lang == "zh" else f"{city['en']} · {city['zh']}"
    description = f"Who lives in {city['en']}, or is passing through. 在{city['zh']}的朋友，路过的也算。"
    return BoardText(name, description, "meetup", None, city)


def _circle(circle: tuple[Theme, str, str, str, str], lang: Lang, city: Mapping[Lang, str]) -> BoardText:
    theme, name_en, about_en, name_zh, about_zh = circle
    name, about = (name_zh, about_zh) if lang == "zh" else (name_en, about_en)
    return BoardText(name.replace("{}", city[lang]), about.replace("{}", city[lang]), theme, lang, city)
