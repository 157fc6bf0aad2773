"""What learners wrote in reflections, and next steps that they kept, as things to show."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models.activities import Prompt
from lti_tool.models.participations import FollowUp, Participation
from lti_tool.models.reflections import Reflection, ReflectionRevision
from lti_tool.rules.prompt_templates import wording
from lti_tool.rules.vocabulary import Outcome, WorkState
from lti_tool.services.engine import redacting
from lti_tool.services.sharing.own import Own
from lti_tool.services.sharing.things import Key, StepThing, TextThing

TEXT, STEP = "text", "step"
KEPT = (Outcome.DONE, Outcome.PARTLY)
"""What makes a next step one that was kept."""


def texts_of(session: Session, own: Own) -> tuple[TextThing, ...]:
    """Return the answers that were sent and stand released, the latest reflection first.

    One from which a tutor took a passage is left out: what peers may not read, nobody else may.
    """
    sent = _last_sent(session, own)
    asked = {uuid.UUID(key) for _way, revision in sent for key in revision.answers}
    query = select(Prompt).where(Prompt.id.in_(asked)).order_by(Prompt.position, Prompt.id)
    prompts = list(session.scalars(query))
    out = redacting.passages_of(session, [revision.reflection_id for _way, revision in sent])
    return tuple(
        _text(own, way, revision, prompt)
        for way, revision in sent
        for prompt in prompts
        if _may_be_shown(revision, prompt, out)
    )


def steps_of(session: Session, own: Own) -> tuple[StepThing, ...]:
    """Return the next steps that the learner says they kept, the latest first."""
    query = (
        select(FollowUp)
        .where(FollowUp.participation_id.in_(own.ways), FollowUp.outcome.in_(KEPT))
        .order_by(FollowUp.answered_at.desc(), FollowUp.id)
    )
    return tuple(
        StepThing(
            key=Key(STEP, row.participation_id, follow_up_id=row.id),
            action=row.action,
            outcome=row.outcome,
            result=row.result,
            at=row.answered_at,
            course=own.courses[row.participation_id],
        )
        for row in session.scalars(query)
    )


def _last_sent(session: Session, own: Own) -> list[tuple[Participation, ReflectionRevision]]:
    """Return what was sent last of each reflection that is released now, the latest first."""
    query = (
        select(Reflection.participation_id, ReflectionRevision)
        .join(ReflectionRevision, ReflectionRevision.reflection_id == Reflection.id)
        .where(Reflection.participation_id.in_(own.ways), Reflection.state == WorkState.RELEASED)
        .order_by(ReflectionRevision.number, ReflectionRevision.id)
    )
    last = dict(session.execute(query).all())
    latest = sorted(last.items(), key=lambda one: (one[1].submitted_at, one[0]), reverse=True)
    return [(own.ways[way_id], revision) for way_id, revision in latest]


def _may_be_shown(revision: ReflectionRevision, prompt: Prompt, out: redacting.Passages) -> bool:
    html = revision.answers.get(str(prompt.id), "")
    passages = out.get(revision.reflection_id, ())
    return bool(html) and redacting.for_peers(html, passages) == html


def _text(own: Own, way: Participation, revision: ReflectionRevision, prompt: Prompt) -> TextThing:
    activity = way.activity
    worded = wording(
        prompt.template_key, prompt.text, prompt.help, activity.locale, prompt.translations
    )
    return TextThing(
        key=Key(TEXT, way.id, prompt_id=prompt.root),
        question=worded.text,
        locale=worded.locale,
        html=revision.answers[str(prompt.id)],
        audience=prompt.audience,
        hides_names=activity.anonymity.hides_peers,
        at=revision.submitted_at,
        activity=activity.title,
        course=own.courses[way.id],
    )
