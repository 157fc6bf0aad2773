"""A small site that serves the components: the real templates and scripts under the real policy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jinja2
from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lti_tool.views.headers import content_security_policy
from lti_tool.views.render import drawn_icon
from tests.support.servers import running

ROOT = Path(__file__).parents[3] / "lti_tool"
WRITING = "<p>I asked <b>one</b> question.</p><h3>Then</h3><ul><li>a</li><li>b</li></ul>"
MOMENT = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)


@dataclass
class Site:
    """The address of the site, what it holds and what was sent to it; ``answers`` come first."""

    url: str = ""
    fields: dict[str, Any] = field(default_factory=lambda: {"body": WRITING})
    formats: dict[str, str] = field(default_factory=lambda: {"body": "html"})
    version: int = 1
    saves: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    posts: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[dict[str, Any], int]] = field(default_factory=list)

    def save(self, sent: dict[str, Any], token: str) -> ResponseReturnValue:
        """Answer an autosave as the tool does: one number a save, 409 for an older one."""
        self.saves.append(sent)
        self.tokens.append(token)
        if self.answers:
            return self.answers.pop(0)
        if sent["version"] != self.version:
            current = {"fields": self.fields, "formats": self.formats}
            return {"current": current, "version": self.version}, 409
        self.fields, self.formats = sent["fields"], sent["formats"]
        self.version += 1
        return {"version": self.version, "saved_at": datetime.now(UTC).isoformat()}, 200


def _static(path: str) -> str:
    digest = hashlib.sha256((ROOT / "static" / path).read_bytes()).hexdigest()
    return f"/static/{path}?v={digest[:8]}"


def _environment(app: Flask) -> None:
    folders = [Path(__file__).parent / "templates", ROOT / "templates"]
    app.jinja_loader = jinja2.FileSystemLoader(folders)
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # the extension's
    env.trim_blocks = env.lstrip_blocks = True
    env.globals |= {"static": _static, "drawn_icon": drawn_icon}
    env.filters["ago"] = lambda moment: "in 3 days" if moment > MOMENT else "2 days ago"
    for name in ("exact", "stamp", "hour"):
        env.filters[name] = lambda moment: moment.strftime("%d %B %Y, %H:%M")
    env.filters["sealed"] = str


def make_app(site: Site) -> Flask:
    """Return the site as a Flask application."""
    app = Flask("components", static_folder=str(ROOT / "static"))
    _environment(app)

    def page(name: str) -> str:
        locale = request.args.get("locale", "en")
        return render_template(
            f"{name}.html",
            site=site,
            body=Markup(site.fields.get("body", "")),  # noqa: S704  (as the tool: stored clean)
            markup=Markup(WRITING),  # noqa: S704
            moment=MOMENT,
            later=MOMENT + timedelta(days=5),
            locale=locale,
            direction="rtl" if locale == "ar" else "ltr",
            csrf_token="token",
            viewer={"display_name": "Amina Ben Youssef", "role": "learner"},
            activity_title="Listening at the reference desk",
            flashes=[{"kind": "done", "text": "Your rating is kept."}],
            home_url="/write",
            language_url="/language",
            languages=[("en", "English"), ("fr", "français"), ("ar", "العربية")],
        )

    @app.get("/lms/<path:name>")
    def lms(name: str) -> str:
        tool = request.host_url.replace("localhost", "127.0.0.1") + name
        return f"<!doctype html><title>LMS</title><iframe title='Tool' src='{tool}'></iframe>"

    @app.get("/<name>")
    def show(name: str) -> str:
        return page(name)

    @app.post("/language")
    def language() -> ResponseReturnValue:
        site.posts.append(request.form.to_dict())
        return page("acts")

    @app.post("/save")
    def save() -> ResponseReturnValue:
        return site.save(request.get_json(), request.headers.get("X-CSRF-Token", ""))

    @app.post("/send")
    def send() -> ResponseReturnValue:
        site.posts.append(request.form.to_dict())
        site.tokens.append(request.headers.get("X-CSRF-Token", ""))
        return site.answers.pop(0) if site.answers else page("sent")

    @app.after_request
    def policy(response: Any) -> Any:
        if not request.path.startswith("/lms/"):
            policy = content_security_policy(["http://localhost:*"], [])
            response.headers["Content-Security-Policy"] = policy
        return response

    return app


@contextmanager
def served() -> Iterator[Site]:
    """Serve a fresh site on a free port of this machine."""
    site = Site()
    with running(make_app(site)) as url:
        site.url = url.replace("127.0.0.1", "localhost")
        yield site
