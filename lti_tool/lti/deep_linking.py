"""What a deep linking request wants, and our answer to it (LTI Deep Linking 2.0, 4.4 and 4.5).

Nothing here knows the database: an item may be one activity, or later one of its competencies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lti_tool import clock
from lti_tool.lti import claims as c
from lti_tool.rules.vocabulary import PlatformFamily
from lti_tool.secrecy import new_token

LIFE = timedelta(minutes=5)
SCORE_MAXIMUM = 100
COMPLETION_TAG = "completion"
RESOURCE_LINK = "ltiResourceLink"
REVIEWABLE = ("InProgress", "Submitted", "Completed")
"""Progress (AGS 2.0, 3.4.7) from which there is something of a learner to look at."""
FRAME_HEIGHT = 800
"""Pixels that a frame is asked to have, where the LMS does not take our own later word for it."""
MAX_LABEL = 255
LABEL_LIMITS = {PlatformFamily.OPENEDX: 100}
"""Characters that a column's name may have where it is fewer than ``MAX_LABEL``."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the platform takes, read from the settings of its request.

    Some platforms write truth values as texts; None is what was not said.
    """

    accepts_links: bool
    several: bool
    line_items: bool | None
    targets: tuple[str, ...]
    creates_at_once: bool
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Review:
    """Where the LMS's gradebook may lead: the link to one learner's work, and its name."""

    label: str
    custom: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LinkItem:
    """Something of ours as an item of a course; ``custom`` holds what its launch must tell us."""

    title: str
    url: str
    custom: Mapping[str, str]
    resource_id: str
    """Of its gradebook column: our name for what is graded."""
    tag: str = COMPLETION_TAG
    text: str = ""
    icon_url: str = ""
    opens_at: datetime | None = None
    due_at: datetime | None = None
    review: Review | None = None


@dataclass(frozen=True, slots=True)
class Dialog:
    """What an answer must name: whose request it was, and where it goes."""

    issuer: str
    client_id: str
    deployment_id: str
    settings: Mapping[str, Any]

    @property
    def return_url(self) -> str:
        """Where the browser posts the answer."""
        return str(self.settings["deep_link_return_url"])


@dataclass(frozen=True, slots=True)
class Told:
    """What the answer says besides its items: to the person (plain text) and to the LMS's log."""

    message: str = ""
    log: str = ""
    is_error: bool = False


def wishes_of(settings: Mapping[str, Any]) -> Wishes:
    """Return what the settings of a request ask for; what they do not say is the least."""
    targets = _texts(settings.get("accept_presentation_document_targets"))
    return Wishes(
        accepts_links=RESOURCE_LINK in _texts(settings.get("accept_types")),
        several=_truth(settings.get("accept_multiple")) is True,
        line_items=_truth(settings.get("accept_lineitem")),
        targets=tuple(targets),
        creates_at_once=_truth(settings.get("auto_create")) is True,
        title=_text(settings.get("title")),
        text=_text(settings.get("text")),
    )


def content_item(item: LinkItem, wishes: Wishes, family: PlatformFamily) -> dict[str, Any]:
    """Return an ``ltiResourceLink`` item, with the gradebook column that carries completion.

    A platform that does not say whether it takes columns is offered one.
    """
    content: dict[str, Any] = {
        "type": RESOURCE_LINK,
        "title": item.title,
        "url": item.url,
        "custom": dict(item.custom),
    }
    if item.text:
        content["text"] = item.text
    if item.icon_url:
        content["icon"] = {"url": item.icon_url}
    if wishes.line_items is not False:
        content["lineItem"] = _line_item(item, family)
    if item.opens_at is not None:
        content["available"] = {"startDateTime": _moment(item.opens_at)}
    if item.due_at is not None:
        content["submission"] = {"endDateTime": _moment(item.due_at)}
    return content | _presentation(wishes.targets)


def response_claims(
    dialog: Dialog, items: Sequence[Mapping[str, Any]], told: Told, life: timedelta = LIFE
) -> dict[str, Any]:
    """Return the claims of the response; ``data`` goes back only if it came."""
    now = clock.now()
    claims: dict[str, Any] = {
        "iss": dialog.client_id,
        "aud": dialog.issuer,
        "iat": int(now.timestamp()),
        "exp": int((now + life).timestamp()),
        "nonce": new_token(),
        c.DEPLOYMENT_ID: dialog.deployment_id,
        c.MESSAGE_TYPE: c.DEEP_LINKING_RESPONSE,
        c.LTI_VERSION: c.VERSION,
        c.CONTENT_ITEMS: list(items),
    }
    if "data" in dialog.settings:
        claims[c.DEEP_LINKING_DATA] = dialog.settings["data"]
    message, log = (
        (c.DEEP_LINKING_ERROR, c.DEEP_LINKING_ERROR_LOG)
        if told.is_error
        else (c.DEEP_LINKING_MSG, c.DEEP_LINKING_LOG)
    )
    said = {message: told.message, log: told.log}
    return claims | {name: text for name, text in said.items() if text}


def _line_item(item: LinkItem, family: PlatformFamily) -> dict[str, Any]:
    most = LABEL_LIMITS.get(family, MAX_LABEL)
    label = item.title if len(item.title) <= most else f"{item.title[: most - 1]}…"
    line_item: dict[str, Any] = {
        "label": label,
        "scoreMaximum": SCORE_MAXIMUM,
        "resourceId": item.resource_id,
        "tag": item.tag,
        "gradesReleased": True,
    }
    if item.review is not None:
        line_item["submissionReview"] = {
            "reviewableStatus": list(REVIEWABLE),
            "label": item.review.label,
            "url": item.url,
            "custom": dict(item.review.custom),
        }
    return line_item


def _presentation(targets: Sequence[str]) -> dict[str, Any]:
    """Return how to show it, of what the platform takes: best in a frame, else in a window."""
    if "iframe" in targets:
        return {"iframe": {"height": FRAME_HEIGHT}}
    if "window" in targets:
        return {"window": {"targetName": "_blank"}}
    return {}


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _truth(value: object) -> bool | None:
    known = {"true": True, "1": True, "false": False, "0": False}
    return value if isinstance(value, bool) else known.get(str(value).lower())


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
