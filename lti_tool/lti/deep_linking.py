"""The deep linking response (LTI Deep Linking 2.0, 4.5), in our own words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lti_tool import clock
from lti_tool.lti import claims as c
from lti_tool.secrecy import new_token

LIFE = timedelta(minutes=5)
SCORE_MAXIMUM = 100
COMPLETION_TAG = "completion"


@dataclass(frozen=True, slots=True)
class LinkItem:
    """An activity as a content item; its id travels in ``url`` and in ``custom``."""

    activity_id: uuid.UUID
    title: str
    launch_url: str
    opens_at: datetime | None = None
    due_at: datetime | None = None


def content_item(item: LinkItem, with_line_item: bool) -> dict[str, Any]:
    """Return an ``ltiResourceLink`` item, with the gradebook column that carries completion."""
    content: dict[str, Any] = {
        "type": "ltiResourceLink",
        "title": item.title,
        "url": f"{item.launch_url}?activity={item.activity_id}",
        "custom": {"activity_id": str(item.activity_id)},
    }
    if with_line_item:
        content["lineItem"] = {
            "label": item.title,
            "scoreMaximum": SCORE_MAXIMUM,
            "resourceId": f"act:{item.activity_id}",
            "tag": COMPLETION_TAG,
        }
    if item.opens_at is not None:
        content["available"] = {"startDateTime": item.opens_at.isoformat(timespec="seconds")}
    if item.due_at is not None:
        content["submission"] = {"endDateTime": item.due_at.isoformat(timespec="seconds")}
    return content


def response_claims(
    issuer: str,
    client_id: str,
    deployment_id: str,
    settings: Mapping[str, Any],
    items: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return the claims of the response; ``data`` goes back only if it came."""
    now = clock.now()
    claims: dict[str, Any] = {
        "iss": client_id,
        "aud": issuer,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFE).timestamp()),
        "nonce": new_token(),
        c.DEPLOYMENT_ID: deployment_id,
        c.MESSAGE_TYPE: c.DEEP_LINKING_RESPONSE,
        c.LTI_VERSION: c.VERSION,
        c.CONTENT_ITEMS: items,
    }
    if "data" in settings:
        claims[c.DEEP_LINKING_DATA] = settings["data"]
    return claims
