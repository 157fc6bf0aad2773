"""The configuration for Canvas has what Canvas's own schema asks for (lti/tool_configuration)."""

from __future__ import annotations

from typing import Any

from lti_tool.lti import claims as c
from lti_tool.lti.canvas import canvas_configuration

BASE = "https://miroir.example:8443"
REQUIRED = {"title", "description", "target_link_uri", "oidc_initiation_url", "scopes"}
AGS, NRPS = (
    "https://purl.imsglobal.org/spec/lti-ags/scope/",
    "https://purl.imsglobal.org/spec/lti-nrps/scope/",
)
CANVAS_SCOPES = {
    f"{AGS}lineitem",
    f"{AGS}lineitem.readonly",
    f"{AGS}result.readonly",
    f"{AGS}score",
    f"{NRPS}contextmembership.readonly",
}


def extension(told: dict[str, Any]) -> dict[str, Any]:
    (found,) = told["extensions"]
    return dict(found)


def test_everything_that_canvas_requires_is_there() -> None:
    told = canvas_configuration(BASE)
    assert set(told) == REQUIRED | {
        "public_jwk_url",
        "redirect_uris",
        "custom_fields",
        "extensions",
    }
    assert told["oidc_initiation_url"] == f"{BASE}/lti/login"
    assert told["target_link_uri"] == f"{BASE}/lti/launch"
    assert told["redirect_uris"] == [f"{BASE}/lti/launch"]
    assert told["public_jwk_url"] == f"{BASE}/lti/jwks"
    assert set(told["scopes"]) == CANVAS_SCOPES
    assert all(isinstance(value, str) for value in told["custom_fields"].values())


def test_the_extension_names_canvas_and_what_it_may_tell() -> None:
    found = extension(canvas_configuration(BASE))
    assert found["platform"] == "canvas.instructure.com"
    assert found["domain"] == "miroir.example:8443"
    assert found["tool_id"] == "miroir"
    assert found["privacy_level"] in ("anonymous", "name_only", "email_only", "public")
    assert set(found["settings"]) == {
        "text",
        "icon_url",
        "selection_width",
        "selection_height",
        "placements",
    }


def test_each_placement_opens_the_window_to_choose_in() -> None:
    placements = extension(canvas_configuration(BASE))["settings"]["placements"]
    assert [one["placement"] for one in placements] == ["assignment_selection", "link_selection"]
    for one in placements:
        assert one["message_type"] == c.DEEP_LINKING_MESSAGE
        assert one["target_link_uri"] == f"{BASE}/lti/launch"
        assert one["visibility"] == "admins"
        assert isinstance(one["selection_width"], int)
