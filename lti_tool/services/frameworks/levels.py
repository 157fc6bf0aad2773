"""Whether a framework may be given another scale: nobody's level may fall off its end."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.errors import InvalidInput
from lti_tool.i18n import gettext as _
from lti_tool.models.frameworks import Competency, CompetencyFramework
from lti_tool.models.participations import ConfirmedLevel, SelfRating
from lti_tool.rules.frameworks import LevelDraft


def check_levels(
    session: Session, framework: CompetencyFramework, levels: tuple[LevelDraft, ...]
) -> None:
    """Raise InvalidInput if people have been given a level that a new scale has not."""
    ours = select(Competency.id).where(Competency.framework_id == framework.id)
    highest = max(
        session.scalar(select(func.max(column)).where(model.competency_id.in_(ours))) or 0
        for model, column in (
            (ConfirmedLevel, ConfirmedLevel.level),
            (SelfRating, SelfRating.level),
            (SelfRating, SelfRating.target),
        )
    )
    if levels and highest > len(levels):
        message = _(
            "Learners have been rated up to level %(highest)s; the new scale has only %(count)s.",
            highest=highest,
            count=len(levels),
        )
        raise InvalidInput({"file": [message]})
