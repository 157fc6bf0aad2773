"""Rendering pages: what every template may use."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, render_template, url_for
from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup

from lti_tool import clock, i18n
from lti_tool.errors import NotFound
from lti_tool.rules.files import ACCEPTED
from lti_tool.rules.rich_text import hosts_shown
from lti_tool.services.activities.activities import ActivityView
from lti_tool.services.link_titles import links_in
from lti_tool.views import worded
from lti_tool.views.notices import notices
from lti_tool.views.session import csrf_token, services


def page(template: str, **context: Any) -> str:
    """Render a page template; where names are hidden from staff, times only tell the day."""
    activity = context.get("activity")
    if isinstance(activity, ActivityView):
        g.days_only = activity.values.anonymity.hides_from_staff
    return render_template(worded.template(template), **context)


def sealed(value: object) -> str:
    """Return a text for an address that says nothing to its reader; ``unsealed`` gives it back."""
    return services().secrets.encrypt(str(value)) if value else ""


def unsealed(text: str) -> str:
    """Return what was sealed, empty for nothing; raise NotFound for what we did not seal."""
    try:
        return services().secrets.decrypt(text) if text else ""
    except ValueError as error:
        raise NotFound("page") from error


def stamp(moment: datetime) -> str:
    """Return a moment for machines, or its day where that is all that may be told."""
    return _local_day(moment).isoformat() if g.get("days_only") else moment.isoformat()


def exact(moment: datetime) -> str:
    """Return a moment in words, see ``stamp``."""
    return i18n.day(_local_day(moment)) if g.get("days_only") else i18n.exact(moment)


def hour(moment: datetime) -> str:
    """Return a moment's time of day, see ``stamp``."""
    return i18n.day(_local_day(moment)) if g.get("days_only") else i18n.hour(moment)


def ago(moment: datetime) -> str:
    """Return how far a moment is from now, see ``stamp``."""
    if not g.get("days_only"):
        return i18n.ago(moment)
    return i18n.days_ago(_local_day(moment), _local_day(clock.now()))


def _local_day(moment: datetime) -> date:
    return moment.astimezone(i18n.zone()).date()


@cache
def _fingerprint(path: str) -> str:
    """Return eight hexadecimal digits that change when the file does."""
    file = Path(current_app.static_folder or "") / path
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8]


@cache
def static(path: str) -> str:
    """Return the URL of a static file; it names the content, so that it can be cached for ever."""
    return url_for("static", filename=path, v=_fingerprint(path))


DIRECTED = ("arrow-counterclockwise", "arrow-return-left", "arrow-right", "send")


@cache
def drawn_icon(name: str, flip: bool = False, **options: str) -> Markup:
    """Return an icon as templates ask for it by ``icon``; a page has dozens of the same few."""
    turned = " icon-flip" if flip or name in DIRECTED else ""
    more = f" {options['class']}" if options.get("class") else ""
    svg = Markup(
        '<svg class="icon{}{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>'
    )
    return svg.format(turned, more, static("vendor/icons/icons.svg"), name)


def prose(html: str) -> Markup:
    """Mark stored HTML as safe; it was sanitised before it was stored."""
    return Markup(html)  # noqa: S704  (sanitised by rules.rich_text.clean on its way in)


def date_of(moment: datetime) -> str:
    """Return the day of a moment, where the reader is."""
    return i18n.day(moment.astimezone(i18n.zone()).date())


def linked(html: str) -> Markup:
    """Mark stored HTML as safe, and say beside each link where it leads."""
    titles = services().link_titles.of(links_in(html)) if "<a " in html else {}
    return prose(hosts_shown(html, titles))


def listing(items: Iterable[str]) -> Markup:
    """Return texts as a list of the reader's language; each keeps its own direction."""
    bdi = Markup("<bdi>{}</bdi>")
    return Markup(i18n.listing([bdi.format(item) for item in items]))  # noqa: S704  (escaped above)


class _Template(Template):
    """A template whose imports are made once, not looked over again by each page.

    Macros see the environment's globals only: nobody renders with globals of their own.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


@lru_cache(maxsize=4096)
def _plain(_locale: str, message: str) -> Markup:
    """Return a translation as HTML, as it stands in a page that fills nothing into it."""
    return worded.worded(message)


def gettext(message: str, **values: object) -> Markup:
    """Translate for a template as Jinja's new-style gettext does, but look up only once."""
    if values:
        return worded.html(message) % values
    return _plain(i18n.current(), message)


def _common() -> dict[str, Any]:
    locale = i18n.current()
    return {
        "locale": locale,
        "direction": i18n.direction(locale),
        "viewer": g.get("viewer"),
        "csrf_token": csrf_token(),
        "home_url": url_for("home.index") if g.get("viewer") else "",
        "zone_url": url_for("home.time_zone") if g.get("viewer") else "",
        "about_url": url_for("about.about") if g.get("viewer") else "",
        "language_url": url_for("home.language") if g.get("viewer") else "",
        "languages": [(tag, i18n.language_name(tag)) for tag in i18n.LOCALES],
        "flashes": notices(),
        "errors": g.get("errors", {}),
        "typed": g.get("typed", {}),
        "request_id": g.get("request_id", ""),
    }


def init_app(app: Flask) -> None:
    """Give the template language translations, filters and the common context."""
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        i18n.gettext, i18n.ngettext, newstyle=True, pgettext=i18n.pgettext
    )
    env.globals["_"] = env.globals["gettext"] = gettext
    env.template_class = _Template
    env.policies["ext.i18n.trimmed"] = True
    env.trim_blocks = env.lstrip_blocks = True
    env.filters |= {
        "ago": ago,
        "exact": exact,
        "hour": hour,
        "stamp": stamp,
        "sealed": sealed,
        "day": i18n.day,
        "span": i18n.span,
        "number": i18n.number,
        "listing": listing,
        "pick": i18n.pick,
        "way": i18n.way,
        "date_of": date_of,
        "short_day": i18n.short_day,
        "prose": prose,
        "file_size": i18n.file_size,
        "linked": linked,
        "language_name": i18n.language_name,
    }
    # Macros are imported without the context.
    env.globals |= {"static": static, "drawn_icon": drawn_icon, "accepted_files": ACCEPTED}
    worded.init_app(app)
    app.context_processor(_common)
