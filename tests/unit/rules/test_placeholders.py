from __future__ import annotations

from lti_tool.rules.placeholders import filled, unknown


def test_placeholders_become_what_they_stand_for() -> None:
    values = {"name": "Ana {tutor}", "tutor": "Tariq"}
    assert filled("Dear {name}, {Tutor} { tutor }", values) == "Dear Ana {tutor}, Tariq Tariq"


def test_one_without_a_value_stays() -> None:
    assert filled("{name} {course} {x y}", {"name": ""}) == "{name} {course} {x y}"


def test_unknown_ones_are_named_once_each() -> None:
    assert unknown("{nmae} {name} {NAME} {nmae} {other thing} {}") == ["nmae", "other thing"]
