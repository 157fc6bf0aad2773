"""LTI Advantage Conformance Certification Guide 1.3, 6.2: deep linking, test by test.

The guide's seven tests carry its words; the suite sends its request without target_link_uri.
"""

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
from tests.support.servers import handle_of

TITLE = "What I take from this month"


def request_window(suite: Suite) -> Page:
    """Send a deep linking request as the suite does; return the tool's window."""
    suite.pair.walker.be("claire")
    suite.pair.tamper(remove=["target_link_uri"])
    return suite.pair.walker.open_deep_linking(suite.client_id)


@pytest.fixture
def page(suite: Suite) -> Page:
    """Choose an activity in the window; return the page with the response."""
    window = request_window(suite)
    form = window.form("title", "competencies")
    values = {"title": TITLE, "competencies": form.choices["competencies"][:1], "do": "save"}
    return suite.pair.walker.submit(window, form, values)


@pytest.fixture
def response(page: Page) -> str:
    return dict(page.form("JWT").fields)["JWT"]


def claims_of(response: str) -> dict[str, Any]:
    return jwt.decode(response, options={"verify_signature": False})


def key_of(suite: Suite, response: str) -> Any:
    """Return the key that our key set publishes under the response's kid."""
    keys = requests.get(f"{suite.pair.tool_url}/lti/jwks", timeout=5).json()["keys"]
    kid = jwt.get_unverified_header(response)["kid"]
    (key,) = [RSAAlgorithm.from_jwk(key) for key in keys if key["kid"] == kid]
    return key


def test_1_deep_linking_request_is_sent_without_target_link_uri(suite: Suite) -> None:
    window = request_window(suite)
    assert window.status == 200
    assert suite.viewer(window).kind == "deep_linking"


def test_2_deep_linking_response_is_received(suite: Suite, page: Page) -> None:
    form = page.form("JWT")
    assert form.method == "post"
    assert form.action.startswith(f"{suite.pair.sandbox_url}/lti/deep-linking/return/")
    answer = suite.pair.walker.finish_deep_linking(page)
    assert answer.status == 200
    assert TITLE in answer.text


def test_3_response_is_a_valid_jwt(response: str) -> None:
    header = jwt.get_unverified_header(response)
    assert response.count(".") == 2
    assert header["alg"] == "RS256" and header["kid"]
    assert claims_of(response)


def test_4_timestamps_are_valid(response: str) -> None:
    claims = claims_of(response)
    assert claims["iat"] <= time.time() + 1
    assert time.time() < claims["exp"] <= time.time() + 600


def test_5_signature_is_valid_by_our_key_set(suite: Suite, response: str) -> None:
    audience, key = suite.pair.sandbox_url, key_of(suite, response)
    assert jwt.decode(response, key, algorithms=["RS256"], audience=audience)


def test_6_required_claims_are_there(suite: Suite, response: str) -> None:
    claims = claims_of(response)
    assert claims["iss"] == suite.client_id
    assert claims["aud"] == suite.pair.sandbox_url
    assert claims["nonce"]
    assert claims[c.DEPLOYMENT_ID] == "1"
    assert claims[c.MESSAGE_TYPE] == "LtiDeepLinkingResponse"
    assert claims[c.LTI_VERSION] == "1.3.0"
    assert len(claims[c.CONTENT_ITEMS]) == 1


def test_7_values_are_affirmed(suite: Suite, response: str) -> None:
    (item,) = claims_of(response)[c.CONTENT_ITEMS]
    assert (item["type"], item["title"]) == ("ltiResourceLink", TITLE)
    assert item["url"].startswith(f"{suite.pair.tool_url}/lti/launch?activity=")
    assert all(isinstance(value, str) for value in item["custom"].values())
    column = item["lineItem"]
    assert (column["label"], column["scoreMaximum"]) == (TITLE, 100)
    assert column["tag"].startswith("case:"), "the activity is about one competency"
    assert column["submissionReview"]["url"] == item["url"]
    assert requests.get(item["icon"]["url"], timeout=5).status_code == 200


@pytest.mark.parametrize("personality", ["moodle", "canvas"])
def test_data_goes_back_iff_it_came(suite: Suite, personality: str) -> None:
    suite.pair.walker.control("deep-linking", {"data": "opaque"} if personality == "canvas" else {})
    window = request_window(suite)
    suite.pair.walker.control("deep-linking", {})
    cancelled = suite.pair.walker.get(window.link(part="/deep-linking/cancel"))
    claims = claims_of(dict(cancelled.form("JWT").fields)["JWT"])
    assert claims[c.CONTENT_ITEMS] == []
    assert claims.get(c.DEEP_LINKING_DATA) == ("opaque" if personality == "canvas" else None)
    assert (c.DEEP_LINKING_DATA in claims) is (personality == "canvas")


def test_two_responses_have_two_nonces(suite: Suite) -> None:
    window = request_window(suite)
    pages = [suite.pair.walker.get(window.link(part="/deep-linking/cancel")) for _each in range(2)]
    nonces = {claims_of(dict(one.form("JWT").fields)["JWT"])["nonce"] for one in pages}
    assert len(nonces) == 2


def test_the_passed_link_launches(suite: Suite, page: Page) -> None:
    walker = suite.pair.walker
    before = {link["id"] for link in walker.links()}
    walker.finish_deep_linking(page)
    (new,) = [link for link in walker.links() if link["id"] not in before]
    for who in ("claire", "amina"):
        walker.be(who)
        viewer = suite.viewer(walker.launch(new["id"]))
        assert viewer.activity_id is not None
        assert str(viewer.activity_id) in new["url"]


def test_all_of_several_passed_links_launch(suite: Suite) -> None:
    walker = suite.pair.walker
    before = {link["id"] for link in walker.links()}
    window = request_window(suite)
    for title in ("First", "Second"):
        form = window.form("title", "competencies")
        chosen = walker.submit(window, form, {"title": title, "do": "more"})
        window = walker.get(chosen.link(part="/studio/choose"))
    listing = walker.get(window.link(part="/studio/existing"))
    form = listing.form("activity")
    handle = handle_of(listing)
    form.action = f"/s/{handle}/deep-linking/respond"
    page = walker.submit(listing, form, {"activity": form.choices["activity"][:2]})
    assert "2 activities added" in walker.finish_deep_linking(page).text
    new = [link for link in walker.links() if link["id"] not in before]
    opened = {suite.viewer(walker.launch(link["id"])).activity_id for link in new}
    assert len(opened) == 2 and None not in opened


def test_the_review_of_a_passed_link_opens(suite: Suite, page: Page) -> None:
    walker = suite.pair.walker
    walker.finish_deep_linking(page)
    link = walker.links()[-1]
    column = walker.control("line-items")[-1]
    assert column["link_id"] == link["id"] and column["submission_review"]["url"] == link["url"]
    people = {person["username"]: person["id"] for person in walker.control("people")}
    for who in ("", people["amina"]):
        assert walker.review(column["id"], who).url.endswith("/review")
    walker.be("amina")
    walker.launch(link["id"])
    assert "/activities/" in walker.review(column["id"], people["claire"]).url
    walker.be("claire")
    assert "/people/" in walker.review(column["id"], people["amina"]).url
