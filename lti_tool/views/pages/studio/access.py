"""Access for programs: an educator makes, sees and withdraws tokens for the course they are in."""

from __future__ import annotations

import uuid

from werkzeug.wrappers import Response

from lti_tool.schemas.access import MOST_NAME, TokenForm
from lti_tool.services.access.tokens import MOST_DAYS
from lti_tool.views.errors import API
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, educators
from lti_tool.views.notices import see_other
from lti_tool.views.pages.studio.blueprint import bp
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer

USUAL_DAYS = 90


@bp.get("/access")
@allow(*educators)
def access(token: str = "") -> str:
    """Show the tokens; a new one is told this once."""
    return page(
        "studio/access.html",
        token=token,
        tokens=services().access_tokens.list(viewer()),
        most_name=MOST_NAME,
        most_days=MOST_DAYS,
        usual_days=USUAL_DAYS,
        api_url=services().platforms.base_url + API,
    )


@bp.post("/access")
@allow(*educators)
@form_page(access)
def make_token() -> str:
    """Make a token, and show it."""
    form = read_form(TokenForm)
    return access(services().access_tokens.make(viewer(), form["name"], form["days"]))


@bp.post("/access/<uuid:token_id>/withdraw")
@allow(*educators)
def withdraw_token(token_id: uuid.UUID) -> Response:
    """Let a token open nothing any more."""
    services().access_tokens.withdraw(viewer(), token_id)
    return see_other("studio.access", notice="token_withdrawn")
