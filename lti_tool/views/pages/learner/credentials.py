"""Taking confirmed levels along as credentials: looking, making, fetching, withdrawing."""

from __future__ import annotations

import json
import uuid

from werkzeug.wrappers import Response

from lti_tool.errors import IllegalTransition
from lti_tool.schemas.credentials import CredentialForm
from lti_tool.services.credentials.credentials import JSON, JWT, SVG, Choices
from lti_tool.views.downloads import disposition
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, learners
from lti_tool.views.notices import see_other
from lti_tool.views.pages.learner.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

LEVEL = "/my-competencies/levels/<uuid:level_id>/credential"
CREDENTIAL = "/my-competencies/credentials/<uuid:credential_id>"
TYPES = {JWT: "text/plain", JSON: "application/json", SVG: "image/svg+xml"}
"""Open Badges 3.0, section 5.2, has a signed credential as plain text."""


@bp.get(LEVEL)
@allow(*learners)
def credential_preview(level_id: uuid.UUID) -> str:
    """Show what would stand in a credential, and ask what else goes in."""
    return page(
        "learner/credential_preview.html",
        preview=services().credentials.preview(viewer(), level_id),
        activity_id=viewer().activity_id,
        tab="my_competencies",
    )


@bp.post(LEVEL)
@allow(*learners)
@form_page(credential_preview)
def make_credential(level_id: uuid.UUID) -> Response:
    """Make the credential, or come to the one that there is."""
    form = read_form(CredentialForm)
    choices = Choices(name=form["with_name"], email=form["with_email"])
    made = services().credentials.make(viewer(), level_id, choices)
    return see_other("learner.credential", notice="credential_made", credential_id=made)


@bp.get(CREDENTIAL)
@allow(*learners)
def credential(credential_id: uuid.UUID) -> str:
    """Show a credential of the learner's, with its files."""
    return page(
        "learner/credential.html",
        credential=services().credentials.show(viewer(), credential_id),
        activity_id=viewer().activity_id,
        tab="my_competencies",
    )


@bp.get(f"{CREDENTIAL}/file.<any({JWT}, {JSON}, {SVG}):shape>")
@allow(*learners)
def credential_file(credential_id: uuid.UUID, shape: str) -> Response:
    """Give the credential as a file."""
    made = services().credentials.file(viewer(), credential_id, shape)
    text = made if isinstance(made, str) else json.dumps(made, ensure_ascii=False, indent=2)
    name = f"miroir-{credential_id.hex[:8]}.{shape}"
    headers = {"Content-Disposition": disposition(name)}
    return Response(text, mimetype=TYPES[shape], headers=headers)


@bp.post(f"{CREDENTIAL}/withdraw")
@allow(*learners)
@form_page(credential)
def withdraw_credential(credential_id: uuid.UUID) -> Response:
    """Let a credential hold no more."""
    try:
        services().credentials.withdraw(viewer(), credential_id)
    except IllegalTransition:  # it was withdrawn already: by another click, or the tutor
        return see_other("learner.credential", credential_id=credential_id)
    return see_other(
        "learner.credential", notice="credential_withdrawn", credential_id=credential_id
    )
