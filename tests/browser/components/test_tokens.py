"""Every pair of colours that carries text or an edge has the contrast that WCAG 2.2 AA asks for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[3] / "lti_tool/static/css/tokens.css").read_text("utf-8")
SCHEMES = ("light", "dark")
ON_PAPER = ("ink", "muted", "now", "new", "next", "done", "warn", "stop")
GROUNDS = ("paper", "sheet", "wash")
TONES = ("now", "new", "next", "done", "warn", "stop")


def tokens(scheme: str) -> dict[str, str]:
    light, dark = CSS.split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", dark))
    return found


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2.2, definition)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_is_readable_on_every_ground(scheme: str) -> None:
    colour = tokens(scheme)
    weak = {
        (name, ground): round(contrast(colour[name], colour[ground]), 2)
        for name in ON_PAPER
        for ground in GROUNDS
        if contrast(colour[name], colour[ground]) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("tone", TONES)
def test_each_tone_is_readable_on_its_soft_ground(scheme: str, tone: str) -> None:
    colour = tokens(scheme)
    soft = colour[f"{tone}-soft"]
    assert min(contrast(colour[name], soft) for name in (tone, "ink", "muted")) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_can_be_filled_in_has_a_visible_edge(scheme: str) -> None:
    colour = tokens(scheme)
    assert min(contrast(colour["edge"], colour[ground]) for ground in GROUNDS) >= 3


def test_no_other_stylesheet_carries_a_colour() -> None:
    folder = Path(__file__).parents[3] / "lti_tool/static/css"
    for sheet in folder.glob("*.css"):
        text = re.sub(r"url\([^)]*\)|/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
        found = re.findall(r"(?<![\w&])#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(", text)
        assert sheet.name == "tokens.css" or found == []


def test_only_logical_properties() -> None:
    folder = Path(__file__).parents[3] / "lti_tool/static/css"
    physical = r"(?:margin|padding|border)-(?:left|right)|(?:text-align|float):\s*(?:left|right)"
    found = [
        f"{p.name}: {m}" for p in folder.glob("*.css") for m in re.findall(physical, p.read_text())
    ]
    assert found == []
