"""A learner takes confirmed levels along as credentials: looks, makes, fetches, withdraws."""

from __future__ import annotations

import secrets as chance
import uuid
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from lti_tool import clock, i18n
from lti_tool.errors import IllegalTransition, NotFound
from lti_tool.exports import open_badges
from lti_tool.exports.badge_pictures import picture
from lti_tool.exports.open_badges import Badge, Holder, Json, Status
from lti_tool.exports.status_lists import BITS
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.credentials import Credential
from lti_tool.models.people import User
from lti_tool.models.platforms import Registration
from lti_tool.rules.credentials import IssuerSettings
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import TakenBack
from lti_tool.secrecy import Secrets
from lti_tool.services.credentials.facts import (
    FOLDER,
    Confirmed,
    achievement_of,
    confirmed_levels,
    issuer_of,
)
from lti_tool.services.credentials.signing import Signer
from lti_tool.services.credentials.views import Mine, MyCredentials, Offer, Preview, said_of

MOST_IN_A_LIST = BITS // 4
"""Then the next list is begun: a free bit is soon found by lot."""
PAIRWISE = "credential holder"
JWT, JSON, SVG = "jwt", "json", "svg"


@dataclass(frozen=True, slots=True)
class Choices:
    """What of the learner goes in, beside an identifier that tells nothing."""

    name: bool = False
    email: bool = False


@dataclass(frozen=True, slots=True)
class Credentials:
    """Use cases of a learner; every lookup starts from the viewer's own levels."""

    db: Database
    signer: Signer
    secrets: Secrets
    issuer: IssuerSettings

    def of(self, viewer: Viewer) -> MyCredentials:
        """Return what the viewer could take along, and what they took, newest first."""
        with self.db.read() as session:
            rows = _rows(session, viewer)
            standing = {_place(one): one.id for one in rows if one.taken_back_at is None}
            offers = [
                _offer(one, standing.get((one.way.id, one.competency.id, one.row.level)))
                for one in confirmed_levels(session, viewer.user_id)
                if one.is_on_the_scale
            ]
            shown = {one.made for one in offers}
            others = tuple(self._mine(one) for one in rows if one.document and one.id not in shown)
            return MyCredentials(tuple(offers), others)

    def preview(self, viewer: Viewer, level_id: uuid.UUID) -> Preview:
        """Return what would stand in a credential of a confirmed level; raises NotFound."""
        with self.db.read() as session:
            confirmed = _find(session, viewer, level_id)
            user = session.get_one(User, viewer.user_id)
            badge = self._badge(session, confirmed, user, uuid.uuid4(), Choices(), 1, 0)
            said = said_of(open_badges.credential(badge))
            return Preview(level_id, said, user.display_name, user.email)

    def make(self, viewer: Viewer, level_id: uuid.UUID, choices: Choices) -> uuid.UUID:
        """Make a credential of a confirmed level, in the language in force; return its id.

        Where one of this level holds already, it is that one. Raises NotFound.
        """
        with self.db.write() as session:
            user = session.get_one(User, viewer.user_id, with_for_update=True)  # two clicks, one
            confirmed = _find(session, viewer, level_id)
            place = confirmed.way.id, confirmed.competency.id, confirmed.row.level
            for one in _rows(session, viewer):
                if one.taken_back_at is None and _place(one) == place:
                    return one.id
            key = uuid.uuid4()
            number, index = _free_bit(session, viewer.registration_id)
            badge = self._badge(session, confirmed, user, key, choices, number, index)
            session.add(
                Credential(
                    id=key,
                    registration_id=viewer.registration_id,
                    user_id=user.id,
                    participation_id=confirmed.way.id,
                    competency_id=confirmed.competency.id,
                    level=confirmed.row.level,
                    locale=i18n.current(),
                    document=open_badges.credential(badge),
                    confirmed_at=confirmed.at,
                    issued_at=badge.issued_at,
                    status_list=number,
                    status_index=index,
                )
            )
            return key

    def show(self, viewer: Viewer, credential_id: uuid.UUID) -> Mine:
        """Return one of the viewer's credentials; raises NotFound."""
        with self.db.read() as session:
            return self._mine(_own(session, viewer, credential_id))

    def withdraw(self, viewer: Viewer, credential_id: uuid.UUID) -> None:
        """Let a credential hold no more, for good; raises NotFound, IllegalTransition."""
        with self.db.write() as session:
            session.get_one(User, viewer.user_id, with_for_update=True)
            row = _own(session, viewer, credential_id)
            if row.taken_back_at is not None:
                raise IllegalTransition("credential", "taken back", "withdraw")
            row.taken_back_at, row.taken_back_by = clock.now(), TakenBack.LEARNER

    def file(self, viewer: Viewer, credential_id: uuid.UUID, shape: str) -> str | Json:
        """Return a credential that holds: signed, as plain data, or in a picture.

        Raises NotFound, also for one that was taken back.
        """
        with self.db.read() as session:
            row = _own(session, viewer, credential_id)
            if row.taken_back_at is not None:
                raise NotFound("credential")
            document = row.document
        if shape == JSON:
            return document
        signed = self.signer.sign(open_badges.claims(document))
        if shape == JWT:
            return signed
        said = said_of(document)
        with i18n.use(said.language):
            lines = _("confirmed by a tutor"), i18n.day(said.confirmed_at.date()), said.issuer
            return picture(signed, document, lines, i18n.direction(i18n.current()))

    def _badge(
        self,
        session: Session,
        confirmed: Confirmed,
        user: User,
        key: uuid.UUID,
        choices: Choices,
        number: int,
        index: int,
    ) -> Badge:
        base_url = self.signer.base_url
        registration = session.get_one(Registration, user.registration_id)
        issuer = issuer_of(registration, self.issuer, base_url)
        achievement = achievement_of(confirmed, base_url)
        label = next(s.label for s in achievement.steps if s.position == confirmed.row.level)
        return Badge(
            url=f"{base_url}{FOLDER}/{key}",
            name=f"{achievement.name} – {label}",
            issuer=issuer,
            achievement=achievement,
            level=confirmed.row.level,
            holder=self._holder(user, choices),
            confirmed_at=confirmed.at,
            issued_at=clock.now().replace(microsecond=0),
            status=Status(f"{issuer.url}/status/{number}", index),
        )

    def _holder(self, user: User, choices: Choices) -> Holder:
        """Return who it is: by an identifier that is the same in all of a person's credentials."""
        signed = self.secrets.sign(PAIRWISE, user.id.hex)
        return Holder(
            identifier=f"urn:uuid:{uuid.UUID(hex=signed[:32], version=5)}",
            name=user.display_name if choices.name else "",
            email=user.email if choices.email else "",
            salt=chance.token_hex(16),
        )

    def _mine(self, row: Credential) -> Mine:
        url = f"{self.signer.base_url}{FOLDER}/{row.id}"
        return Mine(row.id, url, said_of(row.document), row.taken_back_at, row.taken_back_by)


def _offer(one: Confirmed, made: uuid.UUID | None) -> Offer:
    label = next(i.label for i in one.framework.levels if i.position == one.row.level)
    return Offer(
        level_id=one.row.id,
        code=one.competency.code,
        statement=one.competency.statement,
        label=label,
        confirmed_at=one.at,
        activity=one.way.activity.title,
        made=made,
        is_barred=one.is_barred,
    )


def _find(session: Session, viewer: Viewer, level_id: uuid.UUID) -> Confirmed:
    for one in confirmed_levels(session, viewer.user_id, level_id):
        if one.is_on_the_scale and not one.is_barred:
            return one
    raise NotFound("confirmed level")


def _rows(session: Session, viewer: Viewer) -> list[Credential]:
    mine = select(Credential).where(Credential.user_id == viewer.user_id)
    return list(session.scalars(mine.order_by(Credential.issued_at.desc(), Credential.id)))


def _own(session: Session, viewer: Viewer, credential_id: uuid.UUID) -> Credential:
    row = session.get(Credential, credential_id)
    if row is None or row.user_id != viewer.user_id or not row.document:
        raise NotFound("credential")
    return row


def _place(row: Credential) -> tuple[uuid.UUID, uuid.UUID, int]:
    return row.participation_id, row.competency_id, row.level


def _free_bit(session: Session, registration_id: uuid.UUID) -> tuple[int, int]:
    """Return the number of a status list of the registration, and a bit of it that is nobody's."""
    ours = Credential.registration_id == registration_id
    count = session.scalar(select(func.count()).select_from(Credential).where(ours)) or 0
    number = 1 + count // MOST_IN_A_LIST
    while True:
        index = chance.randbelow(BITS)
        taken = exists().where(
            ours, Credential.status_list == number, Credential.status_index == index
        )
        if not session.scalar(select(taken)):
            return number, index
