"""Every field of every launch message, wrong in every way: a page in words or an ignored field.

Never a fault, never a session after a refusal, whatever a platform signs.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.lti import claims as c
from tests.support.forge import INSTRUCTOR, NO, Forge
from tests.support.hostile import (
    FAST,
    HALF,
    HOSTILE,
    JSON_VALUES,
    NUL,
    WRONG_TYPES,
    bring,
    written,
)

NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GROUPS = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
LIS = f"{c.LTI}lis"
MENTOR = f"{c.LTI}role_scope_mentor"
COLUMN = {"lineitem": "https://lms.example/i/1", "lineitems": "https://lms.example/i", "scope": []}
COMMON: dict[str, Any] = {
    "PRESENTATION": {"locale": "en", "return_url": "https://lms.example/", "document_target": "x"},
    "TOOL_PLATFORM": {"guid": "g", "url": "https://lms.example", "product_family_code": "moodle"},
    "CUSTOM": {"activity_id": "no", "context_history": "", "resource_link_history": ""},
    "AGS_ENDPOINT": COLUMN,
    NRPS: {"context_memberships_url": "https://lms.example/m", "service_versions": ["2.0"]},
    GROUPS: {"context_groups_url": "https://lms.example/g", "scope": []},
    LIS: {"person_sourcedid": "p"},
    "FOR_USER": {"user_id": "learner-1", "name": "Lea"},
    "email": "lea@example.org",
    "locale": "en",
}
MESSAGES: dict[str, dict[str, Any]] = {
    "resource link": COMMON,
    "deep linking": {
        **COMMON,
        "MESSAGE_TYPE": c.DEEP_LINKING_MESSAGE,
        "ROLES": [INSTRUCTOR],
        "RESOURCE_LINK": NO,
        "DEEP_LINKING_SETTINGS": {
            "deep_link_return_url": "https://lms.example/return",
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["iframe"],
            "accept_multiple": True,
            "accept_lineitem": True,
            "auto_create": False,
            "title": "t",
            "text": "t",
            "data": "d",
        },
    },
    "submission review": {
        **COMMON,
        "MESSAGE_TYPE": c.SUBMISSION_REVIEW_MESSAGE,
        "ROLES": [INSTRUCTOR],
    },
    "data privacy": {
        **COMMON,
        "MESSAGE_TYPE": c.DATA_PRIVACY_MESSAGES[0],
        "RESOURCE_LINK": NO,
        "CONTEXT": NO,
    },
    "course": {**COMMON, "MESSAGE_TYPE": c.CONTEXT_LAUNCH_MESSAGE, "RESOURCE_LINK": NO},
}
REQUIRED = {
    "iss",
    "aud",
    "nonce",
    "exp",
    "iat",
    "sub",
    c.MESSAGE_TYPE,
    c.LTI_VERSION,
    c.DEPLOYMENT_ID,
    c.ROLES,
}
SHOWN = {"name", "given_name", "title", "locale", "data", c.ROLES}
"""Members that a page shows, or a form sends back."""
HOSTILE_IDS = (NUL, HALF, "", "x" * 256)


def example(forge: Forge, message: str) -> tuple[dict[str, Any], str]:
    """Return the claims of a good message and its state."""
    begun = forge.login()
    return forge.claims(begun.nonce, **MESSAGES[message]), begun.state


def paths_of(message: str) -> list[tuple[str, ...]]:
    """Return the path of every claim, and of every member of those that are objects."""
    forge = Forge(None, None)  # type: ignore[arg-type]  # only for its claims
    claims = forge.claims("nonce", **MESSAGES[message])
    claims |= {"given_name": "L", "family_name": "L", "azp": "", "nbf": 0}
    inner = [(n, key) for n, value in claims.items() if isinstance(value, dict) for key in value]
    return [(name,) for name in claims] + inner


def changed(claims: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Return claims with one field set; NO leaves it out."""
    outer, *rest = path
    if rest:
        value = changed(claims.get(outer) or {}, (rest[0],), value)
    return {
        **{k: v for k, v in claims.items() if k != outer},
        **({} if value is NO else {outer: value}),
    }


CASES = [(message, path) for message in MESSAGES for path in paths_of(message)]
# What all messages have is wrong in one kind here, and in every kind in the random tests below.
SYSTEMATIC = [
    (message, path)
    for message, path in CASES
    if message == "resource link" or path[0] in (c.DEEP_LINKING_SETTINGS, c.FOR_USER)
] + [("submission review", (c.AGS_ENDPOINT,)), ("submission review", (c.RESOURCE_LINK,))]


def titled(case: tuple[str, tuple[str, ...]]) -> str:
    return f"{case[0]}: {'.'.join(part.rpartition('/')[2] for part in case[1])}"


@pytest.mark.parametrize("case", SYSTEMATIC, ids=titled)
def test_a_field_that_is_wrong(shared: Forge, case: tuple[str, tuple[str, ...]]) -> None:
    message, path = case
    is_shown = path[-1] in SHOWN
    for value in (NO, *HOSTILE):
        claims, state = example(shared, message)
        visit = is_shown and isinstance(value, str)
        bring(shared, written(changed(claims, path, value)), state, visit=visit)


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_what_is_required_cannot_be_left_out_or_of_another_kind(
    shared: Forge, message: str, name: str
) -> None:
    numbers = {"exp", "iat"}
    for value in (NO, *WRONG_TYPES):
        if name in numbers and isinstance(value, int | float) and value > 1:
            continue  # a date is a number; the next test has the hostile ones
        if name == c.ROLES and value in ([], ["text"]):
            continue  # no roles, and unknown roles, are allowed
        claims, state = example(shared, message)
        assert not bring(shared, written(changed(claims, (name,), value)), state), value


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5000])
def test_a_time_that_is_no_number(shared: Forge, name: str, number: str) -> None:
    claims, state = example(shared, "resource link")
    payload = written(changed(claims, (name,), "@")).replace(b'"@"', number.encode())
    assert not bring(shared, payload, state) or name == "nbf"


@pytest.mark.parametrize("name", ["sub", c.DEPLOYMENT_ID])
@pytest.mark.parametrize("value", HOSTILE_IDS)
def test_an_id_that_cannot_be_kept(shared: Forge, name: str, value: str) -> None:
    claims, state = example(shared, "resource link")
    assert not bring(shared, written(changed(claims, (name,), value)), state)


@pytest.mark.parametrize("name", ["CONTEXT", "RESOURCE_LINK"])
@pytest.mark.parametrize("value", HOSTILE_IDS)
def test_a_course_or_link_that_cannot_be_kept(shared: Forge, name: str, value: str) -> None:
    claims, state = example(shared, "resource link")
    assert not bring(shared, written(changed(claims, (getattr(c, name), "id"), value)), state)


@pytest.mark.parametrize("value", [None, "x", 1, True, [], {"activity_id": ["x"]}, {"": None}])
def test_what_is_optional_is_ignored_or_told(shared: Forge, value: Any) -> None:
    for name in (NRPS, GROUPS, LIS, MENTOR, "email", "name", "picture", "zoneinfo", "given_name"):
        claims, state = example(shared, "resource link")
        assert bring(shared, written(changed(claims, (name,), value)), state), name


@pytest.mark.parametrize("place", ["name", c.CUSTOM, c.CONTEXT, "https://example.org/odd", "aud"])
@pytest.mark.parametrize("depth", [500, 5_000, 200_000])
def test_deep_nesting(shared: Forge, place: str, depth: int) -> None:
    claims, state = example(shared, "resource link")
    deep = b'{"a":' * depth + b"1" + b"}" * depth
    payload = written(changed(claims, (place,), "@")).replace(b'"@"', deep)
    if len(payload) < 1_400_000:
        bring(shared, payload, state)
    bring(shared, written(claims).replace(b'"1.3.0"', b"[" * depth), shared.login().state)


@pytest.mark.parametrize("name", ["name", "sub", "jti", c.CUSTOM, c.CONTEXT])
def test_a_megabyte(shared: Forge, name: str) -> None:
    claims, state = example(shared, "resource link")
    bring(shared, written(changed(claims, (name,), "é" * 170_000)), state)
    claims, state = example(shared, "resource link")
    many = {f"key {number}": "v" for number in range(50_000)}
    bring(shared, written(changed(claims, (name,), many)), state)


@pytest.mark.parametrize("first", ["somebody-else", NUL])
def test_a_claim_that_is_there_twice_counts_once(shared: Forge, first: str) -> None:
    claims, state = example(shared, "resource link")
    twice = written({"sub": first, "@": 1})[:-1] + b", " + written(claims)[1:]
    assert bring(shared, twice, state)
    claims, state = example(shared, "resource link")
    assert not bring(shared, written(claims)[:-1] + b', "aud": "somebody-else"}', state)


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"null", b"[]", b'"text"', b"1", b"\xff\xfe{}", b"\xef\xbb\xbf{}", b"NaN", b"{}{}"],
)
def test_a_payload_that_is_no_object(shared: Forge, payload: bytes) -> None:
    assert not bring(shared, payload, shared.login().state)


HEADERS: list[dict[str, Any]] = [
    {"kid": ""},
    {"kid": "x" * 100_000},
    {"kid": "a\x00b"},
    {"kid": "../../key"},
    {"kid": "lms-key", "crit": ["b64"]},
    {"kid": "lms-key", "b64": True, "crit": ["b64"]},
    {"kid": "other", "jku": "http://127.0.0.1:9/keys"},
    {"kid": "other", "x5u": "http://127.0.0.1:9/cert"},
    {"kid": "other", "jwk": {"kty": "oct", "k": "AAAA"}},
]


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_that_is_wrong(shared: Forge, header: dict[str, Any]) -> None:
    claims, state = example(shared, "resource link")
    assert not bring(shared, written(claims), state, header)


@FAST
@given(case=st.sampled_from(CASES), value=JSON_VALUES)
def test_any_value_in_any_field(
    shared: Forge, case: tuple[str, tuple[str, ...]], value: Any
) -> None:
    claims, state = example(shared, case[0])
    bring(shared, written(changed(claims, case[1], value)), state)


@FAST
@given(value=st.dictionaries(st.sampled_from([path[0] for _, path in CASES]), JSON_VALUES))
def test_many_fields_at_once(shared: Forge, value: dict[str, Any]) -> None:
    claims, state = example(shared, "resource link")
    bring(shared, written({**claims, **value}), state)


@FAST
@given(payload=st.binary(max_size=200))
def test_any_bytes(shared: Forge, payload: bytes) -> None:
    assert not bring(shared, payload, shared.login().state)
