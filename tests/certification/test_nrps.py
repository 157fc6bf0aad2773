"""LTI Advantage Conformance Certification Guide 1.3, 6.3: names and roles, test by test."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from sqlalchemy import select

from lti_tool.lti import claims as c
from lti_tool.models.people import Context
from lti_tool.rules.vocabulary import RosterState
from tests.certification.conftest import Suite

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"


@pytest.fixture(scope="module")
def messages(suite: Suite) -> dict[str, Any]:
    """Launch as an instructor, let the worker read the list; return what the platform saw."""
    walker = suite.pair.walker
    walker.control("log", method="DELETE")
    suite.launch("claire")
    assert suite.pair.services.roster.run_due() == {"done": 1}
    entries = walker.control("log")
    (roster,) = [entry for entry in entries if entry["area"] == "nrps"]
    tokens = [entry for entry in entries if entry["area"] == "token"]
    return {"roster": roster, "token": tokens[-1], "launch": entries}


def test_instructor_launch_carries_the_claim(suite: Suite, messages: dict[str, Any]) -> None:
    with suite.pair.services.db.read() as session:
        url = session.scalars(select(Context.memberships_url)).one()
    claims = [token["claims"] for entry in messages["launch"] for token in entry["tokens"]]
    told = [each[c.NRPS_SERVICE] for each in claims if c.NRPS_SERVICE in each]
    assert told[0]["context_memberships_url"] == url
    assert "2.0" in told[0]["service_versions"]


def test_request_is_received_and_its_answer_understood(
    suite: Suite, messages: dict[str, Any]
) -> None:
    roster = messages["roster"]
    assert (roster["method"], roster["status"]) == ("GET", 200)
    with suite.pair.services.db.read() as session:
        context_id = session.scalars(select(Context.id)).one()
    ending = suite.pair.services.roster.sync(context_id)
    assert (ending.state, ending.members, ending.is_complete) == (RosterState.DONE, 15, True)


def test_accept_header_is_the_membership_container(messages: dict[str, Any]) -> None:
    accept = messages["roster"]["request"]["headers"]["Accept"]
    assert accept == "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


def test_bearer_token_is_the_one_that_was_given(messages: dict[str, Any]) -> None:
    sent = messages["roster"]["request"]["headers"]["Authorization"]
    given = messages["token"]["response"]["body"]["access_token"]
    begun = sent.removesuffix("…")  # the log shows no whole token
    assert len(begun) == 16 and f"Bearer {given}".startswith(begun)


def test_scope_is_contextmembership_readonly(suite: Suite, messages: dict[str, Any]) -> None:
    form = messages["token"]["request"]["form"]
    assert form["scope"] == SCOPE and form["grant_type"] == "client_credentials"
    assertion = jwt.decode(form["client_assertion"], options={"verify_signature": False})
    assert assertion["iss"] == assertion["sub"] == suite.client_id
