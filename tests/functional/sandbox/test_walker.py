"""The browser without a screen, on pages that are like those of any tool."""

import pytest
from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from lti_tool.sandbox.walker import Walker, WalkError
from tests.functional.sandbox.conftest import served

PAGE = """<!doctype html><title>T</title><form method="post" action="/done" id="f">
<input name="a" value="1"><input type="hidden" name="csrf" value="&amp;x">
<input type="checkbox" name="tick" checked><input type="checkbox" name="no">
<input type="radio" name="r" value="x"><input type="radio" name="r" value="y" checked>
<textarea name="t">
two lines</textarea><select name="s"><option value="1">one<option value="2" selected>two</select>
<input name="off" disabled value="x"><button name="go" value="1">Go</button></form>
<input name="outside" value="o" form="f"><script>var no = "<form>";</script>"""


def tool(_: str) -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def start() -> str:
        return '<noscript><a href="/page" id="continue">Continue</a></noscript>'

    @app.get("/page")
    def page() -> Response:
        answer = Response(PAGE, content_type="text/html")
        answer.set_cookie("kept", "1", secure=True, samesite="None")
        return answer

    @app.post("/done")
    def done() -> Response:
        assert request.cookies["kept"] == "1"
        pairs = sorted(request.form.items(multi=True))
        return redirect("/told?" + "&".join(f"{name}={value}" for name, value in pairs), 303)

    @app.get("/told")
    def told() -> dict[str, list[str]]:
        return request.args.to_dict(flat=False)

    @app.get("/loop")
    def loop() -> str:
        return '<a href="/loop" id="continue">Continue</a>'

    return app


def test_a_form_is_sent_as_a_browser_would() -> None:
    with served(tool, "localhost") as url:
        walker = Walker(url)
        page = walker.follow(walker.get("/"))
        answer = walker.fill(page, {"a": "2", "no": ["p", "q"], "t": None})
        sent = answer.response.json()
    assert sent["a"] == ["2"] and sent["no"] == ["p", "q"] and sent["tick"] == ["on"]
    assert sent["r"] == ["y"] and sent["s"] == ["2"] and sent["outside"] == ["o"]
    assert "t" not in sent and "off" not in sent and "go" not in sent


def test_missing_things_are_told_in_words() -> None:
    with served(tool, "localhost") as url:
        walker = Walker(url)
        page = walker.get("/page")
        with pytest.raises(WalkError, match="no form with"):
            page.form("nothing")
        with pytest.raises(WalkError, match="no link"):
            page.link("Nowhere")
        with pytest.raises(WalkError, match="never come to an end"):
            walker.follow(walker.get("/loop"))
