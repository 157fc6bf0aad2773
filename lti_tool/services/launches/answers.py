"""What comes to the launch address and is no launch: told apart, so that the page can help."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from lti_tool.errors import LaunchRefused, WhoCanFix
from lti_tool.lti.adapter import Trust
from lti_tool.services.launches.logins import refuse_lti_1_1

MAX_TOLD = 200
"""Characters of a platform's own error that we show and log."""
FOR_THE_PERSON = {
    "login_required",
    "interaction_required",
    "account_selection_required",
    "consent_required",
    "access_denied",
    "temporarily_unavailable",
    "server_error",
}
"""Errors that signing in or trying again may end; the others are about how we are set up there."""


def refuse_other_answers(form: Mapping[str, str], trust: Trust) -> None:
    """Raise LaunchRefused for what is posted to the launch address and is no launch.

    ``lti_1_1`` is a launch of the old protocol, ``platform_error`` an OpenID Connect error answer
    (Core 3.1.2.6, OAuth 2.0 4.1.2.1), ``direct_visit`` a request with nothing in it.
    """
    refuse_lti_1_1(form)
    if form.get("error"):
        raise _platform_error(form, trust)
    if not form.get("id_token") and not form.get("state"):
        raise LaunchRefused("direct_visit", WhoCanFix.LEARNER)


def _platform_error(form: Mapping[str, str], trust: Trust) -> LaunchRefused:
    """Return the refusal that a platform's error is; the state, if it is ours, names the LMS."""
    code = form["error"]
    who = WhoCanFix.LEARNER if code in FOR_THE_PERSON else WhoCanFix.LMS_ADMIN
    told = {key: form.get(key, "")[:MAX_TOLD] for key in ("error", "error_description")}
    facts: dict[str, object] = {key: value for key, value in told.items() if value}
    with suppress(LaunchRefused):
        platform = trust.platform_of(trust.open_state(form.get("state", "")).registration_id)
        facts |= {"iss": platform.issuer, "client_id": platform.client_id}
    return LaunchRefused("platform_error", who, **facts)
