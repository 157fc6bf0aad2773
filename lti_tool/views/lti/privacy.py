"""A data privacy launch: what is kept of a person, as a file, and erasing it."""

from __future__ import annotations

import uuid

import structlog
from werkzeug.wrappers import Response

from lti_tool.errors import NotFound
from lti_tool.schemas.lti.privacy import EraseForm
from lti_tool.services.privacy.privacy import Subject
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, everyone
from lti_tool.views.render import page
from lti_tool.views.session import services, session_blueprint, viewer

bp = session_blueprint("privacy", __name__)
log = structlog.get_logger()

ENDED = ("viewer", "home_url", "zone_url", "language_url", "csrf_token")
"""What a page has of a session, and has no more once that is erased."""


@bp.get("/privacy")
@allow(*everyone)
def person() -> str:
    """Show what is kept: how much of each kind, in which courses."""
    subject = services().privacy.subject(viewer())
    if subject.user_id is None:
        return page("lti/privacy_nothing.html", subject=subject)
    kept = services().privacy.kept(subject.registration_id, subject.user_id)
    store = services().learning_records.of(subject.registration_id)
    return page("lti/privacy.html", subject=subject, kept=kept, store=store)


@bp.get("/privacy/export")
@allow(*everyone)
def export() -> Response:
    """Hand all of it out as a ZIP."""
    response = Response(services().privacy.export(*_whose()), mimetype="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="miroir-data.zip"'
    log.info("privacy_exported", session=str(viewer().session_id))
    return response


@bp.get("/privacy/erase")
@allow(*everyone)
def preview() -> str:
    """Show what erasing does, and ask."""
    subject = services().privacy.subject(viewer())
    return page(
        "lti/privacy_erase.html",
        subject=subject,
        found=services().privacy.consequences(*_whose(subject)),
    )


@bp.post("/privacy/erase")
@allow(*everyone)
@form_page(preview)
def erase() -> str:
    """Erase the person; the page is the last one of this session if it was their own."""
    read_form(EraseForm)
    subject = services().privacy.subject(viewer())
    services().privacy.erase(*_whose(subject))
    log.info("privacy_erased", session=str(viewer().session_id), own=subject.is_self)
    gone = dict.fromkeys(ENDED, "") if subject.is_self else {}
    return page("lti/privacy_erased.html", subject=subject, **gone)


def _whose(subject: Subject | None = None) -> tuple[uuid.UUID, uuid.UUID]:
    """Return registration and user of this launch; raises NotFound if nothing is kept."""
    found = subject or services().privacy.subject(viewer())
    if found.user_id is None:
        raise NotFound("person")
    return found.registration_id, found.user_id
