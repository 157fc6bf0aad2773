"""What a new activity can begin with: an activity of one's own courses, or a shared preset."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from lti_tool.errors import Forbidden, NotFound
from lti_tool.models import Database
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.studio import Preset, Rehearsal
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Role
from lti_tool.services.activities.activities import activity_view
from lti_tool.services.activities.values import ActivityValues
from lti_tool.services.searching import holds

MOST_LINES = 50
MOST_PRESETS = 200
MAX_NAME = 120


@dataclass(frozen=True, slots=True)
class SourceLine:
    """An activity that can be copied: its title, its course, when it was made."""

    id: uuid.UUID
    title: str
    course: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PresetLine:
    """A preset that can be begun with; ``mine`` says whether the viewer may remove it."""

    id: uuid.UUID
    name: str
    by: str
    created_at: datetime
    mine: bool


@dataclass(frozen=True, slots=True)
class Sources:
    """Use cases of an educator who begins with something that is there."""

    db: Database

    def activities(self, viewer: Viewer, search: str = "") -> list[SourceLine]:
        """Return the activities of the courses where the viewer teaches, newest first."""
        query = _own(viewer).add_columns(Context.title)
        if search:
            query = query.where(or_(holds(Activity.title, search), holds(Context.title, search)))
        newest = query.order_by(Activity.created_at.desc(), Activity.id).limit(MOST_LINES)
        with self.db.read() as session:
            rows = session.execute(newest).all()
        return [SourceLine(one.id, one.title, title, one.created_at) for one, title in rows]

    def values(self, viewer: Viewer, activity_id: uuid.UUID) -> ActivityValues:
        """Return what was decided about one of them; raise NotFound for any other."""
        with self.db.read() as session:
            found = session.scalar(_own(viewer).where(Activity.id == activity_id))
            if found is None:
                raise NotFound("activity")
            return activity_view(session, found).values

    def presets(self, viewer: Viewer) -> list[PresetLine]:
        """Return the presets of the viewer's registration, by name."""
        query = (
            select(Preset, User)
            .join(User, User.id == Preset.created_by_id)
            .where(Preset.registration_id == viewer.registration_id)
            .order_by(func.lower(Preset.name), Preset.id)
            .limit(MOST_PRESETS)
        )
        with self.db.read() as session:
            return [
                PresetLine(
                    one.id, one.name, user.display_name, one.created_at, user.id == viewer.user_id
                )
                for one, user in session.execute(query)
            ]

    def preset(self, viewer: Viewer, preset_id: uuid.UUID) -> dict[str, Any]:
        """Return a preset's document; raise NotFound."""
        with self.db.read() as session:
            return _preset(session, viewer, preset_id).document

    def keep_preset(self, viewer: Viewer, name: str, document: dict[str, Any]) -> uuid.UUID:
        """Share settings under a name; one's own preset of the same name is replaced."""
        with self.db.write() as session:
            same = (Preset.registration_id == viewer.registration_id) & (Preset.name == name)
            mine = Preset.created_by_id == viewer.user_id
            session.execute(delete(Preset).where(same, mine))
            preset = Preset(
                registration_id=viewer.registration_id,
                name=name,
                document=document,
                created_by_id=viewer.user_id,
            )
            session.add(preset)
            session.flush()
            return preset.id

    def remove_preset(self, viewer: Viewer, preset_id: uuid.UUID) -> None:
        """Remove one's own preset; raise NotFound, and Forbidden for another's."""
        with self.db.write() as session:
            preset = _preset(session, viewer, preset_id)
            if preset.created_by_id != viewer.user_id:
                raise Forbidden("preset")
            session.delete(preset)


def _preset(session: Session, viewer: Viewer, preset_id: uuid.UUID) -> Preset:
    preset = session.get(Preset, preset_id)
    if preset is None or preset.registration_id != viewer.registration_id:
        raise NotFound("preset")
    return preset


def _own(viewer: Viewer) -> Select[Activity]:
    """Select the activities in use of the courses of this registration where the viewer teaches."""
    return (
        select(Activity)
        .join(Context, Context.id == Activity.context_id)
        .join(Membership, Membership.context_id == Context.id)
        .where(
            Activity.registration_id == viewer.registration_id,
            Membership.user_id == viewer.user_id,
            Membership.left_at.is_(None),
            func.coalesce(Membership.granted_role, Membership.role) == Role.EDUCATOR,
            _placed(),
            ~exists().where(Rehearsal.context_id == Context.id),
        )
    )


def _placed() -> ColumnElement[bool]:
    return exists().where(ResourceLink.activity_id == Activity.id)
