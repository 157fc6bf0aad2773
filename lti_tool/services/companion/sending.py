"""The outbox's handler of competency ratings: whom, what and as whom, as plain values."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.errors import WhoCanFix
from lti_tool.i18n import gettext as _
from lti_tool.i18n import use
from lti_tool.lti.families import Outcome, Verdict
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.companion import MoodleRating
from lti_tool.models.frameworks import Competency, CompetencyLevel
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.models.people import Context, Membership, User
from lti_tool.models.platforms import Registration
from lti_tool.remote.moodle_competencies import MoodleCompetencies
from lti_tool.remote.moodle_services import MoodleServices, MoodleSite
from lti_tool.rules.vocabulary import Role
from lti_tool.secrecy import Secrets
from lti_tool.services.companion.places import Memory, Wanted, wanted_of
from lti_tool.services.companion.rating import Order, permalink, rate
from lti_tool.services.companion.settings import site_of
from lti_tool.services.engine.anonymity import unnamed_tutor
from lti_tool.services.engine.wording import shown_name
from lti_tool.services.outbox.claims import Claim
from lti_tool.services.outbox.handling import Task
from lti_tool.services.outbox.ratings import CHANNEL, competency_of, is_shared

AGAIN = timedelta(days=1)
"""How often what Moodle shows is read back."""
Row = tuple[ConfirmedLevel, Participation, Activity, Competency, Context, User, str, str | None]


@dataclass(frozen=True, slots=True)
class RatingHandler:
    """Sends confirmed levels to Moodle's competencies."""

    services: MoodleServices
    secrets: Secrets
    memory: Memory = field(default_factory=Memory)
    channel: str = CHANNEL

    def prepare(self, session: Session, taken: Sequence[Claim]) -> dict[uuid.UUID, Task]:
        """Return the ratings; what was taken back or switched off since is dropped."""
        rows = {claim.message_id: _row(session, claim) for claim in taken}
        competencies = {row[3].id: row[3] for row in rows.values() if row}
        wanted = wanted_of(session, list(competencies.values()))
        tasks: dict[uuid.UUID, Task] = {}
        for claim in taken:
            row = rows[claim.message_id]
            if row is None:
                continue
            role = row[7]
            if role is not None and not Role(role).takes_part:
                tasks[claim.message_id] = partial(Verdict, Outcome.DROPPED, "now_staff")
                continue
            try:
                site = site_of(session, self.secrets, row[2].registration_id)
            except ValueError:
                tasks[claim.message_id] = _unreadable
                continue
            if site is not None:
                order = _order(session, site, row, wanted[row[3].id])
                tasks[claim.message_id] = partial(
                    rate, MoodleCompetencies(self.services, site), self.memory, order
                )
        return tasks

    def learn(self, session: Session, one: Claim, verdict: Verdict, now: datetime) -> None:
        """Keep what Moodle shows of this competency."""
        participation_id, shown = one.about.participation_id, verdict.shown
        if participation_id is None or shown is None or shown.of is None:
            return
        participation = session.get(Participation, participation_id)
        if participation is None or participation.activity.context_id is None:
            return
        key = {
            "context_id": participation.activity.context_id,
            "user_id": participation.user_id,
            "competency_id": competency_of(one.payload),
        }
        row = session.scalar(select(MoodleRating).filter_by(**key)) or MoodleRating(**key)
        row.sent_item = int(shown.of)
        row.item = None if shown.points is None else int(shown.points)
        row.label, row.read_at, row.due_at = verdict.detail, now, now + AGAIN
        session.add(row)


def _row(session: Session, claim: Claim) -> Row | None:
    """Return what a rating is about, None if the level is no longer confirmed as promised."""
    role = func.coalesce(Membership.granted_role, Membership.role)
    query = (
        select(
            ConfirmedLevel,
            Participation,
            Activity,
            Competency,
            Context,
            User,
            ResourceLink.lti_id,
            role,
        )
        .join(Participation, ConfirmedLevel.participation_id == Participation.id)
        .join(Activity, Participation.activity_id == Activity.id)
        .join(Competency, ConfirmedLevel.competency_id == Competency.id)
        .join(Context, Activity.context_id == Context.id)
        .join(User, Participation.user_id == User.id)
        .join(ResourceLink, Participation.resource_link_id == ResourceLink.id)
        .outerjoin(
            Membership,
            (Membership.context_id == Context.id) & (Membership.user_id == User.id),
        )
        .where(
            Participation.id == claim.about.participation_id,
            ConfirmedLevel.competency_id == competency_of(claim.payload),
            ConfirmedLevel.level == claim.payload["level"],
            User.erased_at.is_(None),
            is_shared(Activity.id),
        )
    )
    found: Row | None = session.execute(query).first()
    return found


def _order(session: Session, site: MoodleSite, row: Row, wanted: Wanted) -> Order:
    confirmed, _participation, activity, competency, context, user, link_id, _role = row
    label = session.scalar(
        select(CompetencyLevel.label).where(
            CompetencyLevel.framework_id == competency.framework_id,
            CompetencyLevel.position == confirmed.level,
        )
    )
    return Order(
        course=context.lti_id,
        subject=user.sub,
        name=user.name,
        wanted=wanted,
        label=label or {},
        note=_note(session, site, activity, confirmed, link_id),
    )


def _note(
    session: Session, site: MoodleSite, activity: Activity, confirmed: ConfirmedLevel, link_id: str
) -> str:
    """Return what stands with the rating in Moodle, in the activity's language.

    Moodle itself names the account that Miroir uses; so the note names the tutor. It holds no tags.
    """
    registration = session.get_one(Registration, activity.registration_id)
    tutor = session.get_one(User, confirmed.confirmed_by_id)
    with use(activity.locale):
        if activity.anonymity.hides_from_staff:
            name = unnamed_tutor()
        else:
            name = shown_name(tutor.display_name)
        said = _(
            "Confirmed by %(name)s in Miroir, “%(activity)s”.",
            name=name,
            activity=activity.title,
        )
    link = permalink(registration.issuer, link_id)
    return " ".join(filter(None, (said, link))).replace("<", "‹").replace(">", "›")


def _unreadable() -> Verdict:
    """Return the verdict where the token was encrypted with another secret key."""
    return Verdict(Outcome.LATER, "moodle_token", WhoCanFix.OPERATOR, platform_down=True)
