"""Whatever a platform answers: a typed reason, and the old roster stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from lti_tool import clock
from lti_tool.http import Http, client
from lti_tool.lti import containers
from lti_tool.lti.signing import make_key, to_pem
from lti_tool.models import Database
from lti_tool.models.keys import SigningKey
from lti_tool.rules.vocabulary import Role, RosterState
from lti_tool.secrecy import Secrets
from lti_tool.services.platforms.keys import SigningKeys
from tests.conftest import SECRET
from tests.functional.roster.odd import (
    Answer,
    OddCourse,
    OddPlatform,
    listing,
    member,
    odd_course,
    plain,
    silent,
)
from tests.support.servers import address_of, listen, running


@pytest.fixture(scope="session")
def private_pem() -> str:
    return to_pem(make_key())


@pytest.fixture
def course(database: Database, private_pem: str) -> Iterator[OddCourse]:
    secrets = Secrets(SECRET)
    with database.write() as session:
        session.add(SigningKey(kid="test", private_pem=secrets.encrypt(private_pem)))
    platform, listening, http = OddPlatform(), listen(), Http(allow_local=True)
    with running(platform.app(), listening):
        made = odd_course(database, SigningKeys(database, secrets), http, address_of(listening))
        made.platform = platform
        yield made
    http.close()


LOGIN_PAGE = "<!doctype html><title>Log in</title>"
NONSENSE: list[tuple[Answer, str]] = [
    (plain(LOGIN_PAGE), "not_json"),
    (plain("[]"), "malformed"),
    (plain('"members"'), "malformed"),
    (plain('{"members": {"1": {}}}'), "malformed"),
    (plain('{"members": ["amina"]}'), "malformed"),
    (plain('{"error": "no"}'), "malformed"),
    (listing(member("1"), member("2", roles="Learner")), "malformed"),
    (listing(member("1"), {**member("2"), "user_id": 5}), "malformed"),
    (listing(member("1"), {"roles": ["Learner"]}), "malformed"),
    (listing(member("1"), member("2", roles=[None])), "malformed"),
    (listing(member("1", status="Asleep")), "malformed"),
    (listing(member("x" * 300)), "malformed"),
    (plain("no", 403), "forbidden"),
    (plain("no", 404), "gone"),
    (plain("no", 400), "refused"),
    (plain("oh", 500), "server_error"),
    (plain("wait", 429, **{"Retry-After": "7200"}), "rate_limited"),
    (plain("", 302, Location="http://127.0.0.1:9/members"), "no_answer"),
    (listing(member("1"), link='<http://elsewhere.example/m>; rel="next"'), "other_host"),
    (listing(member("1"), link='<file:///etc/passwd>; rel="next"'), "other_host"),
    (listing(member("1"), link='<http://[bad/m>; rel="differences"'), "other_host"),
]


@pytest.mark.parametrize(("answer", "reason"), NONSENSE)
def test_the_old_roster_stays_and_the_reason_is_kept(
    course: OddCourse, answer: Answer, reason: str
) -> None:
    before = course.rows()
    course.platform.answers = [answer]
    ending = course.sync()
    assert (ending.state, ending.reason) == (RosterState.FAILED, reason)
    assert course.rows() == before
    state = course.state()
    assert state.state is RosterState.FAILED and state.who_can_fix and state.reason == reason
    assert state.next_at > clock.now()


def test_a_redirect_to_a_private_host_is_not_followed(course: OddCourse) -> None:
    private = Http(allow_local=False)
    course.platform.answers = [plain("", 302, Location="http://10.0.0.1/members")]
    guarded = course.roster.__class__(
        course.database, course.roster.keys, private, course.roster.secrets
    )
    ending = guarded.sync(course.world.context_id)
    private.close()
    assert (ending.state, ending.reason) == (RosterState.FAILED, "bad_url")
    assert course.platform.asked == []


def test_an_answer_of_another_host_is_not_believed(course: OddCourse) -> None:
    with running(course.platform.app()) as elsewhere:
        answers = [plain("", 302, Location=f"{elsewhere}/members"), listing(member("1"))]
        course.platform.answers = answers
        ending = course.sync()
    assert ending.reason == "other_host"
    assert course.platform.authorizations[1] == ""  # our token went nowhere else


def test_paging_without_an_end_is_given_up(
    course: OddCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containers, "MAX_PAGES", 5)
    course.platform.answers = [
        listing(member(str(n)), link=f'<HOST/members?page={n}>; rel="next"') for n in range(9)
    ]
    assert course.sync().reason == "too_many_pages"
    assert len(course.platform.asked) == 5
    assert all(left_at is None for *_others, left_at in course.rows())


def test_a_page_that_comes_again_ends_the_listing_and_marks_nobody(course: OddCourse) -> None:
    circle = listing(member("1"), link='<HOST/members?page=2>; rel="next"')
    course.platform.answers = [circle]
    ending = course.sync()
    assert (ending.state, ending.is_complete) == (RosterState.DONE, False)
    assert len(course.platform.asked) == 2
    assert all(left_at is None for *_others, left_at in course.rows())


def test_an_interrupted_paging_marks_nobody(course: OddCourse) -> None:
    more = '<HOST/members?page=2>; rel="next"'
    course.platform.answers = [listing(member("1"), link=more), plain("oh", 500)]
    assert course.sync().reason == "server_error"
    assert all(left_at is None for *_others, left_at in course.rows())
    course.platform.answers = [listing(member("1"), link=more), listing(member("2"))]
    assert course.sync().is_complete
    gone = {sub for sub, *_others, left_at in course.rows() if left_at is not None}
    assert gone == set(course.subs())


def test_silence_ends_by_a_time_out(course: OddCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "READ_SECONDS", 0.2)
    course.platform.answers = [silent(0.6)]
    before = course.rows()
    assert course.sync().reason == "timeout"
    assert course.rows() == before
    assert course.state().next_at < clock.now() + timedelta(minutes=3)


def test_an_expired_token_is_replaced_once(course: OddCourse) -> None:
    course.platform.answers = [plain("expired", 401), listing(member("1"))]
    assert course.sync().state is RosterState.DONE
    assert course.platform.authorizations == ["Bearer token-0", "Bearer token-1"]
    course.platform.answers = [plain("never", 401)]
    assert course.sync().reason == "unauthorized"


def test_a_busy_platform_is_asked_again_when_it_said(course: OddCourse) -> None:
    course.platform.answers = [plain("wait", 429, **{"Retry-After": "7200"})]
    course.sync()
    assert course.state().next_at > clock.now() + timedelta(hours=1, minutes=59)


def values(course: OddCourse, sub: str) -> tuple[Any, ...]:
    return next(row[1:] for row in course.rows() if row[0] == sub)


def test_who_is_listed_twice_is_one_person_with_the_higher_role(course: OddCourse) -> None:
    more = '<HOST/members?page=2>; rel="next"'
    staff = {"roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]}
    course.platform.answers = [
        listing(member("1"), member("1", **staff), member("2", **staff), link=more),
        listing(member("2"), member("1"), member("3", status="Inactive")),
    ]
    assert course.sync().is_complete
    assert values(course, "1")[1:] == (Role.EDUCATOR, Role.EDUCATOR, None)
    assert values(course, "2")[1:] == (Role.EDUCATOR, Role.EDUCATOR, None)
    assert not [row for row in course.rows() if row[0] == "3"]


def test_names_come_in_parts_and_what_is_not_told_stays(course: OddCourse) -> None:
    nameless = {"user_id": "1", "roles": []}
    course.platform.answers = [
        listing({**nameless, "given_name": "Amina", "family_name": "Okafor\u0000"})
    ]
    course.sync()
    course.platform.answers = [listing({**nameless, "name": None, "email": 5})]
    course.sync()
    assert values(course, "1") == ("Amina Okafor", Role.PARTICIPANT, Role.PARTICIPANT, None)
