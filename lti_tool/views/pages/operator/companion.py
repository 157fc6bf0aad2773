"""The Moodle companion of a platform: its token, what it is for, and whether it works."""

from __future__ import annotations

import uuid

from werkzeug.wrappers import Response

from lti_tool.schemas.operator import CompanionForm
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.notices import see_other
from lti_tool.views.pages.operator import companion_words
from lti_tool.views.pages.operator.blueprint import bp, console_page
from lti_tool.views.session import services

COMPANION = "/platforms/<uuid:platform_id>/companion"


@bp.get(COMPANION)
def companion(platform_id: uuid.UUID) -> str:
    """Show how it is set; never the token."""
    found = services().companion.settings.look(platform_id)
    return console_page(
        "operator/companion.html",
        "platforms",
        companion=found,
        rows=companion_words.rows(found.findings),
        problems=sum(one["result"] == "failed" for one in found.findings),
        functions=companion_words.functions(groups=True),
        capabilities=companion_words.capabilities(groups=True),
    )


@bp.post(COMPANION)
@form_page(companion)
def set_companion(platform_id: uuid.UUID) -> Response:
    """Set or replace the token."""
    form = read_form(CompanionForm)
    services().companion.settings.set(platform_id, form["token"], form["reads_groups"])
    return see_other("operator.companion", notice="companion_set", platform_id=platform_id)


@bp.post(COMPANION + "/off")
def remove_companion(platform_id: uuid.UUID) -> Response:
    """Switch it off and forget the token."""
    services().companion.settings.remove(platform_id)
    return see_other("operator.companion", notice="companion_off", platform_id=platform_id)


@bp.post(COMPANION + "/test")
def test_companion(platform_id: uuid.UUID) -> Response:
    """Test it now."""
    services().companion.tests.run(platform_id)
    return see_other("operator.companion", platform_id=platform_id)
