"""LTI Advantage Conformance Certification Guide 1.3, 6.2: deep linking, test by test."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
import requests
from jwt.algorithms import RSAAlgorithm

from lti_tool.lti import claims as c
from lti_tool.sandbox.webpages import Page
from tests.certification.conftest import Suite
from tests.support.activities import bare_activity
from tests.support.servers import handle_of


@pytest.fixture
def page(suite: Suite) -> Page:
    """Send a deep linking request, choose an activity; return the page with the response."""
    suite.pair.walker.be("claire")
    window = suite.pair.walker.open_deep_linking(suite.client_id)
    viewer = suite.viewer(window)
    activity = bare_activity(suite.pair.services.db, viewer, viewer.context_id)
    base = f"{suite.pair.tool_url}/s/{handle_of(window)}"
    return suite.pair.walker.get(f"{base}/deep-linking/respond/{activity}")


@pytest.fixture
def response(page: Page) -> str:
    return dict(page.form("JWT").fields)["JWT"]


def claims_of(response: str) -> dict[str, Any]:
    return jwt.decode(response, options={"verify_signature": False})


def test_deep_linking_request_is_accepted_and_answered(suite: Suite, page: Page) -> None:
    answer = suite.pair.walker.finish_deep_linking(page)
    assert answer.status == 200
    assert "Mirror" in answer.text


def test_response_is_a_valid_jwt_signed_with_our_published_key(suite: Suite, response: str) -> None:
    keys = requests.get(f"{suite.pair.tool_url}/lti/jwks", timeout=5).json()["keys"]
    kid = jwt.get_unverified_header(response)["kid"]
    (key,) = [RSAAlgorithm.from_jwk(key) for key in keys if key["kid"] == kid]
    audience = suite.pair.sandbox_url
    assert jwt.decode(response, key, algorithms=["RS256"], audience=audience)


def test_timestamps_are_valid(response: str) -> None:
    claims = claims_of(response)
    assert claims["iat"] <= time.time() + 1
    assert time.time() < claims["exp"] <= time.time() + 600


def test_required_claims_are_there(suite: Suite, response: str) -> None:
    claims = claims_of(response)
    assert claims["iss"] == suite.client_id
    assert claims["aud"] == suite.pair.sandbox_url
    assert claims["nonce"]
    assert claims[c.DEPLOYMENT_ID] == "1"
    assert claims[c.MESSAGE_TYPE] == "LtiDeepLinkingResponse"
    assert claims[c.LTI_VERSION] == "1.3.0"
    assert len(claims[c.CONTENT_ITEMS]) == 1


def test_values_are_affirmed(suite: Suite, response: str) -> None:
    (item,) = claims_of(response)[c.CONTENT_ITEMS]
    assert item["type"] == "ltiResourceLink"
    assert item["url"].startswith(f"{suite.pair.tool_url}/lti/launch?activity=")
    assert all(isinstance(value, str) for value in item["custom"].values())
    assert item["lineItem"]["scoreMaximum"] == 100


def test_the_passed_link_launches(suite: Suite, page: Page) -> None:
    walker = suite.pair.walker
    before = {link["id"] for link in walker.links()}
    answer = walker.finish_deep_linking(page)
    if not {link["id"] for link in walker.links()} - before:
        answer = walker.submit(answer, answer.forms[-1])
    (new,) = [link for link in walker.links() if link["id"] not in before]
    walker.be("claire")
    viewer = suite.viewer(walker.launch(new["id"]))
    assert viewer.activity_id is not None
    assert str(viewer.activity_id) in new["url"]
