"""Which role counts where launches, the course list and an educator tell different ones.

An educator's grant inside Miroir wins over all; it is not decided here. Of the rest:

- A listing never demotes. Moodle lists a non-editing teacher, the typical tutor, as Learner, and
  their launches say Instructor; Open edX lists all of its staff so (research: lti.md 1.13, 7).
- In Moodle just this contradiction says who is who: launched as Instructor and listed as Learner is
  a non-editing teacher, a tutor; launched and listed as Instructor is an educator.
- The highest role that a launch proved is kept for ``PROOF``: a teacher who tries an activity with
  "Switch role to Student" is not counted among the learners afterwards.
- A session never has more rights than its own launch told.
"""

from __future__ import annotations

from datetime import timedelta

from lti_tool.rules.vocabulary import PlatformFamily, Role, SessionKind

PROOF = timedelta(days=30)
"""How long a launch's role outlasts launches that tell a lower one."""
PROOF_PRECISION = timedelta(days=1)
_RANK = list(Role)


def highest(*roles: Role | None) -> Role | None:
    """Return the role with the most rights, None if there is none at all."""
    return max((role for role in roles if role is not None), key=_RANK.index, default=None)


def proven(told: Role, kept: Role | None, age: timedelta) -> Role:
    """Return the role that launches prove: ``told`` now, ``kept`` was proven ``age`` ago."""
    if kept is None or age > PROOF:
        return told
    return highest(told, kept) or told


def combined(launched: Role | None, listed: Role | None, family: PlatformFamily) -> Role:
    """Return what a person is in a course: ``launched`` by launches, ``listed`` by the roster."""
    is_moodle = family is PlatformFamily.MOODLE
    if is_moodle and launched is Role.EDUCATOR and listed is not None and listed.takes_part:
        return Role.TUTOR
    return highest(launched, listed) or Role.PARTICIPANT


def of_session(kind: SessionKind, told: Role, standing: Role | None, granted: Role | None) -> Role:
    """Return the role of a launch session: granted, else the lower of launch and standing.

    The window in which activities are made is opened to those who may add them to the course, so
    there the launch alone decides.
    """
    if granted is not None:
        return granted
    if standing is None or kind is SessionKind.DEEP_LINKING:
        return told
    return min(told, standing, key=_RANK.index)
