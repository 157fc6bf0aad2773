"""Scales of levels that a framework can be given where its file tells none.

The wording is ours, but for the levels of EQF and DigComp, which have nothing but numbers here:
their own words stand in the frameworks that are built in.
"""

from __future__ import annotations

from lti_tool.i18n import gettext as _
from lti_tool.rules.frameworks import LevelDraft, Texts

DEFAULT_SCALE = "four"
OWN = "own"
_LEVEL = {"en": "Level {}", "fr": "Niveau {}", "ar": "المستوى {}"}
_BINARY = (
    {"en": "Not yet", "fr": "Pas encore", "ar": "ليس بعد"},
    {"en": "Competent", "fr": "Compétent", "ar": "كفء"},
)
_FOUR = (
    {"en": "Discovering", "fr": "Découverte", "ar": "استكشاف"},
    {"en": "Practising", "fr": "Pratique", "ar": "ممارسة"},
    {"en": "Autonomous", "fr": "Autonomie", "ar": "استقلالية"},
    {"en": "Guiding others", "fr": "Accompagnement", "ar": "مرافقة الآخرين"},
)
_DREYFUS = (
    {"en": "Novice", "fr": "Novice", "ar": "مبتدئ"},
    {"en": "Advanced beginner", "fr": "Débutant avancé", "ar": "مبتدئ متقدّم"},
    {"en": "Competent", "fr": "Compétent", "ar": "كفء"},
    {"en": "Proficient", "fr": "Performant", "ar": "متمكّن"},
    {"en": "Expert", "fr": "Expert", "ar": "خبير"},
)


def _numbered(count: int) -> tuple[Texts, ...]:
    return tuple(
        {language: text.format(number) for language, text in _LEVEL.items()}
        for number in range(1, count + 1)
    )


_LABELS: dict[str, tuple[Texts, ...]] = {
    "binary": _BINARY,
    "four": _FOUR,
    "dreyfus": _DREYFUS,
    "eqf": _numbered(8),
    "digcomp": _numbered(8),
}
_PROFICIENT = {"binary": 2, "four": 3, "dreyfus": 3, "eqf": 5, "digcomp": 5}
"""The level from which on people count as proficient; an LMS gives it by completion, too."""
KEYS = tuple(_LABELS)


def scale_levels(key: str) -> tuple[LevelDraft, ...]:
    """Return the levels of a scale, the lowest first."""
    proficient = _PROFICIENT[key]
    return tuple(
        LevelDraft(dict(label), {}, number == proficient, number >= proficient)
        for number, label in enumerate(_LABELS[key], start=1)
    )


def scale_names() -> dict[str, str]:
    """Return key → name in the language in force."""
    return {
        "binary": _("Two levels: not yet, competent"),
        "four": _("Four levels: from discovering to guiding others"),
        "dreyfus": _("Five stages, from novice to expert (Dreyfus)"),
        "eqf": _("Eight levels, as in the European Qualifications Framework"),
        "digcomp": _("Eight levels, as in DigComp"),
    }
