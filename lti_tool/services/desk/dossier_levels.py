"""The part of a learner's page about competencies: claims, evidence, levels, depth."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models.activities import Activity
from lti_tool.models.participations import ConfirmedLevel, Participation, SelfRating
from lti_tool.models.people import User
from lti_tool.models.reflections import Reflection
from lti_tool.rules.depths import depths_of
from lti_tool.rules.evidence import Piece
from lti_tool.rules.vocabulary import DepthRubric, Moment
from lti_tool.services.desk.dossier_views import DepthPanel, EvidenceLine, Standing
from lti_tool.services.desk.work import UNSEEN
from lti_tool.services.engine.confirmations import seen_of
from lti_tool.services.engine.depths import depths_marked
from lti_tool.services.engine.evidence import Found, found_for
from lti_tool.services.engine.level_history import changes_of
from lti_tool.services.frameworks.frameworks import competency_view


def standings(
    session: Session, activity: Activity, participation: Participation
) -> tuple[Standing, ...]:
    """Return each competency with what its learner claims, what shows it, what is confirmed."""
    if not activity.competencies:
        return ()
    ratings: dict[tuple[uuid.UUID, Moment], SelfRating] = {
        (rating.competency_id, rating.moment): rating for rating in participation.ratings
    }
    confirmed = {item.competency_id: item for item in participation.confirmed_levels}
    tutors = _names(session, confirmed.values())
    found = found_for(session, participation)
    history = changes_of(session, [participation.id], for_staff=True).get(participation.id, ())
    made = []
    for competency in activity.competencies:
        before = ratings.get((competency.id, Moment.BEFORE))
        after = ratings.get((competency.id, Moment.AFTER))
        level: ConfirmedLevel | None = confirmed.get(competency.id)
        lines = tuple(line for line in history if line.competency_id == competency.id)
        ticked = lines[-1].pieces if lines and level else ()
        theirs = [one for one in found if one.speaks_to(competency.id)]
        made.append(
            Standing(
                competency=competency_view(competency),
                before=before.level if before else None,
                target=before.target if before else None,
                after=after.level if after else None,
                confirmed=level.level if level else None,
                note=level.note if level else "",
                confirmed_by=tutors[level.confirmed_by_id] if level else "",
                confirmed_at=level.confirmed_at if level else None,
                seen=seen_of(level),
                evidence=_evidence(theirs, ticked),
                history=lines,
            )
        )
    return tuple(made)


def depth_panel(
    session: Session, activity: Activity, reflection: Reflection | None
) -> DepthPanel | None:
    """Return what marking the depth of a reflection needs."""
    if activity.depth_rubric is DepthRubric.NONE or reflection is None:
        return None
    if reflection.state in UNSEEN or not reflection.revisions:
        return None
    latest = reflection.revisions[-1].number
    marked = depths_marked(session, activity, reflection.id, for_staff=True)
    return DepthPanel(
        depths_of(activity.depth_rubric),
        latest,
        next((one for one in marked if one.revision == latest), None),
        tuple(one for one in marked if one.revision != latest),
    )


def _names(session: Session, confirmed: Iterable[ConfirmedLevel]) -> dict[uuid.UUID, str]:
    ids = [item.confirmed_by_id for item in confirmed]
    found = session.scalars(select(User).where(User.id.in_(ids)))
    return {user.id: user.display_name for user in found}


def _evidence(found: Sequence[Found], ticked: Sequence[Piece]) -> tuple[EvidenceLine, ...]:
    """Return what there is now, and behind it what was ticked and is there no more."""
    keys = {piece.key for piece in ticked}
    lines = [EvidenceLine(one.piece, one.piece.key in keys, one.who, one.peek) for one in found]
    known = {one.piece.key for one in found}
    gone = [piece.as_gone() for piece in ticked if piece.key not in known]
    return (*lines, *(EvidenceLine(piece, is_ticked=True) for piece in gone))
