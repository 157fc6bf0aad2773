"""Line items as the AGS client wants them: plain values, with all that finds one again."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.lti.line_items import Course
from lti_tool.lti.results import Column
from lti_tool.lti.tokens import tenant_of
from lti_tool.models.activities import ResourceLink
from lti_tool.models.grades import LineItem
from lti_tool.models.people import Context
from lti_tool.models.platforms import Deployment, Registration


def columns_of(session: Session, line_item_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Column]:
    """Return the columns of these line items, by one select."""
    query = (
        select(LineItem, Registration, Deployment, ResourceLink, Context)
        .join(Registration, LineItem.registration_id == Registration.id)
        .join(Deployment, LineItem.deployment_id == Deployment.id)
        .join(ResourceLink, LineItem.resource_link_id == ResourceLink.id)
        .join(Context, ResourceLink.context_id == Context.id)
        .where(LineItem.id.in_(set(line_item_ids)))
    )
    return {row[0].id: _column(*row) for row in session.execute(query)}


def _column(
    item: LineItem,
    registration: Registration,
    deployment: Deployment,
    link: ResourceLink,
    context: Context,
) -> Column:
    tenant = tenant_of(registration, deployment)
    listing = Course(tenant, context.line_items_url, tuple(context.line_items_scopes))
    return Column(
        tenant=tenant,
        url=item.url,
        scopes=tuple(item.scopes),
        course=listing if listing.url else None,
        link=link.lti_id,
        resource_id=f"act:{link.activity_id}" if link.activity_id else "",
    )
