"""Competency frameworks in the studio: looking at them, bringing one along, taking one away."""

from __future__ import annotations

import uuid
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from lti_tool import i18n
from lti_tool.errors import Forbidden, IllegalTransition, InvalidInput, NotFound, Stale
from lti_tool.i18n import gettext as _
from lti_tool.rules.frameworks import FrameworkDraft
from lti_tool.rules.scales import scale_names
from lti_tool.rules.vocabulary import SessionKind
from lti_tool.schemas.framework_import import FrameworkForm
from lti_tool.schemas.frameworks import Choices, read_framework
from lti_tool.schemas.frameworks.fetching import fetched
from lti_tool.services.frameworks.exports import ENDINGS
from lti_tool.services.frameworks.imports import Upload
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, educators
from lti_tool.views.notices import see_other
from lti_tool.views.pages.studio.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

MOST_BYTES = 12 * 1024 * 1024
"""Of a file that comes by this page; the operator's command takes larger ones."""
PLACE = "/studio/frameworks"


@bp.url_value_preprocessor
def take_large_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let this one form be larger than others, before anything reads it."""
    if endpoint == "studio.upload_framework":
        request.max_content_length = MOST_BYTES


@bp.get(PLACE)
@allow(*educators)
def frameworks(not_waiting: bool = False) -> str:
    """List the frameworks that there are, and offer to import one."""
    return page(
        "studio/frameworks.html",
        cards=services().framework_browsing.cards(viewer()),
        scales=[("", _("As in the file")), *scale_names().items()],
        languages=[(locale, i18n.language_name(locale)) for locale in i18n.LOCALES],
        in_window=_in_window(),
        not_waiting=not_waiting,
        most_megabytes=MOST_BYTES // 1024 // 1024,
    )


@bp.get(f"{PLACE}/<uuid:framework_id>")
@allow(*educators)
def framework(framework_id: uuid.UUID) -> str:
    """Show a framework: its tree, its scale, its licence."""
    try:
        under = uuid.UUID(request.args["under"]) if "under" in request.args else None
    except ValueError as error:
        raise NotFound("competency") from error
    tree = services().framework_browsing.tree(viewer(), framework_id, under)
    return page(
        "studio/framework.html",
        tree=tree,
        in_window=_in_window(),
        forms_of=_file_names(),
        removal=services().framework_removal.look(viewer(), framework_id),
        changes=services().framework_keeping.changes(viewer(), framework_id),
    )


@bp.post(f"{PLACE}/<uuid:framework_id>/remove")
@allow(*educators)
def remove_framework(framework_id: uuid.UUID) -> Response:
    """Remove a framework that nothing uses, once it was said twice."""
    if services().framework_removal.look(viewer(), framework_id) is None:
        raise NotFound("framework")
    if not request.form.get("sure"):
        return see_other("studio.framework", notice="framework_not_sure", framework_id=framework_id)
    try:
        seen = request.form.get("seen", "")
        services().framework_removal.remove(viewer(), framework_id, seen)
    except (IllegalTransition, Stale):
        return see_other("studio.framework", notice="framework_used", framework_id=framework_id)
    return see_other("studio.frameworks", notice="framework_removed")


@bp.get(f"{PLACE}/<uuid:framework_id>/<any({', '.join(ENDINGS)}):form>")
@allow(*educators)
def export_framework(framework_id: uuid.UUID, form: str) -> Response:
    """Send a framework as a file."""
    export = services().framework_exports.export(framework_id, form, viewer())
    response = Response(export.pieces, mimetype=export.media_type.partition(";")[0])
    response.headers["Content-Disposition"] = f'attachment; filename="{export.name}"'
    return response


@bp.post(PLACE)
@allow(*educators)
@form_page(frameworks)
def upload_framework() -> Response:
    """Take a file or an address, and go on to what it would change."""
    chosen = read_form(FrameworkForm)
    name, content = _sent(chosen["url"])
    options = {name: chosen[name] for name in ("scale", "language")}
    _read(name, options, content)
    upload_id = services().framework_imports.keep(viewer(), name, options, content)
    return see_other("studio.framework_preview", upload_id=upload_id)


@bp.get(f"{PLACE}/uploads/<uuid:upload_id>")
@allow(*educators)
def framework_preview(upload_id: uuid.UUID, conflict: bool = False) -> str:
    """Show what importing a file would change."""
    upload = services().framework_imports.kept(viewer(), upload_id)
    draft = _draft(upload)
    plan = services().framework_imports.plan(viewer().registration_id, draft)
    return page(
        "studio/framework_preview.html",
        upload=upload,
        plan=plan,
        conflict=conflict,
        use=services().framework_keeping.use(viewer(), plan.framework_id),
        in_window=_in_window(),
    )


@bp.post(f"{PLACE}/uploads/<uuid:upload_id>")
@allow(*educators)
def import_framework(upload_id: uuid.UUID) -> Response | tuple[str, int]:
    """Import the file that was looked at; all of it, or nothing."""
    imports = services().framework_imports
    try:
        draft = _draft(imports.kept(viewer(), upload_id))
    except NotFound:  # sent twice, perhaps: then the first one imported it
        return frameworks(not_waiting=True), 404
    try:
        seen = request.form.get("seen", "")
        done = imports.apply(viewer().registration_id, draft, seen, by=viewer())
    except Stale:
        return framework_preview(upload_id=upload_id, conflict=True), 409
    except Forbidden:  # another course began to use it meanwhile: the page says so
        return framework_preview(upload_id=upload_id), 403
    imports.forget(viewer())
    return see_other("studio.framework", notice="framework_imported", framework_id=done.done_id)


def _sent(url: str) -> tuple[str, bytes]:
    """Return name and content of the file that was sent, or that stands at an address."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return file.filename[:200], file.read()
    if not url:
        raise InvalidInput({"file": [_("Choose a file, or give an address.")]})
    content = fetched(services().framework_servers.download, url)
    if len(content) > MOST_BYTES:
        raise InvalidInput({"url": [_("The file is too large to be read from there.")]})
    return url, content


def _draft(upload: Upload) -> FrameworkDraft:
    return _read(upload.name, upload.options, upload.content)


def _read(name: str, options: dict[str, str], content: bytes) -> FrameworkDraft:
    ours = services().framework_exports.base_url
    choices = Choices(name, "", options.get("scale", ""), options.get("language", ""), ours)
    draft = read_framework(content, choices)
    services().framework_imports.plan(viewer().registration_id, draft)
    return draft


def _file_names() -> list[tuple[str, str]]:
    plain = [("case", "CASE 1.1 (JSON)"), ("moodle", "Moodle (CSV)"), ("canvas", "Canvas (CSV)")]
    return [*plain, ("csv", _("Table (CSV)"))]


def _in_window() -> bool:
    return viewer().kind is SessionKind.DEEP_LINKING
