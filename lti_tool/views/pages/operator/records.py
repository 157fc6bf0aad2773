"""Where a platform's learning records go: switched on, tried out and off by the operator."""

from __future__ import annotations

import uuid

from flask import request
from werkzeug.wrappers import Response

from lti_tool.errors import PlatformError
from lti_tool.i18n import gettext as _
from lti_tool.rules.learning_records import VERSIONS
from lti_tool.schemas.record_stores import RecordStoreForm
from lti_tool.views.forms import form_page, form_values, load
from lti_tool.views.notices import see_other
from lti_tool.views.pages.operator import record_words
from lti_tool.views.pages.operator.blueprint import bp, console_page
from lti_tool.views.session import services

PLACE = "/platforms/<uuid:platform_id>/records"


@bp.get(PLACE)
def records(platform_id: uuid.UUID, failed: str = "") -> str:
    """Show what is set, and the form that sets it; ``failed`` is why trying it out failed."""
    return console_page(
        "operator/records.html",
        "platforms",
        platform=services().console.platforms.platform(platform_id),
        store=services().learning_records.of(platform_id),
        versions=[(one, one) for one in VERSIONS],
        profile=f"{services().platforms.base_url}/xapi/profile",
        failed=failed,
    )


@bp.post(PLACE)
@form_page(records)
def keep_records(platform_id: uuid.UUID) -> Response:
    """Let records go to a store."""
    learning_records = services().learning_records
    is_set = learning_records.of(platform_id) is not None
    schema = RecordStoreForm(services().platforms.allow_local, not is_set)
    form = load(schema, form_values(request.form, schema))
    learning_records.switch_on(
        platform_id,
        form["endpoint"],
        form["username"],
        form["password"],
        form["version"],
        not form["real_ids"],
    )
    return see_other("operator.records", notice="records_on", platform_id=platform_id)


@bp.post(f"{PLACE}/off")
def stop_records(platform_id: uuid.UUID) -> Response:
    """Let no record leave any more."""
    services().learning_records.switch_off(platform_id)
    return see_other("operator.records", notice="records_off", platform_id=platform_id)


@bp.post(f"{PLACE}/try")
def try_records(platform_id: uuid.UUID) -> Response | str:
    """Ask the store for something, and say what it answered."""
    try:
        services().learning_records.try_out(platform_id)
    except PlatformError as error:
        unknown = _("The record store refused what it was asked.")
        return records(platform_id, failed=record_words.reason(error.reason) or unknown)
    return see_other("operator.records", notice="records_tried", platform_id=platform_id)
