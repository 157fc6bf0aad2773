"""Who is concerned when the state of a reflection or a response changes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.services.engine import completion

Work = Reflection | Response


def refresh_concerned(session: Session, subject: Work) -> None:
    """Measure anew the learners whose completion depends on ``subject``.

    Of a reflection its author; of a response its author and the one whose reflection it answers.
    """
    addressee = subject if isinstance(subject, Reflection) else subject.reflection
    participations = {addressee.participation_id: addressee.participation}
    if isinstance(subject, Response):
        author = session.scalar(
            select(Participation).where(
                Participation.activity_id == subject.activity_id,
                Participation.user_id == subject.author_id,
            )
        )
        if author is not None:
            participations[author.id] = author
    for participation in participations.values():
        completion.refresh(session, participation)
