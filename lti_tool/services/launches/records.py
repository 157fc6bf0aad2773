"""What a launch tells, kept: one select, then only the differences are written.

These functions run inside the launch's transaction. Everything is keyed by registration and
deployment (DESIGN 5, Tenancy).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from lti_tool.lti.messages import CoupledLineItem, LtiMessage, Named
from lti_tool.lti.validation import refusal
from lti_tool.models.activities import ResourceLink
from lti_tool.models.base import Base
from lti_tool.models.grades import LineItem
from lti_tool.models.launches import UsedLogin
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.rules.vocabulary import SessionKind
from lti_tool.services.activities import copying
from lti_tool.services.launches import differences, memberships
from lti_tool.services.launches.differences import context_key
from lti_tool.services.roster import states


@dataclass(slots=True)
class Records:
    """The rows that a message is about; None where there is none yet."""

    registration: Registration
    deployment: Deployment | None = None
    user: User | None = None
    context: Context | None = None
    link: ResourceLink | None = None
    membership: Membership | None = None
    line_item: LineItem | None = None
    used_login: UsedLogin | None = None
    copied_from: tuple[str, ...] = ()
    """Courses that this one was copied from, where an educator must choose what a link opens."""
    begins_anew: bool = False
    """Whether the person was erased here before this launch."""


# Built once: putting these joins together for each launch costs twice what running them does.
_RECORDS = (
    select(Registration, Deployment, User, Context, ResourceLink, Membership, LineItem, UsedLogin)
    .select_from(Registration)
    .outerjoin(
        Deployment,
        and_(
            Deployment.registration_id == Registration.id,
            Deployment.deployment_id == bindparam("deployment_id"),
        ),
    )
    .outerjoin(User, and_(User.registration_id == Registration.id, User.sub == bindparam("sub")))
    .outerjoin(
        Context,
        and_(Context.deployment_id == Deployment.id, Context.lti_id == bindparam("context_id")),
    )
    .outerjoin(
        ResourceLink,
        and_(ResourceLink.context_id == Context.id, ResourceLink.lti_id == bindparam("link_id")),
    )
    .outerjoin(Membership, and_(Membership.context_id == Context.id, Membership.user_id == User.id))
    .outerjoin(LineItem, LineItem.resource_link_id == ResourceLink.id)
    .outerjoin(UsedLogin, UsedLogin.state_hash == bindparam("state_hash"))
    .where(Registration.id == bindparam("registration_id"))
)


def find(
    session: Session, registration_id: uuid.UUID, message: LtiMessage, state_hash: str
) -> Records:
    """Return all rows that ``message`` is about, by one select."""
    values = {
        "registration_id": registration_id,
        "deployment_id": message.deployment_id,
        "sub": message.sub,
        "context_id": context_key(message),
        "link_id": message.link.id if message.link else None,
        "state_hash": state_hash,
    }
    return Records(*session.execute(_RECORDS, values).one())


def with_link(session: Session, registration_id: uuid.UUID, message: LtiMessage) -> LtiMessage:
    """Return a submission review with the link that its line item belongs to.

    Platforms may name the line item alone. Raises LaunchRefused ``resource_link_missing`` if we
    do not know it.
    """
    if message.kind is not SessionKind.SUBMISSION_REVIEW or message.link is not None:
        return message
    url = message.line_item.url if message.line_item else ""
    found = session.execute(
        select(ResourceLink.lti_id, Context.lti_id, Context.title)
        .join(LineItem, LineItem.resource_link_id == ResourceLink.id)
        .join(Context, Context.id == ResourceLink.context_id)
        .join(Deployment, Deployment.id == LineItem.deployment_id)
        .where(
            LineItem.registration_id == registration_id,
            LineItem.url == url,
            Deployment.deployment_id == message.deployment_id,
        )
    ).first()
    if found is None:
        raise refusal("resource_link_missing", "resource_link")
    return replace(message, link=Named(found[0]), context=Named(found[1], found[2]))


def save(session: Session, records: Records, message: LtiMessage) -> None:
    """Bring the rows of an approved deployment to what ``message`` says."""
    _save_user(session, records, message)
    _save_context(session, records, message)
    _save_link(session, records, message)
    _save_membership(session, records, message)
    if message.line_item is not None and message.kind is SessionKind.RESOURCE_LINK:
        _save_line_item(session, records, message.line_item)


def _save_user(session: Session, records: Records, message: LtiMessage) -> None:
    """Keep what is told of the person; what is not told stays: some courses share less."""
    if records.user is None:
        told = {"name": message.name, "email": message.email, "locale": message.locale}
        records.user = User(registration_id=records.registration.id, sub=message.sub, **told)
        session.add(records.user)
        session.flush()
        return
    news = differences.of_user(records.user, message)
    if news:
        memberships.hold(session, records.user.id)
    _tell(records.user, news)


def _save_context(session: Session, records: Records, message: LtiMessage) -> None:
    """Keep what is told of the course; a list that is told for the first time is read soon."""
    key, told = context_key(message), message.context or message.link
    if key is None or told is None or records.deployment is None:
        return
    if records.context is None:
        records.context = Context(deployment_id=records.deployment.id, lti_id=key, title=told.title)
        session.add(records.context)
        session.flush()
    is_first = not records.context.memberships_url
    family = records.registration.family
    _tell(records.context, differences.of_context(records.context, message, family))
    if is_first and message.services.memberships_url:
        states.expect(session, records.context.id)


def _save_link(session: Session, records: Records, message: LtiMessage) -> None:
    told, context = message.link, records.context
    if told is None or context is None:
        return
    is_new = records.link is None
    if records.link is None:
        records.link = ResourceLink(context_id=context.id, lti_id=told.id, title=told.title)
        session.add(records.link)
        session.flush()
    _tell(records.link, differences.of_link(records.link, message))
    if records.link.activity_id is None:
        _settle_link(session, records, message, is_new)


def _settle_link(session: Session, records: Records, message: LtiMessage, is_new: bool) -> None:
    """Find what a link opens that opens nothing yet: its activity, or a copy of its original."""
    user, context, link = records.user, records.context, records.link
    if context is None or link is None or user is None:
        return
    staff_id = user.id if message.role.moderates else None
    arrival = copying.Arrival(link, is_new, context, records.registration.id, staff_id)
    records.copied_from = copying.meet(session, arrival, message)


def _save_membership(session: Session, records: Records, message: LtiMessage) -> None:
    """Keep what this launch tells of the person in the course; see ``rules.standing_roles``."""
    user, context = records.user, records.context
    if user is None or context is None:
        return
    if records.membership is None:
        records.membership = memberships.enter(session, context, user.id, message)
    else:
        family = records.registration.family
        memberships.launched(session, records.membership, message, family)


def _save_line_item(session: Session, records: Records, told: CoupledLineItem) -> None:
    """Keep the coupled column."""
    link, deployment = records.link, records.deployment
    if link is None or deployment is None:
        return
    if records.line_item is None:
        records.line_item = LineItem(
            registration_id=records.registration.id,
            deployment_id=deployment.id,
            resource_link_id=link.id,
            url=told.url,
        )
        session.add(records.line_item)
    _tell(records.line_item, differences.of_line_item(records.line_item, told, deployment.id))


def _tell(row: Base, news: differences.Values) -> None:
    for field, value in news.items():
        setattr(row, field, value)
