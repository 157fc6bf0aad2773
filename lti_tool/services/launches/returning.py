"""The usual launch: somebody whom we know, through a link that we know, and nothing is new.

One select of what a launch compares, then only the rows of its session. Whatever is new, refused or
not as it should be is left to ``records``, which reads again and writes what differs.
"""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, exists, select
from sqlalchemy.exc import IntegrityError

from lti_tool.lti.messages import LtiMessage
from lti_tool.models.activities import ResourceLink
from lti_tool.models.base import Base, columns_of
from lti_tool.models.database import Database
from lti_tool.models.grades import LineItem
from lti_tool.models.launches import UsedLogin
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.rules.vocabulary import DeploymentState, PlatformFamily, SessionKind
from lti_tool.secrecy import digest
from lti_tool.services.launches import differences
from lti_tool.services.launches.differences import KeptMembership, context_key
from lti_tool.services.launches.opening import Launched, Met, Opening


class _Registration(NamedTuple):
    id: uuid.UUID
    family: PlatformFamily
    authorization_endpoint: str
    frame_origins: list[str]


class _User(NamedTuple):
    id: uuid.UUID
    name: str
    email: str
    locale: str
    chosen_name: str
    chosen_locale: str


class _Context(NamedTuple):
    id: uuid.UUID
    title: str
    lms_url: str
    memberships_url: str
    groups_url: str
    group_sets_url: str
    line_items_url: str
    line_items_scopes: list[str]


class _Link(NamedTuple):
    id: uuid.UUID
    title: str
    activity_id: uuid.UUID | None


class _LineItem(NamedTuple):
    id: uuid.UUID | None
    url: str
    deployment_id: uuid.UUID
    scopes: list[str]


class _Kept(NamedTuple):
    """What is kept of all that a launch is about, each with the columns that it compares."""

    registration: _Registration
    user: _User
    context: _Context
    link: _Link
    membership: KeptMembership
    line_item: _LineItem
    deployment_id: uuid.UUID


def opened(db: Database, opening: Opening) -> Launched | None:
    """Open the session of a launch that tells nothing new; None for every other, unread."""
    message = opening.accepted.message
    if message.kind is not SessionKind.RESOURCE_LINK or not opening.is_same_browser():
        return None
    try:
        with db.note() as connection:
            kept = _find(connection, opening, message)
            if kept is None or _tells_news(kept, message):
                return None
            return opening.open(connection, _met(kept), message)
    except IntegrityError:
        return None  # the login was used this moment


def _find(connection: Connection, opening: Opening, message: LtiMessage) -> _Kept | None:
    values = {
        "registration_id": opening.accepted.platform.id,
        "deployment_id": message.deployment_id,
        "sub": message.sub,
        "context_id": context_key(message),
        "link_id": message.link.id if message.link else None,
        "state_hash": digest(opening.accepted.state.id),
    }
    row = connection.execute(_QUERY, values).first()
    return _kept(row) if row is not None else None


def _kept(row: Row[*tuple[Any, ...]]) -> _Kept:
    """Cut the row into its tables."""
    parts, start = [], 0
    for _model, cut in _PARTS:
        parts.append(cut(*row[start : start + len(cut._fields)]))
        start += len(cut._fields)
    return _Kept._make([*parts, row[start]])


def _tells_news(kept: _Kept, message: LtiMessage) -> bool:
    family, told = kept.registration.family, message.line_item
    return bool(
        differences.of_user(kept.user, message)
        or differences.of_context(kept.context, message, family)
        or differences.of_link(kept.link, message)
        or (kept.link.activity_id is None and differences.names_an_activity(message))
        or differences.of_membership(kept.membership, message.role, family)
        or differences.names_other_groups(kept.membership, message)
        or (told and differences.of_line_item(kept.line_item, told, kept.deployment_id))
    )


def _met(kept: _Kept) -> Met:
    return Met(
        registration_id=kept.registration.id,
        authorization_endpoint=kept.registration.authorization_endpoint,
        frame_origins=kept.registration.frame_origins,
        deployment_id=kept.deployment_id,
        user_id=kept.user.id,
        is_named=bool(kept.user.chosen_name or kept.user.name),
        language=kept.user.chosen_locale or kept.user.locale,
        context_id=kept.context.id,
        link_id=kept.link.id,
        activity_id=kept.link.activity_id,
        membership_id=kept.membership.id,
        standing=kept.membership.role,
        granted=kept.membership.granted_role,
    )


_PARTS: tuple[tuple[type[Base], Any], ...] = (
    (Registration, _Registration),
    (User, _User),
    (Context, _Context),
    (ResourceLink, _Link),
    (Membership, KeptMembership),
    (LineItem, _LineItem),
)
"""The tables of ``_Kept`` in its order, and the columns that are read of them."""


# Built once: putting these joins together for each launch costs more than running them.
_QUERY: Select[*tuple[Any, ...]] = (
    select(
        *(column for model, cut in _PARTS for column in columns_of(model, cut._fields)),
        *columns_of(Deployment, ["id"]),
    )
    .select_from(Registration.__table__)
    .join(Deployment.__table__, Deployment.registration_id == Registration.id)
    .join(User.__table__, User.registration_id == Registration.id)
    .join(Context.__table__, Context.deployment_id == Deployment.id)
    .join(ResourceLink.__table__, ResourceLink.context_id == Context.id)
    .join(
        Membership.__table__,
        (Membership.context_id == Context.id) & (Membership.user_id == User.id),
    )
    .outerjoin(LineItem.__table__, LineItem.resource_link_id == ResourceLink.id)
    .where(
        Registration.id == bindparam("registration_id"),
        Registration.disabled_at.is_(None),
        Deployment.deployment_id == bindparam("deployment_id"),
        Deployment.state == DeploymentState.APPROVED,
        User.sub == bindparam("sub"),
        User.erased_at.is_(None),
        Context.lti_id == bindparam("context_id"),
        ResourceLink.lti_id == bindparam("link_id"),
        ~exists().where(UsedLogin.state_hash == bindparam("state_hash")),
    )
)
