"""Erasing one person: what is theirs goes, what others did with it stays (docs/privacy.md).

The row of the person stays without anything that tells who they were, because others' work refers
to it: a response that a peer received is still there to be read, as a former participant's.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.models.flags import Appeal, Flag
from lti_tool.models.moderation import ModerationDecision
from lti_tool.models.participations import Participation
from lti_tool.models.people import User
from lti_tool.models.reflections import Reflection, ReflectionRevision
from lti_tool.models.responses import Allocation, Response
from lti_tool.rules.vocabulary import WorkState
from lti_tool.services.engine import completion, taking_back
from lti_tool.services.engine.leases import recount
from lti_tool.services.keeping.kept import forget_figures
from lti_tool.services.learning_records import noting
from lti_tool.services.locking import lock_activity, lock_person
from lti_tool.services.privacy import history_erasing
from lti_tool.services.privacy.records import Owned, table_of, target_of
from lti_tool.services.privacy.ties import TIES, Fate

TOLD = ("name", "email", "chosen_name", "locale", "chosen_locale", "time_zone")
BLANK_USER = dict.fromkeys(TOLD, "")
NOTHING_WAITS = {"flagged_at": None, "appealed_at": None, "urgency": 0, "waits_since": None}

NOBODY_CARES = {
    "override_points": None,
    "override_reason": "",
    "attention": None,
    "attention_at": None,
    "signals": "",
    "remeasure_at": None,
}


def kept_responses(owned: Owned) -> ColumnElement[bool]:
    """Tell the person's responses that a peer can read already: they stay theirs to read."""
    return (Response.author_id == owned.user_id) & (Response.state == WorkState.RELEASED)


def kept_reflections(owned: Owned) -> ColumnElement[bool]:
    """Tell the person's reflections to which others wrote: empty, they hold others' work."""
    answered = exists().where(Response.reflection_id == Reflection.id)
    return Reflection.id.in_(owned.ids["reflections"]) & answered


def erase(session: Session, user: User) -> None:
    """Erase a person, in one transaction; peers whose counts change by it are measured anew."""
    owned = Owned(user.id)
    for activity_id in sorted(session.scalars(_activities(user.id))):
        lock_activity(session, activity_id)
    lock_person(session, user.id)
    noting.take_back(session, user.registration_id, user.id)
    forget_figures(session, user.id)
    taking_back.person_erased(session, user.id)
    with history_erasing.opened(session, "erasure"):
        affected = _erase_responses(session, owned)
        for tie in reversed(TIES):
            if tie.fate is Fate.DELETED and target_of(tie) != "reflections":
                _delete(session, tie.table, tie.column, owned.ids[target_of(tie)])
        _erase_reflections(session, owned)
        _erase_participations(session, owned)
        _erase_words(session, owned)
    for name, value in BLANK_USER.items():
        setattr(user, name, value)
    user.sub, user.erased_at = f"erased:{uuid.uuid4()}", clock.now()
    session.flush()
    session.expire_all()
    for participation_id in affected:
        participation = session.get(Participation, participation_id)
        if participation is not None:
            completion.refresh(session, participation)


def _activities(user_id: uuid.UUID) -> CompoundSelect[uuid.UUID]:
    """Select every activity in which the person took part or responded."""
    mine = Participation.user_id == user_id
    return (
        select(Participation.activity_id)
        .where(mine)
        .union(select(Response.activity_id).where(Response.author_id == user_id))
    )


def _erase_responses(session: Session, owned: Owned) -> set[uuid.UUID]:
    """Delete responses that nobody received; return whose reflections lose one."""
    unread = select(Response.id).where(Response.author_id == owned.user_id, ~kept_responses(owned))
    losing = select(Reflection.participation_id).where(
        Reflection.id.in_(select(Response.reflection_id).where(Response.id.in_(unread)))
    )
    affected = set(session.scalars(losing))
    _forget_moderation(session, "response_id", unread)
    _delete(session, "tutor_comments", "response_id", unread)
    session.execute(delete(Response).where(Response.id.in_(list(session.scalars(unread)))))
    mine = select(Response.id).where(Response.author_id == owned.user_id)
    _blank_reasons(session, ModerationDecision.response_id.in_(mine))
    session.execute(
        update(Response).where(Response.author_id == owned.user_id).values(return_reason="")
    )
    received = Response.reflection_id.in_(owned.ids["reflections"])
    session.execute(update(Response).where(received).values(reply="", replied_at=None, takeaway=""))
    unanswered = ~exists().where(Response.allocation_id == Allocation.id)
    asked = or_(
        Allocation.reviewer_id.in_(owned.ids["participations"]),
        Allocation.reflection_id.in_(owned.ids["reflections"]),
    )
    others = select(Allocation.reflection_id).where(asked, unanswered, Allocation.counted)
    left = list(session.scalars(others))
    session.execute(delete(Allocation).where(asked, unanswered))
    recount(session, left)
    return affected


def _erase_reflections(session: Session, owned: Owned) -> None:
    """Empty reflections that hold others' responses, delete the others."""
    mine = owned.ids["reflections"]
    _delete(session, "reflection_answers", "reflection_id", mine)
    _delete(session, "attachments", "reflection_id", mine)
    kept = list(session.scalars(select(Reflection.id).where(kept_reflections(owned))))
    gone = [key for key in session.scalars(mine) if key not in kept]
    for table in ("redactions", "depth_ratings"):
        _delete(session, table, "reflection_id", mine)
    _forget_moderation(session, "reflection_id", gone)
    _delete(session, "reflection_revisions", "reflection_id", gone)
    session.execute(delete(Reflection).where(Reflection.id.in_(gone)))
    _blank_reasons(session, ModerationDecision.reflection_id.in_(kept))
    session.execute(
        update(ReflectionRevision)
        .where(ReflectionRevision.reflection_id.in_(kept))
        .values(answers={}, files=[])
    )
    session.execute(
        update(Reflection)
        .where(Reflection.id.in_(kept))
        .values(state=WorkState.WITHHELD, return_reason="", saved_at=None, **NOTHING_WAITS)
    )


def _erase_participations(session: Session, owned: Owned) -> None:
    """Delete ways through activities that nothing refers to any more, empty the others."""
    mine = owned.ids["participations"]
    used = or_(
        exists().where(Reflection.participation_id == Participation.id),
        exists().where(Allocation.reviewer_id == Participation.id),
    )
    unused = select(Participation.id).where(Participation.id.in_(mine), ~used)
    gone = list(session.scalars(unused))
    _delete(session, "moderation_decisions", "participation_id", gone)
    _blank_reasons(session, ModerationDecision.participation_id.in_(mine))
    session.execute(delete(Participation).where(Participation.id.in_(gone)))
    session.execute(
        update(Participation)
        .where(Participation.id.in_(mine))
        .values(need="", completed_at=None, **NOBODY_CARES)
    )


def _blank_reasons(session: Session, which: ColumnElement[bool]) -> None:
    """Take tutors' words about the person's work out of the history; its steps stay."""
    session.execute(update(ModerationDecision).where(which).values(reason="", detail=""))


def _erase_words(session: Session, owned: Owned) -> None:
    """Take out what the person wrote in flags and appeals, and from where they did something."""
    me = owned.user_id
    about_mine = or_(
        Flag.reflection_id.in_(owned.ids["reflections"]),
        Flag.response_id.in_(owned.ids["responses"]),
    )
    session.execute(update(Flag).where(or_(Flag.flagger_id == me, about_mine)).values(words=""))
    session.execute(update(Appeal).where(Appeal.author_id == me).values(words=""))
    session.execute(
        update(ModerationDecision).where(ModerationDecision.actor_id == me).values(origin="")
    )


def _forget_moderation(session: Session, column: str, ids: Any) -> None:
    """Delete the history of works, with what was flagged, appealed and taken out."""
    for table in ("appeals", "flags", "redactions", "moderation_decisions"):
        _delete(session, table, column, ids)


def _delete(session: Session, table: str, column: str, ids: Any) -> None:
    found = table_of(table)
    session.execute(delete(found).where(found.c[column].in_(ids)))
