"""What templates may use: filters."""

from __future__ import annotations

import pytest
from flask import Flask

from lti_tool import i18n
from lti_tool.views import render, worded
from lti_tool.views.render import listing


def test_the_same_template_has_the_words_of_each_language() -> None:
    app = Flask("lti_tool")
    render.init_app(app)
    shown = []
    with app.app_context():
        for locale in ("fr", "en", "fr"):
            with i18n.use(locale):
                shown.append(
                    worded.template("learner/tabs.html").render(url_for=lambda name: name, tab="")
                )
    assert shown[0] == shown[2] != shown[1]
    assert ">My work</a>" in shown[1] and "My work" not in shown[0]


@pytest.mark.parametrize(
    ("locale", "shown"),
    [("en", "A, B, and C"), ("fr", "A, B et C"), ("ar", "A وB وC")],
)
def test_things_are_listed_in_the_readers_way(locale: str, shown: str) -> None:
    with i18n.use(locale):
        assert listing("ABC").replace("<bdi>", "").replace("</bdi>", "") == shown


def test_what_is_listed_is_escaped_and_keeps_its_direction() -> None:
    with i18n.use("en"):
        assert listing(["<b>", "{0}"]) == "<bdi>&lt;b&gt;</bdi> and <bdi>{0}</bdi>"
