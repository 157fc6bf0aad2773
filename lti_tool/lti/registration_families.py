"""What we ask of each family of LMS when it registers us: one table to tell them, one to ask them.

Canvas: developerdocs.instructure.com, "Registering an LTI Tool". Moodle: mod/lti. Sakai:
lti/docs. Brightspace: "Register an external learning tool for LTI Advantage".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lti_tool.lti import claims as c
from lti_tool.rules.vocabulary import PlatformFamily


@dataclass(frozen=True, slots=True)
class Signs:
    """How a family is told by what it says of itself, best sign first."""

    family: PlatformFamily
    codes: tuple[str, ...]
    """Parts of its ``product_family_code``, in lower case, letters and digits only."""
    domains: tuple[str, ...] = ()
    """Domains of its hosted schools."""
    path: str = ""
    """A part of its configuration's address that nobody else has."""


SIGNS = (
    Signs(
        PlatformFamily.MOODLE,
        ("moodle",),
        ("moodlecloud.com",),
        "/mod/lti/openid-configuration.php",
    ),
    Signs(PlatformFamily.CANVAS, ("canvas",), ("instructure.com", "canvaslms.com")),
    Signs(PlatformFamily.OPENEDX, ("openedx",), ()),
    Signs(PlatformFamily.BLACKBOARD, ("blackboard", "anthology"), ("blackboard.com",)),
    Signs(
        PlatformFamily.D2L,
        ("desire2learn", "d2l", "brightspace"),
        ("brightspace.com", "desire2learn.com"),
    ),
    Signs(PlatformFamily.SAKAI, ("sakai",), ("sakaicloud.com",), "/imsblis/"),
)


@dataclass(frozen=True, slots=True)
class Message:
    """A message type to ask for, with the places where the LMS should offer it."""

    type: str
    placements: tuple[str, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)
    """Fields of the family's own."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What we ask one family to register."""

    messages: tuple[Message, ...]
    custom: Mapping[str, str] = field(default_factory=dict)
    """Custom parameters besides the common ones, or in their place."""
    extra: Mapping[str, object] = field(default_factory=dict)
    """Fields of the tool configuration that are the family's own."""
    audience: str | None = None
    """``aud`` of our client assertions where it is the same everywhere and seldom told."""
    only_supported: bool = False
    """Whether it refuses messages that it does not list."""


CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "locale")
"""What we ask to be told of people; no e-mail address."""
CUSTOM = {
    "context_history": "$Context.id.history",
    "resource_link_history": "$ResourceLink.id.history",
    "course_group_id": "$CourseGroup.id",
    "link_start": "$ResourceLink.available.startDateTime",
    "link_end": "$ResourceLink.available.endDateTime",
    "due": "$ResourceLink.submission.endDateTime",
}
CANVAS_DATES = {
    "link_start": "$Canvas.assignment.unlockAt.iso8601",
    "link_end": "$Canvas.assignment.lockAt.iso8601",
    "due": "$Canvas.assignment.dueAt.iso8601",
}
CANVAS = "https://canvas.instructure.com/lti/"
"""Canvas's own fields begin so."""
CANVAS_PLACEMENTS = ("assignment_selection", "link_selection")
"""Where a teacher adds external tools to a Canvas course: an assignment, a module."""
CANVAS_WIDTH, CANVAS_HEIGHT = 1000, 800
PRIVACY_LEVEL = "name_only"

LINK, DIALOG, REVIEW = (
    Message(c.RESOURCE_LINK_MESSAGE),
    Message(c.DEEP_LINKING_MESSAGE),
    Message(c.SUBMISSION_REVIEW_MESSAGE),
)
COMMON = (LINK, DIALOG, REVIEW)

ASKING: dict[PlatformFamily, Asking] = {
    PlatformFamily.MOODLE: Asking(COMMON, custom={"group_ids": "$Moodle.Person.userGroupIds"}),
    PlatformFamily.CANVAS: Asking(
        # A message without placements would take link_selection away from the dialog.
        (
            Message(
                c.DEEP_LINKING_MESSAGE,
                CANVAS_PLACEMENTS,
                {
                    f"{CANVAS}visibility": "admins",
                    f"{CANVAS}launch_width": CANVAS_WIDTH,
                    f"{CANVAS}launch_height": CANVAS_HEIGHT,
                },
            ),
        ),
        custom=CANVAS_DATES,
        extra={
            f"{CANVAS}privacy_level": PRIVACY_LEVEL,
            f"{CANVAS}tool_id": "miroir",
            f"{CANVAS}vendor": "Miroir",
        },
        only_supported=True,
    ),
    PlatformFamily.SAKAI: Asking(
        (
            *COMMON,
            Message(c.DATA_PRIVACY_MESSAGES[0]),
            Message(c.CONTEXT_LAUNCH_MESSAGE),
        ),
    ),
    PlatformFamily.D2L: Asking(COMMON, audience="https://api.brightspace.com/auth/token"),
    PlatformFamily.BLACKBOARD: Asking(COMMON),
    PlatformFamily.OPENEDX: Asking(COMMON),
    PlatformFamily.GENERIC: Asking(COMMON),
}


def family_of(product_family_code: str, host: str = "", path: str = "") -> PlatformFamily:
    """Return the family of an LMS.

    Its ``product_family_code`` decides, however it is written ("Open edX"); without one that we
    know, the host and path of its configuration.
    """
    plain = "".join(filter(str.isalnum, product_family_code.lower()))
    for signs in SIGNS:
        if any(code in plain for code in signs.codes):
            return signs.family
    for signs in SIGNS:
        hosted = any(host == one or host.endswith(f".{one}") for one in signs.domains)
        if hosted or (signs.path and signs.path in path):
            return signs.family
    return PlatformFamily.GENERIC


def messages_for(family: PlatformFamily, supported: object) -> tuple[Message, ...]:
    """Return the messages to ask for; ``supported`` is the LMS's ``messages_supported``.

    What an LMS lists of placements narrows ours down, where it refuses what it does not know.
    """
    asking = ASKING[family]
    if not asking.only_supported or not isinstance(supported, list):
        return asking.messages
    listed = {one.get("type"): one.get("placements") for one in supported if isinstance(one, dict)}
    return tuple(
        _narrowed(message, listed[message.type])
        for message in asking.messages
        if message.type in listed
    )


def _narrowed(message: Message, placements: object) -> Message:
    if not isinstance(placements, list):
        return message
    kept = tuple(
        one for one in message.placements if one in placements or f"{CANVAS}{one}" in placements
    )
    return Message(message.type, kept or message.placements, message.extra)


def message_fields(message: Message, launch: str) -> dict[str, Any]:
    """Return a message as a tool configuration has it (LTI-DR 1.0, 3.4.2)."""
    fields: dict[str, Any] = {"type": message.type, "target_link_uri": launch, "label": "Miroir"}
    if message.placements:
        fields["placements"] = list(message.placements)
    return {**fields, **message.extra}
