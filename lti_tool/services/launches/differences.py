"""What a launch tells that differs from what is kept: the values to write, by column.

Both ways of a launch ask here: ``returning``, which writes nothing where nothing differs, and
``records``. What is kept comes as a row of the model or as a tuple of its columns.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import NamedTuple

from lti_tool import clock
from lti_tool.lti.messages import CoupledLineItem, LtiMessage
from lti_tool.models.people import Membership
from lti_tool.rules.lms_links import course_address
from lti_tool.rules.standing_roles import PROOF_PRECISION, combined, proven
from lti_tool.rules.vocabulary import PlatformFamily, Role

SEEN_PRECISION = timedelta(hours=1)
"""``last_seen_at`` of a membership is written at most this often."""
Values = dict[str, object]


class KeptMembership(NamedTuple):
    """What a launch compares of a person in a course, by the names of the columns."""

    id: uuid.UUID
    role: Role
    launched_role: Role | None
    listed_role: Role | None
    granted_role: Role | None
    proven_at: datetime | None
    last_seen_at: datetime
    left_at: datetime | None
    told_groups: str


def context_key(message: LtiMessage) -> str | None:
    """Return the context's key; a link without a context is a space of its own (Core 5.4.1)."""
    if message.context is not None:
        return message.context.id
    return f"link:{message.link.id}" if message.link is not None else None


def of_user(kept: object, message: LtiMessage) -> Values:
    """Compare the person; what is not told stays: some courses share less."""
    told = {"name": message.name, "email": message.email, "locale": message.locale}
    return _differing(kept, {field: value for field, value in told.items() if value})


def of_context(kept: object, message: LtiMessage, family: PlatformFamily) -> Values:
    """Compare the course: its title, the way back to it, where its list and groups are.

    What a message does not offer stays: Moodle's deep linking in a fresh course has no list yet.
    """
    told: Values = {name: url for name, url in asdict(message.services).items() if url}
    named = message.context or message.link
    if named is not None and named.title:
        told["title"] = named.title
    if message.return_url:
        told["lms_url"] = course_address(family, message.return_url)
    if items := message.line_items:
        told |= {"line_items_url": items.url, "line_items_scopes": list(items.scopes)}
    return _differing(kept, told)


def of_link(kept: object, message: LtiMessage) -> Values:
    """Compare the link."""
    title = message.link.title if message.link is not None else ""
    return _differing(kept, {"title": title} if title else {})


def names_an_activity(message: LtiMessage) -> bool:
    """Return whether a link that opens nothing yet may have to open something now."""
    return bool(message.activity_id or message.link_history or message.context_history)


def of_line_item(kept: object, told: CoupledLineItem, deployment_id: uuid.UUID) -> Values:
    """Compare the coupled column; its URL is a name to be used verbatim (AGS 3.2)."""
    scopes = list(told.scopes)
    return _differing(kept, {"url": told.url, "deployment_id": deployment_id, "scopes": scopes})


def of_membership(kept: Membership | KeptMembership, told: Role, family: PlatformFamily) -> Values:
    """Compare the person's role in the course, see ``rules.standing_roles``; note the visit."""
    now = clock.now()
    age = now - kept.proven_at if kept.proven_at else timedelta(0)
    role = proven(told, kept.launched_role, age)
    standing = combined(role, kept.listed_role, family)
    values = _differing(kept, {"launched_role": role, "role": standing, "left_at": None})
    is_proof = told is role and told.moderates and age > PROOF_PRECISION
    if is_proof or "launched_role" in values:
        values["proven_at"] = now
    if kept.left_at is not None or now - kept.last_seen_at > SEEN_PRECISION:
        values["last_seen_at"] = now
    return values


def names_other_groups(kept: Membership | KeptMembership, message: LtiMessage) -> bool:
    """Return whether a launch names any others than the last one that named groups did."""
    return message.groups is not None and ",".join(message.groups) != kept.told_groups


def _differing(kept: object, told: Values) -> Values:
    return {field: value for field, value in told.items() if getattr(kept, field) != value}
