"""Pleasant names for people who shall not be known by their own: a number, worded per language.

A learner draws a number by lot when they begin; it stands in the database and says nothing of who
they are. Words are in the activity's language, so that all who take part speak of the same name.
Each language's adjectives go with each of its nouns without inflection: French and Spanish ones
have one form for both genders, German, Russian and Arabic nouns are all masculine.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

WORDS: dict[str, tuple[str, str, str]] = {
    "en": (
        "{adjective} {noun}",
        "Amber Bright Calm Clear Early Gentle Golden Green Kind Lively Mellow Misty Patient Quiet"
        " Rolling Silver Smiling Snowy Spring Steady Summer Sunny Tall Wandering",
        "Acorn Birch Brook Cedar Cloud Falcon Fern Harbour Hazel Heron Island Lantern Lark Maple"
        " Meadow Otter Pebble Poplar River Robin Swallow Thistle Valley Willow",
    ),
    "fr": (
        "{noun} {adjective}",
        "agile aimable allègre calme céleste champêtre fertile fidèle habile honnête insulaire"
        " limpide magnifique mobile nomade paisible pittoresque rapide sage solide souple"
        " splendide tranquille vénérable",
        "Alouette Bouleau Cèdre Colline Érable Étang Falaise Fougère Héron Hirondelle Île Jardin"
        " Lanterne Loutre Mésange Nuage Olivier Peuplier Phare Prairie Rivière Ruisseau Tilleul"
        " Vallée",
    ),
    "ar": (
        "{noun} {adjective}",
        "هادئ جميل لطيف مضيء صافٍ كريم صبور ذهبي أخضر فضي مرح رحب دافئ نقي مبتسم بعيد قديم باسق"
        " ساطع أمين واثق مسافر رقيق وديع",
        "نهر جبل بحر نجم قمر غصن ورد عصفور نسر صقر جدول وادٍ بستان مرفأ شراع قارب ربيع فجر نسيم"
        " غيم سنجاب حصان أرز زيتون",
    ),
    "es": (
        "{noun} {adjective}",
        "alegre amable ágil brillante celeste constante elegante feliz fiel fértil firme fuerte"
        " gentil gigante grande hábil libre noble notable paciente silvestre suave tenaz valiente",
        "Abedul Alondra Arroyo Cedro Colina Faro Garza Golondrina Halcón Isla Jardín Laguna"
        " Linterna Luna Nube Nutria Olivo Olmo Pradera Puerto Roble Río Sauce Valle",
    ),
    "de": (
        "{adjective} {noun}",
        "Bunter Freundlicher Froher Geduldiger Goldener Grüner Heiterer Heller Hoher Junger"
        " Kluger Lebhafter Leiser Mutiger Ruhiger Sanfter Schneller Silberner Sonniger Stiller"
        " Treuer Wacher Weiter Zarter",
        "Ahorn Bach Berg Bussard Falke Farn Fluss Garten Hafen Hügel Kiesel Kranich Leuchtturm"
        " Löwenzahn Marder Mond Morgen Otter Reiher See Spatz Stern Wald Zeisig",
    ),
    "ru": (
        "{adjective} {noun}",
        "Весёлый Вечерний Высокий Добрый Задумчивый Зелёный Золотой Летний Лёгкий Мудрый Мягкий"
        " Надёжный Отважный Светлый Северный Серебряный Смелый Солнечный Спокойный Тихий Тёплый"
        " Утренний Чистый Ясный",
        "Берег Ветер Дуб Жаворонок Журавль Залив Кедр Клён Лес Луг Маяк Океан Остров Парус"
        " Подснежник Рассвет Ручей Сад Скворец Сокол Тополь Утёс Филин Холм",
    ),
    "zh": (
        "{adjective}{noun}",
        "宁静的 明亮的 温和的 清澈的 金色的 绿色的 友善的 活泼的 耐心的 安静的 银色的 微笑的 稳重的"
        " 晴朗的 高高的 漫步的 勤快的 勇敢的 自在的 轻快的 温暖的 清新的 朴实的 开朗的",
        "橡树 白桦 小溪 雪松 云朵 猎鹰 蕨叶 港湾 白鹭 小岛 灯笼 云雀 枫树 草地 水獭 卵石 白杨 河流"
        " 知更鸟 燕子 山谷 柳树 竹林 荷花",
    ),
}
"""Language to pattern, adjectives and nouns: ``SIDE`` of each, so that a number fits everywhere."""
SIDE = 24
NAMES = SIDE * SIDE
"""Different names without a number behind them."""
TRIES = 40


def pseudonym(alias: int, locale: str) -> str:
    """Return the name of the number ``alias`` (0 and up) in a language; else in English.

    From ``NAMES`` on, a second, third … round of the same names carries its number.
    """
    pattern, adjectives, nouns = WORDS.get(locale.partition("_")[0], WORDS["en"])
    around, place = divmod(alias, NAMES)
    adjective, noun = divmod(place, SIDE)
    name = pattern.format(adjective=adjectives.split()[adjective], noun=nouns.split()[noun])
    return f"{name} {around + 1}" if around else name


def drawn(people: int, below: Callable[[int], int] = secrets.randbelow) -> tuple[int, ...]:
    """Return numbers drawn by lot for one more person among ``people``; take the first free one.

    So many are drawn, out of at least twice as many as there are people, that all being taken is
    as good as impossible; ``below`` draws from 0 up to its argument.
    """
    room = NAMES * (1 + 2 * people // NAMES)
    return tuple(below(room) for _try in range(TRIES))
