"""The JSON from which Canvas makes a developer key (Canvas: "Configuring LTI Advantage Tools")."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from lti_tool.lti import claims as c
from lti_tool.lti.registration_families import (
    CANVAS_DATES,
    CANVAS_HEIGHT,
    CANVAS_PLACEMENTS,
    CANVAS_WIDTH,
    CUSTOM,
    PRIVACY_LEVEL,
)

SCOPES = tuple(scope for scope in c.SCOPES if "/lti-gs/" not in scope)
"""Canvas refuses a configuration with a scope that it does not have; it has no groups service."""
DESCRIPTION = "Peer reflection with a tutor: Now, New, Next."


def canvas_configuration(base_url: str) -> dict[str, Any]:
    """Return the whole configuration: Canvas keeps nothing that is not in it."""
    launch, icon = f"{base_url}/lti/launch", f"{base_url}/static/img/mark.svg"
    return {
        "title": "Miroir",
        "description": DESCRIPTION,
        "oidc_initiation_url": f"{base_url}/lti/login",
        "target_link_uri": launch,
        "redirect_uris": [launch],
        "public_jwk_url": f"{base_url}/lti/jwks",
        "scopes": list(SCOPES),
        "custom_fields": {**CUSTOM, **CANVAS_DATES},
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": urlsplit(base_url).netloc,
                "tool_id": "miroir",
                "privacy_level": PRIVACY_LEVEL,
                "settings": {
                    "text": "Miroir",
                    "icon_url": icon,
                    "selection_width": CANVAS_WIDTH,
                    "selection_height": CANVAS_HEIGHT,
                    "placements": [_placement(one, launch, icon) for one in CANVAS_PLACEMENTS],
                },
            }
        ],
    }


def _placement(name: str, launch: str, icon: str) -> dict[str, Any]:
    """Return a placement whose button opens the window in which an activity is chosen."""
    return {
        "placement": name,
        "enabled": True,
        "message_type": c.DEEP_LINKING_MESSAGE,
        "target_link_uri": launch,
        "text": "Miroir",
        "icon_url": icon,
        "visibility": "admins",
        "selection_width": CANVAS_WIDTH,
        "selection_height": CANVAS_HEIGHT,
    }
