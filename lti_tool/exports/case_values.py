"""Small parts of CASE 1.1 objects."""

from __future__ import annotations

from typing import Any

from lti_tool.rules.frameworks import FrameworkDraft, LevelDraft, Texts, derived

Json = dict[str, Any]


def scale_rubric(draft: FrameworkDraft, folder: str, now: str) -> Json:
    """Return the scale as a CFRubric: one criterion with the levels.

    ``folder`` is the address of our rubrics, with a slash at its end.
    """
    identifier = derived("rubric", draft.identifier)
    criterion = derived("criterion", draft.identifier)
    return {
        "identifier": identifier,
        "uri": f"{folder}{identifier}",
        "title": main(draft.title, draft.language),
        "lastChangeDateTime": now,
        "CFRubricCriteria": [
            {
                "identifier": criterion,
                "uri": f"{folder}{identifier}#{criterion}",
                "position": 1,
                "lastChangeDateTime": now,
                "CFRubricCriterionLevels": [
                    _level(draft, f"{folder}{identifier}", number, level, now)
                    for number, level in enumerate(draft.levels, start=1)
                ],
            }
        ],
    }


def _level(draft: FrameworkDraft, rubric: str, number: int, level: LevelDraft, now: str) -> Json:
    identifier = derived("level", draft.identifier, str(number))
    return filled(
        {
            "identifier": identifier,
            "uri": f"{rubric}#{identifier}",
            "description": main(level.description, draft.language),
            "quality": main(level.label, draft.language),
            "score": number,
            "position": number,
            "lastChangeDateTime": now,
        }
    )


def kept_of(extra: Json) -> Json:
    """Return what a CASE import told that nothing else stands for."""
    found: Json = extra.get("case", {})
    return found


def main(texts: Texts, language: str) -> str:
    """Return the text in the framework's own language, else any."""
    return texts.get(language) or next(iter(texts.values()), "")


def others(texts: Texts, language: str) -> dict[str, str]:
    """Return the texts that ``main`` leaves out."""
    first = language if language in texts else next(iter(texts), "")
    return {tag: text for tag, text in texts.items() if tag != first}


def filled(values: Json) -> Json:
    """Return ``values`` without what is empty: the specification knows no nulls."""
    return {name: value for name, value in values.items() if value not in (None, "", {}, [])}
