"""State and nonce: signed, tied to each other and to one browser, good for one launch."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from sqlalchemy import func, select

from lti_tool import clock
from lti_tool.models.launches import LaunchSession, UsedLogin
from lti_tool.services.sweeps import Sweeps
from tests.support.forge import Begun, Forge, handle_in, reason_in


def signed(forge: Forge, begun: Begun) -> str:
    return forge.token(forge.claims(begun.nonce))


def count(forge: Forge, table: type[LaunchSession] | type[UsedLogin]) -> int:
    with forge.services.db.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_replay_in_the_same_browser_leads_to_the_session_that_is_there(forge: Forge) -> None:
    begun = forge.login()
    token = signed(forge, begun)
    handle = handle_in(forge.post(token, begun.state))
    assert handle_in(forge.post(token, begun.state)) == handle
    assert count(forge, LaunchSession) == count(forge, UsedLogin) == 1


def test_a_replay_in_another_browser_is_refused(forge: Forge) -> None:
    begun = forge.login()
    token = signed(forge, begun)
    handle_in(forge.post(token, begun.state))
    thief = forge.other_browser()
    assert reason_in(thief.post(token, begun.state)) == "login_used"
    thief.login()
    response = thief.post(token, begun.state)
    assert (reason_in(response), response.status_code) == ("login_used", 409)
    assert count(forge, LaunchSession) == 1


def test_a_late_replay_is_refused(forge: Forge) -> None:
    begun = forge.login()
    exp = int(clock.now().timestamp()) + 900
    token = forge.token(forge.claims(begun.nonce, exp=exp))
    handle_in(forge.post(token, begun.state))
    with time_machine.travel(clock.now() + timedelta(minutes=6), tick=False):
        assert reason_in(forge.post(token, begun.state)) == "login_used"


def test_a_replay_does_not_open_a_session_that_is_over(forge: Forge) -> None:
    begun = forge.login()
    token = signed(forge, begun)
    handle_in(forge.post(token, begun.state))
    with forge.services.db.write() as session:
        session.scalars(select(LaunchSession)).one().expires_at = clock.now()
    assert reason_in(forge.post(token, begun.state)) == "login_used"


def test_the_same_state_in_other_letters_is_the_same_state(forge: Forge) -> None:
    begun = forge.login()
    token = signed(forge, begun)
    handle_in(forge.post(token, begun.state))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twins = [begun.state[:-1] + letter for letter in alphabet]
    reasons = {reason_in(forge.other_browser().post(token, twin)) for twin in twins}
    assert reasons == {"login_used", "state_unknown"}
    assert count(forge, LaunchSession) == 1


def test_an_old_token_with_a_new_state_is_refused(forge: Forge) -> None:
    begun = forge.login()
    token = signed(forge, begun)
    handle_in(forge.post(token, begun.state))
    assert reason_in(forge.post(token, forge.login().state)) == "nonce_mismatch"


def test_a_token_for_another_login_that_was_never_used_is_refused(forge: Forge) -> None:
    first, second = forge.login(), forge.login()
    assert reason_in(forge.post(signed(forge, first), second.state)) == "nonce_mismatch"
    assert handle_in(forge.post(signed(forge, first), first.state))


def test_a_login_that_stood_too_long_is_refused(forge: Forge) -> None:
    begun = forge.login()
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
        assert reason_in(forge.post(signed(forge, begun), begun.state)) == "state_expired"


def test_a_launch_without_our_login_is_refused(forge: Forge) -> None:
    token = forge.token(forge.claims("nonce"))
    assert reason_in(forge.post(token, "")) == "state_missing"
    assert reason_in(forge.post(token, "made up")) == "state_unknown"


def test_a_state_is_of_one_registration(forge: Forge) -> None:
    other = Forge(forge.app, forge.browser, client_id="second-client").connect()
    begun = forge.login()
    token = other.token(other.claims(begun.nonce))
    assert reason_in(forge.post(token, begun.state)) == "audience_mismatch"


def test_a_refused_launch_does_not_use_its_login_up(forge: Forge) -> None:
    begun = forge.login()
    assert reason_in(forge.post("garbage", begun.state)) == "token_malformed"
    assert handle_in(forge.post(signed(forge, begun), begun.state))


def test_used_logins_and_sessions_that_are_over_are_swept_away(forge: Forge) -> None:
    sweeps = Sweeps(forge.services.db)
    handle_in(forge.launch())
    assert not sweeps.run()
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
        assert sweeps.run() == {"used_logins": 1}
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        assert sweeps.run() == {"sessions": 1}
    assert count(forge, LaunchSession) == count(forge, UsedLogin) == 0
