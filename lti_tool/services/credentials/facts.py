"""What a credential says of a confirmed level: read once, worded in the language in force."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from lti_tool import i18n
from lti_tool.exports.case import PATH
from lti_tool.exports.open_badges import Achievement, Alignment, Issuer, Step
from lti_tool.i18n import gettext as _
from lti_tool.models.activities import Activity
from lti_tool.models.frameworks import Competency, CompetencyFramework
from lti_tool.models.participations import ConfirmedLevel, Participation
from lti_tool.models.platforms import Registration
from lti_tool.models.studio import Rehearsal
from lti_tool.rules.credentials import IssuerSettings, is_esco
from lti_tool.rules.licences import Sharing, judge
from lti_tool.rules.vocabulary import PlatformFamily
from lti_tool.services.frameworks.case_server import is_served

FOLDER = "/credentials"
"""Where all of it is served to everybody."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A confirmed level with all that is said of it."""

    row: ConfirmedLevel
    way: Participation
    competency: Competency
    framework: CompetencyFramework

    @property
    def is_barred(self) -> bool:
        """Whether the framework's publisher is known to forbid that others use its words."""
        framework = self.framework
        named = (*framework.title.values(), framework.creator, framework.uri)
        verdict = judge(framework.licence, framework.licence_url, *named)
        return verdict.sharing is Sharing.RESTRICTED

    @property
    def is_on_the_scale(self) -> bool:
        """Whether the scale still has the level."""
        return any(one.position == self.row.level for one in self.framework.levels)

    @property
    def at(self) -> datetime:
        """When it was confirmed; the day alone where staff are not to know whose level it is."""
        at = self.row.confirmed_at
        if not self.way.activity.anonymity.hides_from_staff:
            return at
        day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        noon = day.replace(hour=12)  # the same day nearly everywhere
        return noon if noon <= at else day


def confirmed_levels(
    session: Session, user_id: uuid.UUID, level_id: uuid.UUID | None = None
) -> list[Confirmed]:
    """Return a person's confirmed levels where activities let them take those along, or one."""
    query = _query(user_id)
    if level_id is not None:
        query = query.where(ConfirmedLevel.id == level_id)
    return [
        Confirmed(row, way, competency, session.get_one(CompetencyFramework, framework_id))
        for row, way, competency in session.execute(query)
        if (framework_id := competency.framework_id)
    ]


def _query(user_id: uuid.UUID) -> Select[ConfirmedLevel, Participation, Competency]:
    return (
        select(ConfirmedLevel, Participation, Competency)
        .join(Participation, ConfirmedLevel.participation_id == Participation.id)
        .join(Activity, Participation.activity_id == Activity.id)
        .join(Competency, ConfirmedLevel.competency_id == Competency.id)
        .options(contains_eager(Participation.activity))
        .where(
            Participation.user_id == user_id,
            Activity.offers_credentials.is_(True),
            Activity.context_id.not_in(select(Rehearsal.context_id)),
        )
        .order_by(Competency.position, ConfirmedLevel.confirmed_at, ConfirmedLevel.id)
    )


def issuer_of(registration: Registration, settings: IssuerSettings, base_url: str) -> Issuer:
    """Return who vouches: whom the operator names, else the learning platform."""
    is_site = registration.family is PlatformFamily.MOODLE  # elsewhere it is the maker's address
    return Issuer(
        url=f"{base_url}{FOLDER}/issuers/{registration.id}",
        name=settings.name or registration.name,
        website=settings.website or (registration.issuer if is_site else ""),
    )


def achievement_of(confirmed: Confirmed, base_url: str) -> Achievement:
    """Return the competency with its scale, in the language in force."""
    competency, framework = confirmed.competency, confirmed.framework
    steps = tuple(
        Step(one.position, i18n.pick(one.label) or str(one.position), i18n.pick(one.description))
        for one in framework.levels
    )
    title = i18n.pick(framework.title)
    name = i18n.pick(competency.statement) or competency.code or title
    return Achievement(
        url=f"{base_url}{FOLDER}/achievements/{competency.id}/{i18n.current()}",
        name=name,
        description=i18n.pick(competency.description) or name,
        criteria=_criteria(framework, steps),
        language=i18n.current(),
        code=competency.code,
        framework=title,
        steps=steps,
        scale=_("Confirmed level"),
        alignments=_alignments(competency, framework, base_url),
    )


def _criteria(framework: CompetencyFramework, steps: tuple[Step, ...]) -> str:
    """Return how the levels are worded, who confirms one and on what, as Markdown."""
    said = _(
        "A tutor of the course confirmed the level, on evidence from the learner’s own work."
        " The levels:"
    )
    levels = "\n".join(
        f"{step.position}. {' – '.join(filter(None, (step.label, step.description)))}"
        for step in steps
    )
    source = _("Framework: %(source)s", source=framework.source or i18n.pick(framework.title))
    return f"{said}\n\n{levels}\n\n{source}"


def _alignments(
    competency: Competency, framework: CompetencyFramework, base_url: str
) -> tuple[Alignment, ...]:
    """Return where the competency is described: as a CASE item, and in ESCO if it is from there."""
    name, title = i18n.pick(competency.statement), i18n.pick(framework.title)
    ours = f"{base_url}{PATH}/CFItems/{competency.identifier}" if is_served(framework) else ""
    theirs = competency.uri if competency.uri.startswith(("http://", "https://")) else ""
    esco = theirs if is_esco(theirs) else ""
    found = []
    if item := ours if esco else theirs or ours:
        found.append(Alignment(name, item, title, competency.identifier, "CFItem"))
    if esco:
        found.append(Alignment(name, esco, "ESCO"))
    return tuple(found)
