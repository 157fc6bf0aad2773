"""Beginning with something that is there: a copy of one's own, a shared preset, a file."""

from __future__ import annotations

import json
import uuid

from flask import g, request
from werkzeug.wrappers import Response

from lti_tool import clock
from lti_tool.errors import InvalidInput, NotFound
from lti_tool.schemas import activity_files
from lti_tool.schemas.fields import Words
from lti_tool.services.activities.sources import MAX_NAME
from lti_tool.views.forms import form_page
from lti_tool.views.guards import allow, educators, staff
from lti_tool.views.notices import see_other
from lti_tool.views.pages.studio import making
from lti_tool.views.pages.studio.blueprint import bp
from lti_tool.views.pages.studio.documents import check, document_of, read_document
from lti_tool.views.pages.studio.form import as_form
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

MOST_TYPED = 100


@bp.get("/studio/sources")
@allow(*staff)
def sources() -> str:
    """List what a new activity can begin with, and take a file."""
    making.allow_choosing()
    search = request.args.get("q", "").strip()[:MOST_TYPED]
    return page(
        "studio/sources.html",
        activities=services().sources.activities(viewer(), search),
        presets=services().sources.presets(viewer()),
        search=search,
        **making.context(making.window()),
    )


@bp.post("/studio/import")
@allow(*staff)
@form_page(sources)
def take_file() -> str:
    """Show the form of a new activity with what a file says; nothing is kept before it is saved."""
    making.allow_choosing()
    sent = request.files.get("file")
    text = request.form.get("document", "")
    if sent is not None and sent.filename:
        text = sent.read(activity_files.MOST_BYTES + 1).decode("utf-8", "replace")
    try:
        known = read_document(activity_files.parse(text.lstrip("\ufeff")))
        check(known.values)
    except InvalidInput as error:
        if sent is None or not sent.filename:
            raise
        raise InvalidInput({"file": next(iter(error.fields.values()))}) from error
    g.typed = as_form(known.values)
    return making.show_new(unknown=known.unknown)


@bp.get("/activities/<uuid:activity_id>/activity.json")
@allow(*educators)
def export(activity_id: uuid.UUID) -> Response:
    """Hand the activity over as a file: what was decided, nobody's work."""
    document = document_of(services().activities.get(viewer(), activity_id).values)
    name = f"miroir-activity-{clock.now().date().isoformat()}.json"
    return Response(
        json.dumps(document, ensure_ascii=False, indent=2) + "\n",
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.post("/activities/<uuid:activity_id>/preset")
@allow(*educators)
def keep_preset(activity_id: uuid.UUID) -> Response:
    """Share the activity's settings, without dates, under a name."""
    activity = services().activities.get(viewer(), activity_id)
    name = Words(most=MAX_NAME).deserialize(request.form.get("name", "")[:MAX_NAME])
    document = document_of(activity_files.undated(activity.values))
    services().sources.keep_preset(viewer(), name or activity.title[:MAX_NAME], document)
    return see_other("studio.manage", notice="preset_kept", activity_id=activity_id)


@bp.post("/studio/presets/remove")
@allow(*staff)
def remove_preset() -> Response:
    """Remove one's own preset."""
    try:
        preset_id = uuid.UUID(request.form.get("preset", ""))
    except ValueError as error:
        raise NotFound("preset") from error
    services().sources.remove_preset(viewer(), preset_id)
    return see_other("studio.sources", notice="preset_removed")
