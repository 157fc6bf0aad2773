"""Answers of platforms' services that are not what the specifications say."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from lti_tool.errors import PlatformRefusal
from lti_tool.lti import tokens
from lti_tool.lti.families import Shown
from lti_tool.lti.links import parse
from lti_tool.lti.results import RESULT_SCOPE, Column, Results
from lti_tool.lti.signing import from_pem
from lti_tool.lti.tokens import Tenant
from lti_tool.lti.tool_values import tool_values
from lti_tool.rules.vocabulary import PlatformFamily

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        "token",
        {},
        {"access_token": ""},
        {"access_token": 5},
        {"access_token": "t", "token_type": "mac"},
        {"access_token": "t", "scope": ""},
        {"access_token": "t", "scope": "https://lms.example/other"},
    ],
)
def test_an_answer_that_is_no_token(answer: Any) -> None:
    with pytest.raises(PlatformRefusal, match="token_refused"):
        tokens._read(answer, SCOPE)


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [(3600, 3600), ("3600", 3600), (None, 300), ("soon", 300), (1e400, 300), ([], 300), (-5, 1)],
)
def test_how_long_a_token_lives(expires_in: Any, seconds: int) -> None:
    answer = {"access_token": "t", "token_type": "Bearer", "expires_in": expires_in}
    assert tokens._read(answer, SCOPE) == ("t", timedelta(seconds=seconds))


@pytest.mark.parametrize("header", ['<https://lms.example/2>; title="next"', "<x", "", ";;,"])
def test_a_link_without_a_relation_leads_nowhere(header: str) -> None:
    assert parse(header) == {}


class Pages:
    """Gives pages as a platform's result service might."""

    def __init__(self, *pages: Any) -> None:
        self.found = pages

    def pages(self, *_args: object) -> Iterator[Any]:
        yield from self.found


def column() -> Column:
    told = (uuid.uuid4(), uuid.uuid4(), "1", "client", "https://m/t", "https://m/t")
    tenant = Tenant(*told, PlatformFamily.GENERIC)
    return Column(tenant, "https://lms.example/items/1", (RESULT_SCOPE,))


def results(*pages: Any) -> Results:
    return Results(Pages(*pages))  # type: ignore[arg-type]  # only its pages are asked for


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ([], None),
        ([None, 1, "x", {"userId": "b", "resultScore": 1}], None),
        ({"userId": "a", "resultScore": 1, "resultMaximum": 2}, Shown(1.0, 2.0)),
        ([{"userId": "a", "resultScore": "much", "resultMaximum": None}], Shown(None, None)),
    ],
)
def test_results_of_one_person(page: Any, shown: Shown | None) -> None:
    assert results(page).of_person(column(), "a") == shown


@pytest.mark.parametrize("page", [{}, "x", None, 5])
def test_results_of_a_column_that_are_no_list(page: Any) -> None:
    with pytest.raises(PlatformRefusal, match="nonsense"):
        list(results(page).of_column(column()))


def test_a_key_that_is_not_rsa_never_signs() -> None:
    key = generate_private_key(SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(ValueError, match="RSA"):
        from_pem("kid", pem)


@pytest.mark.parametrize("family", PlatformFamily)
def test_every_family_can_be_connected_by_hand(family: PlatformFamily) -> None:
    values = tool_values("https://miroir.example", family)
    assert values.login_url == "https://miroir.example/lti/login"
    assert all("=" in line for line in values.custom_parameters.splitlines())
    assert values.scopes
