"""Launch sessions: how long they live and what they say of the person."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.errors import SessionEnded
from lti_tool.models.launches import LaunchSession
from lti_tool.models.people import Membership
from lti_tool.rules.vocabulary import DeploymentState, Role
from lti_tool.secrecy import digest
from tests.support.forge import NO, Forge, handle_in


def alive(forge: Forge, handle: str, after: timedelta) -> bool:
    with time_machine.travel(clock.now() + after, tick=False):
        try:
            return bool(forge.services.launches.viewer(handle))
        except SessionEnded:
            return False


def test_only_a_hash_of_the_handle_is_stored(forge: Forge) -> None:
    handle = handle_in(forge.launch())
    with forge.services.db.read() as session:
        launch = session.scalars(select(LaunchSession)).one()
    assert len(handle) == 43
    assert launch.handle_hash == digest(handle)


def test_a_session_sleeps_after_two_hours_and_ends_after_eight(forge: Forge) -> None:
    handle = handle_in(forge.launch())
    assert alive(forge, handle, timedelta(minutes=119))
    assert alive(forge, handle, timedelta(minutes=119 + 119))
    assert not alive(forge, handle, timedelta(minutes=119 + 119 + 121))
    handle = handle_in(forge.launch())
    assert all(alive(forge, handle, timedelta(hours=h)) for h in (1, 2, 3, 4, 5, 6, 7))
    assert not alive(forge, handle, timedelta(hours=8))


def test_being_seen_is_written_once_a_minute(forge: Forge) -> None:
    handle = handle_in(forge.launch())
    begin = clock.now()
    for seconds in (10, 50, 70, 80):
        assert alive(forge, handle, timedelta(seconds=seconds))
    with forge.services.db.read() as session:
        seen = session.scalars(select(LaunchSession)).one().last_seen_at
    assert timedelta(seconds=68) < seen - begin < timedelta(seconds=75)


@pytest.mark.parametrize("handle", ["", "unknown", "x" * 43])
def test_an_unknown_handle(forge: Forge, handle: str) -> None:
    with pytest.raises(SessionEnded):
        forge.services.launches.viewer(handle)


def test_sessions_end_with_their_platform_and_their_deployment(forge: Forge) -> None:
    handle = handle_in(forge.launch())
    platforms = forge.services.platforms
    platforms.set_disabled(forge.registration_id, disabled=True)
    assert not alive(forge, handle, timedelta(0))
    platforms.set_disabled(forge.registration_id, disabled=False)
    assert alive(forge, handle, timedelta(0))
    platforms.set_deployment(forge.registration_id, "1", DeploymentState.DISABLED)
    assert not alive(forge, handle, timedelta(0))


def test_a_role_granted_here_counts_at_once(forge: Forge) -> None:
    handle = handle_in(forge.launch())
    with forge.services.db.write() as session:
        session.execute(update(Membership).values(granted_role=Role.TUTOR))
    assert forge.services.launches.viewer(handle).role is Role.TUTOR


def test_two_courses_in_two_tabs_do_not_mix(forge: Forge) -> None:
    one, two = (handle_in(forge.launch(CONTEXT={"id": course})) for course in ("a", "b"))
    viewer = forge.services.launches.viewer
    assert viewer(one).context_id != viewer(two).context_id
    assert viewer(one).user_id == viewer(two).user_id


def test_the_language_of_the_launch_until_the_person_chooses(forge: Forge) -> None:
    launches = forge.services.launches
    viewer = launches.viewer(handle_in(forge.launch(PRESENTATION={"locale": "fr_CA"})))
    assert viewer.locale == "fr_CA"
    launches.choose_language(viewer, "ar")
    again = launches.viewer(handle_in(forge.launch(PRESENTATION={"locale": "fr"})))
    assert again.locale == "ar"


def test_a_name_and_a_time_zone_that_the_person_gives(forge: Forge) -> None:
    launches = forge.services.launches
    handle = handle_in(forge.launch(name=NO))
    launches.choose_name(launches.viewer(handle), "  Blue   Heron ")
    launches.set_time_zone(launches.viewer(handle), "Africa/Tunis")
    viewer = launches.viewer(handle)
    assert (viewer.display_name, viewer.time_zone) == ("Blue Heron", "Africa/Tunis")


def test_who_may_frame_the_session(forge: Forge) -> None:
    told = {
        "PRESENTATION": {"return_url": "https://school.example/course/1"},
        "TOOL_PLATFORM": {"url": "https://lms.example/"},
    }
    handle = handle_in(forge.launch(**told))
    forge.services.platforms.set_frame_origins(forge.registration_id, ["https://apps.example"])
    viewer = forge.services.launches.viewer(handle)
    expected = ("https://lms.example", "https://apps.example", "https://school.example")
    assert viewer.frame_ancestors == expected
    policy = forge.browser.get(f"/s/{handle}/name").headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {' '.join(expected)}" in policy
