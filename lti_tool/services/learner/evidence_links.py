"""What a learner adds to show a competency, and what their tutors confirmed on what."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.errors import InvalidInput, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.levels import EvidenceLink
from lti_tool.rules.viewer import Viewer
from lti_tool.services.activities.ratings import RatingView, rating_views, scale_of
from lti_tool.services.engine import confirmations
from lti_tool.services.engine.level_history import LevelChange, changes_of
from lti_tool.services.frameworks.attribution import Attribution, attribution_of
from lti_tool.services.frameworks.frameworks import LevelView
from lti_tool.services.learner.standing import Standing, act, own_participation, standing_of

MOST_LINKS = 10
"""For one competency of one activity."""


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link that the learner added."""

    id: uuid.UUID
    title: str
    url: str
    sentence: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """One competency: the learner's claims and links, and the history of its level."""

    rating: RatingView
    links: tuple[LinkView, ...]
    history: tuple[LevelChange, ...]


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """What shows a learner's competencies in an activity."""

    standing: Standing
    competencies: tuple[Shown, ...]
    levels: tuple[LevelView, ...]
    asked_more: tuple[tuple[datetime, str], ...]
    attribution: Attribution | None
    """Whose words competencies and levels are."""


@dataclass(frozen=True, slots=True)
class EvidenceLinks:
    """Use cases of a learner who shows what they can do."""

    db: Database

    def page(self, viewer: Viewer, activity_id: uuid.UUID) -> EvidencePage:
        """Return the competencies of an activity with what shows them; raise NotFound."""
        standing = standing_of(self.db, viewer, activity_id)
        with self.db.read() as session:
            participation = own_participation(session, viewer, activity_id)
            links = _links(session, participation.id)
            history = changes_of(session, [participation.id], for_staff=False)
            lines = history.get(participation.id, ())
            return EvidencePage(
                standing,
                tuple(
                    Shown(
                        one,
                        tuple(links.get(one.competency_id, ())),
                        tuple(line for line in lines if line.competency_id == one.competency_id),
                    )
                    for one in rating_views(session, participation)
                ),
                scale_of(participation.activity),
                confirmations.asked_of(session, participation.id),
                attribution_of(participation.activity.framework),
            )

    def add(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        competency_id: uuid.UUID,
        title: str,
        url: str,
        sentence: str,
    ) -> None:
        """Add a link to a competency of the activity.

        Raises NotFound for another competency, InvalidInput if there are enough already,
        IllegalTransition where the activity is not open.
        """
        with self.db.write() as session:
            participation = act(session, viewer, activity_id)
            if competency_id not in {one.id for one in participation.activity.competencies}:
                raise NotFound("competency")
            mine = EvidenceLink.participation_id == participation.id
            count = select(func.count()).where(mine, EvidenceLink.competency_id == competency_id)
            if (session.scalar(count) or 0) >= MOST_LINKS:
                message = _("At most %(most)s links for one competency.", most=MOST_LINKS)
                raise InvalidInput({"url": [message]})
            session.add(
                EvidenceLink(
                    participation_id=participation.id,
                    competency_id=competency_id,
                    title=title,
                    url=url,
                    sentence=sentence,
                )
            )

    def remove(self, viewer: Viewer, activity_id: uuid.UUID, link_id: uuid.UUID) -> None:
        """Take a link away; what was confirmed on it keeps its words.

        Raises NotFound for a link that is not the viewer's, IllegalTransition as ``add``.
        """
        with self.db.write() as session:
            participation = act(session, viewer, activity_id)
            link = session.get(EvidenceLink, link_id)
            if link is None or link.participation_id != participation.id:
                raise NotFound("link")
            session.delete(link)


def _links(session: Session, participation_id: uuid.UUID) -> dict[uuid.UUID, list[LinkView]]:
    query = (
        select(EvidenceLink)
        .where(EvidenceLink.participation_id == participation_id)
        .order_by(EvidenceLink.added_at, EvidenceLink.id)
    )
    found: dict[uuid.UUID, list[LinkView]] = {}
    for row in session.scalars(query):
        view = LinkView(row.id, row.title, row.url, row.sentence, row.added_at)
        found.setdefault(row.competency_id, []).append(view)
    return found
