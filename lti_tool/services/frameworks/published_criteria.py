"""The criteria that educators publish with a framework, for CASE."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_tool import i18n
from lti_tool.exports.case import PATH
from lti_tool.exports.rubrics import PublishedCriteria, PublishedCriterion
from lti_tool.models.activities import Activity
from lti_tool.models.criteria import CriteriaVersion, Criterion
from lti_tool.models.frameworks import Competency, CompetencyFramework

MOST_RUBRICS = 200


def published_criteria(
    session: Session, framework: CompetencyFramework, base_url: str = ""
) -> list[PublishedCriteria]:
    """Return the criteria in force of the activities that publish them with ``framework``."""
    newest = (
        select(func.max(CriteriaVersion.number))
        .where(CriteriaVersion.activity_id == Activity.id)
        .correlate(Activity)
        .scalar_subquery()
    )
    query = (
        select(CriteriaVersion, Activity)
        .join(Activity, CriteriaVersion.activity_id == Activity.id)
        .where(
            Activity.framework_id == framework.id,
            Activity.criteria_published,
            CriteriaVersion.number == newest,
        )
        .order_by(CriteriaVersion.created_at, CriteriaVersion.id)
        .limit(MOST_RUBRICS)
        .options(
            selectinload(CriteriaVersion.criteria).options(
                selectinload(Criterion.levels), joinedload(Criterion.competency)
            )
        )
    )
    return [
        _told(version, activity, base_url)
        for version, activity in session.execute(query)
        if version.criteria
    ]


def _told(version: CriteriaVersion, activity: Activity, base_url: str) -> PublishedCriteria:
    with i18n.use(activity.locale):
        criteria = tuple(
            PublishedCriterion(str(one.id), one.values.worded(), _link(one.competency, base_url))
            for one in version.criteria
        )
    return PublishedCriteria(str(version.id), activity.title, criteria, activity.updated_at)


def _link(about: Competency | None, base_url: str) -> dict[str, str] | None:
    """Return a link to the CFItem of a competency."""
    if about is None:
        return None
    uri = about.uri or f"{base_url}{PATH}/CFItems/{about.identifier}"
    title = about.code or i18n.pick(about.statement)
    return {"title": title, "identifier": about.identifier, "uri": uri}
