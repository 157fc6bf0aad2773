"""What was refused lately, found by the reference that a person reads out."""

from __future__ import annotations

from datetime import datetime

from flask import request, url_for

from lti_tool.services.platforms.refusals import KEEP, PAGE, RefusalLine
from lti_tool.views.pages.operator.blueprint import bp, console_page
from lti_tool.views.pages.operator.typed import typed_id
from lti_tool.views.session import services


@bp.get("/refusals")
def refusals() -> str:
    """List refusals; of one platform, or with one reference."""
    reference = request.args.get("reference", "").strip()
    registration_id = typed_id("platform")
    service = services().console
    found = service.refusals.listing(registration_id, reference, _before())
    return console_page(
        "operator/refusals.html",
        "refusals",
        refusals=found[:PAGE],
        older=_older(found),
        reference=reference,
        platform=service.platforms.platform(registration_id) if registration_id else None,
        days=KEEP.days,
    )


def _before() -> datetime | None:
    """Return the moment that the address asks for, if it is one."""
    try:
        moment = datetime.fromisoformat(request.args.get("before", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _older(found: list[RefusalLine]) -> str | None:
    """Return where the list goes on, if it does."""
    if len(found) <= PAGE:
        return None
    platform, before = request.args.get("platform"), found[PAGE - 1].at.isoformat()
    return url_for("operator.refusals", before=before, platform=platform)
