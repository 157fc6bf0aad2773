"""The words that go to the LMS with a score."""

from __future__ import annotations

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lti_tool import i18n
from lti_tool.models.frameworks import Competency, CompetencyLevel
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.models.people import User
from lti_tool.rules.completion import Progress
from lti_tool.services.engine.wording import LevelLine, score_comment


def comment_for(session: Session, participation: Participation, result: Progress) -> str:
    """Return the words that go to the LMS with the score, in the learner's language."""
    user = session.get_one(User, participation.user_id)
    with i18n.use(user.language or participation.activity.locale, user.time_zone):
        return score_comment(result, _confirmed(session, participation))


def _confirmed(session: Session, participation: Participation) -> list[LevelLine]:
    """Return the confirmed levels in the framework's order."""
    query = (
        select(Competency.code, Competency.statement, CompetencyLevel.label)
        .join(ConfirmedLevel, ConfirmedLevel.competency_id == Competency.id)
        .join(
            CompetencyLevel,
            and_(
                CompetencyLevel.framework_id == Competency.framework_id,
                CompetencyLevel.position == ConfirmedLevel.level,
            ),
        )
        .where(ConfirmedLevel.participation_id == participation.id)
        .order_by(Competency.position, Competency.id)
    )
    return [LevelLine(code, statement, label) for code, statement, label in session.execute(query)]
