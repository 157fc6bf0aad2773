"""Refused launches and registrations: a page in plain words, and one line in the log.

The page and the line share a reference. Neither holds the token or personal data.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

import structlog
from flask import g

from lti_tool import clock
from lti_tool.errors import LaunchRefused, RegistrationRefused
from lti_tool.i18n import gettext as _
from lti_tool.services.launches.deep_linking import Reply
from lti_tool.views import metrics
from lti_tool.views.lti import wording
from lti_tool.views.render import page
from lti_tool.views.session import frame_by_anybody, services

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without the characters that are mistaken for others when read aloud."""

log = structlog.get_logger()


def on_launch_refused(error: LaunchRefused) -> tuple[str, int]:
    """Answer a launch that was not accepted."""
    reference = _reference("LTI")
    error.facts = _printable(error.facts)
    facts = {"reason": error.reason, "who": error.who.value, **error.facts}
    log.warning("launch_refused", reference=reference, **facts)
    metrics.count_refusal(error)
    services().console.refusals.note(error, reference)
    words = wording.of_launch(error)
    way_back = _way_back(error, words, reference)
    return _page(error, words, reference, way_back), wording.status_of(error.reason)


def on_registration_refused(error: RegistrationRefused) -> tuple[str, int]:
    """Answer a registration that did not come about."""
    reference = _reference("REG")
    error.facts = _printable(error.facts)
    facts = {"reason": error.reason, "who": error.who.value, **error.facts}
    log.warning("registration_refused", reference=reference, **facts)
    services().console.refusals.note(error, reference)
    return _page(error, wording.of_registration(error), reference), 400


def _way_back(error: LaunchRefused, words: wording.Explanation, reference: str) -> Reply | None:
    """Return the answer that a deep linking request gets all the same: errors go back, too."""
    if error.dialog is None:
        return None
    why = f"{words.title}. {words.text}"
    reply = services().deep_linking.refuse(error.dialog, why, error.reason, reference)
    g.form_action = list(reply.form_action)
    return reply


def _page(
    error: LaunchRefused | RegistrationRefused,
    words: wording.Explanation,
    reference: str,
    way_back: Reply | None = None,
) -> str:
    frame_by_anybody()
    now = clock.now()
    return page(
        "lti/refused.html",
        words=words,
        reference=reference,
        time=now,
        who=wording.who_can_fix(error.who),
        support=support_lines(reference, now, error.reason, error.facts),
        request_id="",
        way_back=way_back,
    )


def support_lines(
    reference: str, time: datetime, reason: str, facts: Mapping[str, object]
) -> list[tuple[str, object]]:
    """Return what to copy into a request for help: facts without names and without the token."""
    lines = {
        _("Reference"): reference,
        _("Time"): time.isoformat(timespec="seconds"),
        _("Reason"): reason,
        **facts,
    }
    return [(name, value) for name, value in lines.items() if value not in (None, "")]


def _printable(facts: Mapping[str, object]) -> dict[str, object]:
    """Return the facts without halves of surrogate pairs: no page and no log line can hold them."""
    return {
        name: value.encode(errors="replace").decode() if isinstance(value, str) else value
        for name, value in facts.items()
    }


def _reference(kind: str) -> str:
    """Return a code that is easy to tell on the telephone: ``LTI-7K2M-9qzd``."""
    code = "".join(secrets.choice(ALPHABET) for _position in range(8))
    return f"{kind}-{code[:4]}-{code[4:].lower()}"
