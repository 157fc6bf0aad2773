from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.rules.standing_roles import PROOF, combined, of_session, proven
from lti_tool.rules.vocabulary import PlatformFamily, Role, SessionKind

P, L, T, E = Role.PARTICIPANT, Role.LEARNER, Role.TUTOR, Role.EDUCATOR
MOODLE, CANVAS = PlatformFamily.MOODLE, PlatformFamily.CANVAS


@pytest.mark.parametrize(
    ("launched", "listed", "family", "role"),
    [
        (E, L, MOODLE, T),  # the non-editing teacher
        (E, P, MOODLE, T),
        (E, E, MOODLE, E),
        (E, None, MOODLE, E),  # an administrator is on no list
        (L, L, MOODLE, L),
        (L, E, MOODLE, E),
        (E, L, CANVAS, E),
        (E, L, PlatformFamily.OPENEDX, E),
        (T, L, CANVAS, T),
        (None, L, MOODLE, L),
        (None, E, MOODLE, E),
        (None, None, MOODLE, P),
        (P, L, CANVAS, L),
    ],
)
def test_launch_and_list_together(
    launched: Role | None, listed: Role | None, family: PlatformFamily, role: Role
) -> None:
    assert combined(launched, listed, family) is role


@pytest.mark.parametrize("launched", [None, *Role])
@pytest.mark.parametrize("listed", [None, *Role])
@pytest.mark.parametrize("family", list(PlatformFamily))
def test_no_list_takes_the_desk_away(
    launched: Role | None, listed: Role | None, family: PlatformFamily
) -> None:
    if launched is not None and launched.moderates:
        assert combined(launched, listed, family).moderates


def test_the_highest_proven_role_is_kept_for_a_while() -> None:
    assert proven(L, E, timedelta(days=1)) is E
    assert proven(L, E, PROOF + timedelta(seconds=1)) is L
    assert proven(E, L, timedelta(0)) is E
    assert proven(L, None, timedelta(0)) is L


@pytest.mark.parametrize(
    ("kind", "told", "standing", "granted", "role"),
    [
        (SessionKind.RESOURCE_LINK, E, T, None, T),
        (SessionKind.RESOURCE_LINK, L, E, None, L),
        (SessionKind.RESOURCE_LINK, E, None, None, E),
        (SessionKind.RESOURCE_LINK, L, L, T, T),
        (SessionKind.DEEP_LINKING, E, T, None, E),
    ],
)
def test_a_session_has_no_more_rights_than_its_launch(
    kind: SessionKind, told: Role, standing: Role | None, granted: Role | None, role: Role
) -> None:
    assert of_session(kind, told, standing, granted) is role
