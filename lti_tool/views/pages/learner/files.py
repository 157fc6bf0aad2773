"""Files of one's answers: adding, describing, removing; and opening those that one may read."""

from __future__ import annotations

import uuid
from typing import Any, BinaryIO, cast

from flask import request
from werkzeug.wrappers import Response

from lti_tool.errors import InvalidInput, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.schemas.attachments import FileNotes
from lti_tool.schemas.reflections import ReflectionForm
from lti_tool.views.errors import wants_json
from lti_tool.views.files import handed_out
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, learners, takes_files
from lti_tool.views.notices import see_other
from lti_tool.views.pages.learner.blueprint import ACTIVITY, bp, conflict_in_words
from lti_tool.views.pages.learner.now import now
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

FIELD = "file-new-"
Answer = Response | dict[str, str]


@bp.get(f"{ACTIVITY}/files/<uuid:file_id>")
@allow(*learners)
def file(activity_id: uuid.UUID, file_id: uuid.UUID) -> Response:
    """Hand out a file of one's own, or of a reflection that was given to the learner to read."""
    return handed_out(services().attachments.open(viewer(), activity_id, file_id))


@bp.post(f"{ACTIVITY}/now/files")
@allow(*learners)
@takes_files
def add_file(activity_id: uuid.UUID) -> Answer:
    """Add a file to an answer; a browser without script sends all that was typed along with it."""
    if not wants_json():
        return cast(Answer, _add_by_form(activity_id=activity_id))
    _add(activity_id)
    return _list(activity_id, _prompt())


@bp.post(f"{ACTIVITY}/now/files/notes")
@allow(*learners)
def describe_files(activity_id: uuid.UUID) -> Answer:
    """Keep what pictures show; asked for by the page's script."""
    keep_notes(activity_id)
    return _list(activity_id, _prompt())


@bp.post(f"{ACTIVITY}/now/files/<uuid:file_id>/remove")
@allow(*learners)
def remove_file(activity_id: uuid.UUID, file_id: uuid.UUID) -> Answer:
    """Take a file out of the working text."""
    prompt_id = services().attachments.remove(viewer(), activity_id, file_id)
    return _changed(activity_id, prompt_id, "file_removed")


@bp.post(f"{ACTIVITY}/now/files/<uuid:file_id>/put-back")
@allow(*learners)
def put_file_back(activity_id: uuid.UUID, file_id: uuid.UUID) -> Answer:
    """Undo a removal."""
    try:
        prompt_id = services().attachments.put_back(viewer(), activity_id, file_id)
    except InvalidInput:
        if wants_json():
            raise
        return _changed(activity_id, None, "file_no_room")
    return _changed(activity_id, prompt_id, "file_back")


def keep_notes(activity_id: uuid.UUID) -> None:
    """Keep what the form in hand says of pictures."""
    services().attachments.describe(viewer(), activity_id, read_form(FileNotes)["notes"])


@form_page(now)
def _add_by_form(activity_id: uuid.UUID) -> Response:
    _keep_text(activity_id)
    _add(activity_id)
    return _back_to(activity_id, _prompt(), "file_added")


def _changed(activity_id: uuid.UUID, prompt_id: uuid.UUID | None, code: str) -> Answer:
    """Answer a change that is done; without script, what was typed is kept, too."""
    if prompt_id is not None and wants_json():
        return _list(activity_id, prompt_id)
    return cast(Answer, _typed_too(activity_id=activity_id, prompt_id=prompt_id, code=code))


def _page(activity_id: uuid.UUID, **_others: Any) -> Any:
    return now(activity_id=activity_id)


@form_page(_page)
def _typed_too(activity_id: uuid.UUID, prompt_id: uuid.UUID | None, code: str) -> Response:
    _keep_text(activity_id)
    return _back_to(activity_id, prompt_id, code)


def _back_to(activity_id: uuid.UUID, prompt_id: uuid.UUID | None, code: str) -> Response:
    anchor = f"files-{prompt_id}" if prompt_id else None
    return see_other("learner.now", code, activity_id=activity_id, _anchor=anchor)


def _prompt() -> uuid.UUID:
    """Return the question to whose answer a file is added; raise NotFound."""
    try:
        return uuid.UUID(request.args.get("prompt", ""))
    except ValueError as error:
        raise NotFound("prompt") from error


def _keep_text(activity_id: uuid.UUID) -> None:
    """Keep all that the form holds beside the file."""
    written: Any = read_form(ReflectionForm)
    with conflict_in_words():
        services().reflections.save_draft(viewer(), activity_id, written)
    keep_notes(activity_id)


def _add(activity_id: uuid.UUID) -> None:
    prompt_id = _prompt()
    field = f"{FIELD}{prompt_id}"
    sent = request.files.get(field)
    if sent is None or not sent.filename:
        raise InvalidInput({field: [_("Choose a file first.")]})
    stream = cast(BinaryIO, sent.stream)
    try:
        services().attachments.add(viewer(), activity_id, prompt_id, sent.filename, stream)
    except InvalidInput as refused:
        raise InvalidInput({field: refused.fields.get("file", [])}) from refused


def _list(activity_id: uuid.UUID, prompt_id: uuid.UUID) -> dict[str, str]:
    """Return the files of an answer as the page shows them."""
    found = services().reflections.now(viewer(), activity_id)
    answers = [one for one in (*found.answers, *found.earlier) if one.prompt.id == prompt_id]
    return {"html": page("learner/file_list.html", answers=answers, activity_id=activity_id)}
