"""Reminding learners: looked at before it goes, by mail where that reaches them, else in Miroir."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lti_tool import i18n
from lti_tool.errors import InvalidInput
from lti_tool.exports.mail import Letter, Part
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.activities import Activity
from lti_tool.models.mail import Nudge
from lti_tool.models.people import Context
from lti_tool.rules.interventions import InterventionAct, InterventionKind
from lti_tool.rules.placeholders import KNOWN, said, unknown
from lti_tool.rules.signals import SignalKind
from lti_tool.rules.viewer import Viewer
from lti_tool.services.activities.activities import find_activity
from lti_tool.services.cohort_scope import scope_of
from lti_tool.services.desk import interventions
from lti_tool.services.desk.nudge_cases import Candidate, candidates
from lti_tool.services.desk.nudge_views import NudgePage, Recipient, Sample, Sent
from lti_tool.services.desk.nudge_words import NudgeText, suggested
from lti_tool.services.desk.signal_rows import read_page
from lti_tool.services.desk.signal_views import Place
from lti_tool.services.engine.anonymity import unnamed_tutor
from lti_tool.services.locking import lock_activity
from lti_tool.services.mailing import letters
from lti_tool.services.mailing.letters import Purpose
from lti_tool.services.mailing.wishes import Reach, Wishes

AT_ONCE = 50
"""Learners who are reminded at once; a person waits for the page."""


@dataclass(frozen=True, slots=True)
class Nudges:
    """Use cases of a tutor who reminds learners."""

    db: Database
    wishes: Wishes

    def listed(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        reason: SignalKind,
        cohort_id: uuid.UUID | None = None,
    ) -> tuple[uuid.UUID, ...]:
        """Return those who stand on the list mainly for ``reason``, as many as go at once.

        Raises NotFound, and Forbidden for who is no staff.
        """
        found: list[uuid.UUID] = []
        after: Place | None = None
        with self.db.read() as session:
            activity = find_activity(session, viewer, activity_id)
            scope = scope_of(session, viewer, cohort_id)
            while len(found) < AT_ONCE:
                page, _stale = read_page(session, activity, scope, reason, after)
                found += [row.place for row in page.rows]
                after = page.following
                if after is None:
                    break
        return tuple(found[:AT_ONCE])

    def page(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        places: Collection[uuid.UUID],
        reason: SignalKind | None = None,
    ) -> NudgePage:
        """Return whom a reminder would reach, with words for a reason; without, for theirs.

        Raises NotFound for somebody whom the viewer does not see.
        """
        with self.db.read() as session:
            activity = find_activity(session, viewer, activity_id)
            found = self._candidates(session, viewer, activity, places)
            able = [one for one in found if one.hindrance is None]
            texts = {
                one.locale: suggested(reason or one.reason, one.locale) for one in reversed(able)
            }
            return _page(found, texts)

    def preview(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        places: Collection[uuid.UUID],
        texts: Mapping[str, NudgeText],
    ) -> NudgePage:
        """Return what would be sent, with a sample in each language.

        Raises InvalidInput field by field, for missing words and for placeholders that stand for
        nothing, each named; and NotFound.
        """
        with self.db.read() as session:
            activity = find_activity(session, viewer, activity_id)
            found = self._candidates(session, viewer, activity, places)
            able = [one for one in found if one.hindrance is None]
            _check(texts, {one.locale for one in able})
            firsts = {one.locale: one for one in reversed(able)}
            samples = tuple(
                Sample(locale, one.name, _text(session, viewer, activity, one, texts[locale]))
                for locale, one in sorted(firsts.items())
            )
            shown = {locale: texts[locale] for locale in firsts}
            return _page(found, shown, samples)

    def send(
        self,
        viewer: Viewer,
        activity_id: uuid.UUID,
        places: Collection[uuid.UUID],
        texts: Mapping[str, NudgeText],
        kind: InterventionKind,
    ) -> Sent:
        """Remind those of them who can be reminded still; write down that it was done.

        Raises as ``preview``.
        """
        with self.db.write() as session:
            lock_activity(session, activity_id)
            activity = find_activity(session, viewer, activity_id)
            found = self._candidates(session, viewer, activity, places)
            able = [one for one in found if one.hindrance is None]
            _check(texts, {one.locale for one in able})
            for one in able:
                text = _text(session, viewer, activity, one, texts[one.locale])
                _remind(session, viewer, activity, one, text, kind)
            mailed = sum(one.is_masked or one.reach is Reach.MAIL for one in able)
            return Sent(mailed, len(able) - mailed, len(found) - len(able))

    def _candidates(
        self,
        session: Session,
        viewer: Viewer,
        activity: Activity,
        places: Collection[uuid.UUID],
    ) -> list[Candidate]:
        chosen = list(places)[:AT_ONCE]
        return candidates(session, viewer, activity, chosen, self.wishes.is_set_up)


def _page(
    found: list[Candidate], texts: Mapping[str, NudgeText], samples: tuple[Sample, ...] = ()
) -> NudgePage:
    rows = [
        Recipient(
            one.place,
            one.name,
            one.locale,
            None if one.is_masked else one.reach,
            one.hindrance,
        )
        for one in found
    ]
    return NudgePage(
        recipients=tuple(row for row in rows if row.hindrance is None),
        left_out=tuple(row for row in rows if row.hindrance is not None),
        texts=dict(sorted(texts.items())),
        samples=samples,
    )


def _check(texts: Mapping[str, NudgeText], locales: Collection[str]) -> None:
    """Raise InvalidInput if words are missing in a language, or a placeholder is unknown."""
    problems: dict[str, list[str]] = {}
    for locale in sorted(locales):
        text = texts.get(locale) or NudgeText("", "")
        for field, value in (("subject", text.subject), ("body", text.body)):
            wrong = [_unknown(name) for name in unknown(value)]
            if not value.strip():
                wrong = [_("Write a word or two.")]
            if wrong:
                problems[f"{field}_{locale}"] = wrong
    if problems:
        raise InvalidInput(problems)


def _unknown(name: str) -> str:
    return _(
        "{%(name)s} stands for nothing. There are: %(known)s.",
        name=name,
        known=", ".join(f"{{{one}}}" for one in KNOWN),
    )


def _text(
    session: Session, viewer: Viewer, activity: Activity, one: Candidate, text: NudgeText
) -> NudgeText:
    """Return the words as one learner gets them; where peers are hidden, they name nobody."""
    context = session.get(Context, activity.context_id) if activity.context_id else None
    hidden = activity.anonymity.hides_peers
    with i18n.use(one.locale):
        values = {
            "name": "" if hidden else one.user.display_name,
            "tutor": unnamed_tutor() if hidden else viewer.display_name,
            "activity": activity.title,
            "course": context.title if context else "",
        }
    return NudgeText(said(text.subject, values).strip(), said(text.body, values).strip())


def _remind(
    session: Session,
    viewer: Viewer,
    activity: Activity,
    one: Candidate,
    text: NudgeText,
    kind: InterventionKind,
) -> None:
    """Keep a reminder for a learner, promise the mail where one reaches them, write it down."""
    part, message_id = one.participation, None
    if one.reach is Reach.MAIL:
        message_id = letters.promise(
            session,
            one.user,
            _letter(session, activity, one, text),
            Purpose.NUDGE,
            [activity.id],
            activity.context_id,
            participation_id=part.id if part else None,
        )
    session.add(
        Nudge(
            activity_id=activity.id,
            user_id=one.user.id,
            sender_id=viewer.user_id,
            locale=one.locale,
            subject=text.subject,
            body=text.body,
            message_id=message_id,
        )
    )
    act = InterventionAct.NUDGED
    interventions.write(session, viewer, activity, [one.user.id], act, kind, text.body)
    interventions.refresh_begun(session, activity, one.user.id)


def _letter(session: Session, activity: Activity, one: Candidate, text: NudgeText) -> Letter:
    link_id = one.participation.resource_link_id if one.participation else None
    link = letters.address_of(session, activity, link_id)
    with i18n.use(one.locale):
        part = Part(
            paragraphs=tuple(block.strip() for block in text.body.split("\n\n") if block.strip()),
            link=link,
            link_label=letters.link_label(activity.title, link),
        )
        return Letter(
            one.locale,
            text.subject,
            (part,),
            why=_(
                "A tutor wrote this to you in Miroir, where you find it, too. Nobody reads answers"
                " to this address: write to your tutor as you always do."
            ),
            stop_label=letters.stop_label(),
        )
