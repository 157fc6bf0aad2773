"""What the library behind the adapter could reach is shut: no cookies, no session, no network."""

from __future__ import annotations

import pytest
from pylti1p3.exception import LtiException

from lti_tool.errors import LaunchRefused
from lti_tool.lti import adapter


def test_the_library_has_no_session_and_no_cookies() -> None:
    form = adapter._Form({"state": "s"})
    assert (form.session, form.is_secure()) == ({}, True)
    assert (form.get_param("state"), form.get_param("id_token")) == ("s", "")
    cookies = adapter._NoCookies()
    assert cookies.get_cookie("lti1p3-session-id") is None
    with pytest.raises(LtiException):
        cookies.set_cookie("lti1p3-state", "x")


def test_an_issuer_alone_is_no_registration() -> None:
    platforms = adapter._Platforms()
    assert platforms.check_iss_has_many_clients("https://lms.example")
    assert not platforms.check_iss_has_one_client("https://lms.example")
    with pytest.raises(LaunchRefused, match="issuer_mismatch"):
        platforms.find_registration_by_issuer("https://lms.example")
    with pytest.raises(LaunchRefused, match="issuer_mismatch"):
        platforms.find_registration_by_params("https://lms.example", "client")


def test_deployments_are_not_the_library_s_business() -> None:
    platforms = adapter._Platforms()
    platforms.find_deployment("https://lms.example", "1")
    platforms.find_deployment_by_params("https://lms.example", "1", "client")
