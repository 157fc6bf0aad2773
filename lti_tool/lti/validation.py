"""The shape of an LTI message, checked before anything uses it (LTI Core 1.3, 5.3; DL 2.0, 4.4).

Every refusal is a LaunchRefused with a reason code; ``claim`` in its facts names the claim.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from lti_tool.errors import LaunchRefused, WhoCanFix
from lti_tool.lti import claims as c
from lti_tool.lti.platform import origin_of
from lti_tool.lti.roles import administers_platform

MAX_ID = 255
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
Claims = Mapping[str, Any]


def refusal(reason: str, claim: str = "", /, **facts: object) -> LaunchRefused:
    """Return the refusal of a message that the LMS built wrongly; its administrator can help."""
    named = {"claim": claim.rpartition("/")[2]} if claim else {}
    return LaunchRefused(reason, WhoCanFix.LMS_ADMIN, **named, **facts)


def is_id(value: object) -> bool:
    """Return whether ``value`` can be an identifier: 1 to 255 characters that we can store."""
    return isinstance(value, str) and 0 < len(value) <= MAX_ID and is_storable(value)


def is_storable(text: str) -> bool:
    """Return whether a database takes ``text``: no NUL, no half surrogate."""
    return UNSTORABLE.search(text) is None


def is_json(value: object) -> bool:
    """Return whether ``value`` can be written as JSON: Python also reads numbers that cannot."""
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


def check_message(claims: Claims) -> str:
    """Check the claims of a message whose signature was verified, and return its type.

    Only messages that Miroir opens pass; others are refused as ``message_type_unsupported``. The
    refusal of a deep linking request can be answered.
    """
    try:
        return _checked(claims)
    except LaunchRefused as refused:
        refused.dialog = _dialog(claims)
        raise


def _checked(claims: Claims) -> str:
    _check_common(claims)
    message_type = claims[c.MESSAGE_TYPE]
    check = MESSAGES.get(message_type) if isinstance(message_type, str) else None
    if check is None:
        shown = str(message_type)[:80]
        raise refusal("message_type_unsupported", c.MESSAGE_TYPE, message_type=shown)
    check(claims)
    return str(message_type)


def _check_common(claims: Claims) -> None:
    """Check what every message has."""
    if claims.get(c.LTI_VERSION) != c.VERSION:
        raise refusal("version_wrong", c.LTI_VERSION)
    if not claims.get(c.MESSAGE_TYPE):
        raise refusal("message_type_missing", c.MESSAGE_TYPE)
    _need_id(claims, c.DEPLOYMENT_ID, "deployment_missing")
    _need_id(claims, "sub", "sub_missing")
    if c.ROLES not in claims:
        raise refusal("roles_missing", c.ROLES)
    roles = claims[c.ROLES]
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise refusal("claim_malformed", c.ROLES)
    for name in (c.CONTEXT, c.CUSTOM, c.PRESENTATION, c.TOOL_PLATFORM, c.FOR_USER, c.AGS_ENDPOINT):
        if not isinstance(claims.get(name) or {}, dict):
            raise refusal("claim_malformed", name)
    context = claims.get(c.CONTEXT)
    if context and not is_id(context.get("id")):
        raise refusal("claim_malformed", c.CONTEXT)


def _need_id(claims: Claims, name: str, reason: str) -> None:
    if not claims.get(name):
        raise refusal(reason, name)
    if not is_id(claims[name]):
        raise refusal("claim_malformed", name)


def _check_resource_link(claims: Claims) -> None:
    """Check LtiResourceLinkRequest (Core 5.3.4, 5.3.5)."""
    if not isinstance(claims.get(c.TARGET_LINK_URI), str) or not claims[c.TARGET_LINK_URI]:
        raise refusal("target_link_uri_missing", c.TARGET_LINK_URI)
    link = claims.get(c.RESOURCE_LINK)
    if not link or (isinstance(link, dict) and not link.get("id")):
        raise refusal("resource_link_missing", c.RESOURCE_LINK)
    if not isinstance(link, dict) or not is_id(link["id"]):
        raise refusal("claim_malformed", c.RESOURCE_LINK)


def _check_deep_linking(claims: Claims) -> None:
    """Check LtiDeepLinkingRequest; the 1EdTech suite sends it without target_link_uri."""
    settings = claims.get(c.DEEP_LINKING_SETTINGS)
    if not settings:
        raise refusal("deep_linking_settings_missing", c.DEEP_LINKING_SETTINGS)
    if not isinstance(settings, dict) or not isinstance(settings.get("accept_types"), list):
        raise refusal("claim_malformed", c.DEEP_LINKING_SETTINGS)
    return_url = settings.get("deep_link_return_url")
    if not is_json(settings):
        raise refusal("claim_malformed", c.DEEP_LINKING_SETTINGS)
    if not isinstance(return_url, str) or not origin_of(return_url):
        raise refusal("claim_malformed", c.DEEP_LINKING_SETTINGS)


def _dialog(claims: Claims) -> dict[str, Any] | None:
    """Return what an answer to a deep linking request needs, if the message tells all of it."""
    if claims.get(c.MESSAGE_TYPE) != c.DEEP_LINKING_MESSAGE:
        return None
    try:
        _check_deep_linking(claims)
    except LaunchRefused:
        return None
    audience = claims.get("azp") or claims.get("aud")
    names = {
        "issuer": claims.get("iss"),
        "client_id": next(iter(audience), "") if isinstance(audience, list) else audience,
        "deployment_id": claims.get(c.DEPLOYMENT_ID),
    }
    if not all(is_id(name) for name in names.values()):
        return None
    return {**names, "settings": claims[c.DEEP_LINKING_SETTINGS]}


def _check_submission_review(claims: Claims) -> None:
    """Check LtiSubmissionReviewRequest: the link may be told by its line item alone.

    Moodle leaves ``for_user`` out when the review was opened without a learner.
    """
    endpoint = claims.get(c.AGS_ENDPOINT) or {}
    if claims.get(c.RESOURCE_LINK):
        _check_resource_link({c.TARGET_LINK_URI: "-", **claims})
    elif not isinstance(endpoint.get("lineitem"), str):
        raise refusal("resource_link_missing", c.RESOURCE_LINK)


def _check_data_privacy(claims: Claims) -> None:
    """Check a data privacy launch: others' data is for administrators of the LMS only.

    ``for_user`` says whose data; without it, the person's own.
    """
    subject = subject_of(claims)
    if not is_id(subject):
        raise refusal("claim_malformed", c.FOR_USER)
    if subject != claims["sub"] and not administers_platform(claims[c.ROLES]):
        raise LaunchRefused("privacy_not_yours", WhoCanFix.LMS_ADMIN)


def subject_of(claims: Claims) -> object:
    """Return the id of the person whom a data privacy launch is about, unchecked."""
    told = claims.get(c.FOR_USER)
    return (told.get("user_id") or told.get("id")) if told else claims["sub"]


def _check_course(claims: Claims) -> None:
    """Check LtiContextLaunchRequest: a course, and nothing else."""
    if not claims.get(c.CONTEXT):
        raise refusal("claim_missing", c.CONTEXT)


MESSAGES: dict[str, Callable[[Claims], None]] = {
    c.RESOURCE_LINK_MESSAGE: _check_resource_link,
    c.DEEP_LINKING_MESSAGE: _check_deep_linking,
    c.SUBMISSION_REVIEW_MESSAGE: _check_submission_review,
    **dict.fromkeys(c.DATA_PRIVACY_MESSAGES, _check_data_privacy),
    c.CONTEXT_LAUNCH_MESSAGE: _check_course,
}
