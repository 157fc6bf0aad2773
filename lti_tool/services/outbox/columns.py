"""Line items as the AGS client wants them: plain values, with all that finds one again."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.lti.line_items import Course
from lti_tool.lti.results import Column
from lti_tool.lti.tokens import tenant_of
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.frameworks import Competency
from lti_tool.models.grades import LineItem
from lti_tool.models.people import Context
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.rules.competency_columns import resource_id, tag


def columns_of(session: Session, line_item_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Column]:
    """Return the columns of these line items, coupled ones and those of competencies."""
    of = func.coalesce(ResourceLink.context_id, Activity.context_id)
    query = (
        select(LineItem, Registration, Deployment, ResourceLink, Context, Competency.identifier)
        .join(Registration, LineItem.registration_id == Registration.id)
        .join(Deployment, LineItem.deployment_id == Deployment.id)
        .outerjoin(ResourceLink, LineItem.resource_link_id == ResourceLink.id)
        .outerjoin(Activity, LineItem.activity_id == Activity.id)
        .outerjoin(Competency, LineItem.competency_id == Competency.id)
        .join(Context, Context.id == of)
        .where(LineItem.id.in_(set(line_item_ids)))
    )
    return {row[0].id: _column(*row) for row in session.execute(query)}


def _column(
    item: LineItem,
    registration: Registration,
    deployment: Deployment,
    link: ResourceLink | None,
    context: Context,
    identifier: str | None,
) -> Column:
    tenant = tenant_of(registration, deployment)
    listing = Course(tenant, context.line_items_url, tuple(context.line_items_scopes))
    activity_id = link.activity_id if link else item.activity_id
    return Column(
        tenant=tenant,
        url=item.url,
        # What we make belongs to the course, so that what its launches grant counts.
        scopes=tuple(item.scopes) if link else listing.scopes,
        course=listing if listing.url else None,
        link=link.lti_id if link else "",
        resource_id=resource_id(activity_id) if activity_id else "",
        tag=tag(identifier) if identifier else "",
    )
