"""Reflections, as their author works on them: draft, submission, taking back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import IllegalTransition, InvalidInput, NotFound
from lti_tool.i18n import gettext as _
from lti_tool.models import Database
from lti_tool.models.participations import Participation
from lti_tool.models.reflections import Reflection, ReflectionAnswer, ReflectionRevision
from lti_tool.rules.guidance import MAX_ANSWER_LENGTH
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Phase, WorkState
from lti_tool.services.engine import appealing, clocks, completion, redacting
from lti_tool.services.engine.settling import settle
from lti_tool.services.files.shown import Files, frozen, handed_in, rows_of, with_withheld, working
from lti_tool.services.learner import answers
from lti_tool.services.learner.answers import AnswerView, answer_views, working_texts
from lti_tool.services.learner.drafts import Saved, Written, check_version
from lti_tool.services.learner.now_pages import EDITABLE, NowPage, draft_key, now_page
from lti_tool.services.learner.rounds import Round, Text, rounds_of
from lti_tool.services.learner.standing import (
    Standing,
    act,
    enter,
    find_participation,
    own_participation,
    standing_of,
    takes_steps,
)
from lti_tool.services.link_titles import LinkTitles
from lti_tool.services.locking import lock_participation


@dataclass(frozen=True, slots=True)
class SubmissionPage:
    """The learner's own reflection as it was submitted last."""

    standing: Standing
    answers: tuple[AnswerView, ...]
    submitted_at: datetime | None
    revision: int
    rounds: tuple[Round, ...] = ()
    """What changed each time it was sent again, the last first."""
    is_appealed: bool = False
    """Whether an appeal of its author waits; the text rests meanwhile."""

    @property
    def draft_key(self) -> str:
        """The key of the draft that this submission has made needless."""
        return draft_key(self.standing, self.answers)


@dataclass(frozen=True, slots=True)
class Reflections:
    """Use cases of a reflection's author."""

    db: Database
    link_titles: LinkTitles | None = None

    def now(self, viewer: Viewer, activity_id: uuid.UUID) -> NowPage:
        """Return the page of the Now phase; raise NotFound."""
        standing = standing_of(self.db, viewer, activity_id)
        with self.db.read() as session:
            participation = own_participation(session, viewer, activity_id)
            reflection = completion.reflection_of(session, participation.id)
            return now_page(session, standing, participation, reflection)

    def save_draft(self, viewer: Viewer, activity_id: uuid.UUID, written: Written) -> Saved:
        """Keep the working text; the answer is only given once it is safe.

        Raises Stale if another text was saved meanwhile, IllegalTransition if the reflection is out
        of its author's hands, InvalidInput for a text that is too big.
        """
        with self.db.write() as session:
            participation = find_participation(session, viewer, activity_id)
            if participation is None or not takes_steps(participation.activity):
                participation = act(session, viewer, activity_id)
            lock_participation(session, participation.id)
            reflection = open_draft(session, participation, written.fields)
            if reflection.state not in EDITABLE:
                raise IllegalTransition("reflection", reflection.state, "edit")
            return _store(session, reflection, written)

    def submit(self, viewer: Viewer, activity_id: uuid.UUID, written: Written) -> None:
        """Save what was written and hand it in.

        What was written is kept even where it cannot be handed in yet: then InvalidInput says why,
        answer by answer. Raises Stale and IllegalTransition as ``save_draft``; sending the same
        text twice is one submission.
        """
        with self.db.write() as session:
            participation = act(session, viewer, activity_id)
            lock_participation(session, participation.id)
            reflection = open_draft(session, participation, written.fields)
            if reflection.state not in EDITABLE:
                return _same_again(reflection, written)
            _store(session, reflection, written)
            problems = _problems(session, participation, reflection)
            if not problems:
                _hand_in(session, participation, reflection)
        if problems:
            raise InvalidInput(problems)
        if self.link_titles:
            self.link_titles.want(written.html(name) or "" for name in written.fields)
        return None

    def take_back(self, viewer: Viewer, activity_id: uuid.UUID) -> None:
        """Reopen the draft within the grace window; raise IllegalTransition after it."""
        with self.db.write() as session:
            participation, reflection = _own(session, viewer, activity_id)
            if reflection.state is WorkState.DRAFT:
                return
            session.add(reflection.take_back(viewer.user_id))
            _forget_last(session, reflection.id)
            session.flush()
            completion.refresh(session, participation)

    def send_now(self, viewer: Viewer, activity_id: uuid.UUID) -> None:
        """End the grace window at once, so that nobody has to wait for it."""
        with self.db.write() as session:
            _mine, reflection = _own(session, viewer, activity_id)
            if reflection.state in EDITABLE:
                raise IllegalTransition("reflection", reflection.state, "send_now")
            if reflection.state is WorkState.SUBMITTED:
                reflection.visible_at = clock.now()
                settle(session, reflection)

    def submission(self, viewer: Viewer, activity_id: uuid.UUID) -> SubmissionPage:
        """Return the learner's own reflection as it was submitted last; raise NotFound."""
        standing = standing_of(self.db, viewer, activity_id)
        with self.db.read() as session:
            participation = own_participation(session, viewer, activity_id)
            reflection = completion.reflection_of(session, participation.id)
            if reflection is None or reflection.submitted_at is None:
                raise NotFound("submission")
            version = answers.read_version(session, reflection.version_id)
            if not reflection.revisions:
                raise NotFound("submission")
            files = handed_in(session, reflection.revisions, neutral=False)
            texts = reflection.revisions[-1].answers
            views = answer_views(version, texts, participation.activity.locale)
            out = redacting.withheld_files(session, reflection.id)
            views = answers.with_files(views, with_withheld(files[-1], out, to_peers=False))
            passages = redacting.passages_of(session, [reflection.id]).get(reflection.id, ())
            return SubmissionPage(
                standing,
                tuple(replace(one, html=redacting.for_author(one.html, passages)) for one in views),
                reflection.submitted_at,
                len(reflection.revisions),
                _rounds(reflection, views, files),
                is_appealed=reflection.appealed_at is not None,
            )


def _rounds(
    reflection: Reflection, views: Sequence[AnswerView], files: Sequence[Files]
) -> tuple[Round, ...]:
    """Return what its author changed from one submission to the next."""
    versions = [
        [
            Text(str(view.prompt.id), view.prompt.text, view.prompt.locale, html)
            for view in views
            if (html := revision.answers.get(str(view.prompt.id)))
        ]
        for revision in reflection.revisions
    ]
    return rounds_of(versions, [one.submitted_at for one in reflection.revisions], files)


def _own(
    session: Session, viewer: Viewer, activity_id: uuid.UUID
) -> tuple[Participation, Reflection]:
    participation = enter(session, viewer, activity_id)
    reflection = completion.reflection_of(session, participation.id)
    if reflection is None:
        raise NotFound("reflection")
    return participation, reflection


def open_draft(
    session: Session, participation: Participation, fields: Mapping[str, str]
) -> Reflection:
    """Return the learner's reflection, begun with the version whose prompts ``fields`` name."""
    reflection = completion.reflection_of(session, participation.id)
    if reflection is None:
        version = answers.version_to_answer(session, participation.activity_id, fields)
        reflection = Reflection(
            activity_id=participation.activity_id,
            participation_id=participation.id,
            version_id=version.id,
        )
        session.add(reflection)
        session.flush()
    return reflection


def _store(session: Session, reflection: Reflection, written: Written) -> Saved:
    """Write the working text, if it says something new."""
    texts = _texts(session, reflection, written)
    stored = _fields(reflection)
    check_version("reflection", written, reflection.draft_version, texts, stored)
    known = {answer.prompt_id: answer for answer in reflection.answers}
    for field, html in texts.items():
        prompt_id = answers.prompt_id_of(field)
        if prompt_id is None or stored.get(field, "") == html:
            continue
        if prompt_id in known:
            known[prompt_id].html = html
        else:
            reflection.answers.append(ReflectionAnswer(prompt_id=prompt_id, html=html))
    if reflection.saved_at is None or any(stored.get(key, "") != texts[key] for key in texts):
        reflection.draft_version += 1
        reflection.saved_at = clock.now()
    return Saved(reflection.draft_version, reflection.saved_at)


def _texts(session: Session, reflection: Reflection, written: Written) -> dict[str, str]:
    """Return what was sent for the prompts of the reflection's version, sanitised.

    A tab that still shows the questions from which the draft went over is heard, too.
    """
    version = answers.read_version(session, reflection.version_id)
    known = [*(prompt.id for prompt in version.prompts), *map(uuid.UUID, working_texts(reflection))]
    names = [f"{answers.FIELD_PREFIX}{prompt_id}" for prompt_id in dict.fromkeys(known)]
    return written.texts(names, MAX_ANSWER_LENGTH)


def _fields(reflection: Reflection) -> dict[str, str]:
    texts: Mapping[str, str] = working_texts(reflection)
    return {f"{answers.FIELD_PREFIX}{prompt_id}": html for prompt_id, html in texts.items()}


def _same_again(reflection: Reflection, written: Written) -> None:
    """Accept a second click; raise IllegalTransition for a text that was not the one handed in."""
    asked = {f"{answers.FIELD_PREFIX}{prompt.id}" for prompt in reflection.version.prompts}
    stored = {name: html for name, html in _fields(reflection).items() if name in asked}
    if any(html != (written.html(name) or "") for name, html in stored.items()):
        raise IllegalTransition("reflection", reflection.state, "submit")


def _problems(
    session: Session, participation: Participation, reflection: Reflection
) -> dict[str, list[str]]:
    """Say, answer by answer, what keeps the reflection from being handed in; "" is all of it."""
    first_time = reflection.state is WorkState.DRAFT
    if first_time and Phase.NOW in clocks.closed_for(participation):
        return {"": [_("Your date is over. Your tutor can give you more time; your text is kept.")]}
    version = answers.read_version(session, reflection.version_id)
    views = answer_views(version, working_texts(reflection), participation.activity.locale)
    said = {view.prompt.field: answers.problem_of(view) for view in views}
    said |= answers.undescribed(answers.with_files(views, working(session, reflection.id)))
    return {field: [message] for field, message in said.items() if message}


def _hand_in(session: Session, participation: Participation, reflection: Reflection) -> None:
    asked = {str(prompt.id) for prompt in reflection.version.prompts}
    texts = {key: html for key, html in working_texts(reflection).items() if html and key in asked}
    number_of_last = _revisions(session, reflection.id)
    files = frozen(rows_of(session, reflection.id), [one.id for one in reflection.version.prompts])
    session.add(
        ReflectionRevision(
            reflection_id=reflection.id, number=number_of_last + 1, answers=texts, files=files
        )
    )
    grace = timedelta(minutes=participation.activity.grace_minutes)
    appealing.withdraw(session, reflection, participation.user_id)
    session.add(reflection.submit(participation.user_id, grace))
    session.flush()
    if not grace:
        settle(session, reflection)
    completion.refresh(session, participation)


def _forget_last(session: Session, reflection_id: uuid.UUID) -> None:
    """Delete the revision that was taken back: nobody has seen it, and nobody will."""
    last = ReflectionRevision.number == _revisions(session, reflection_id)
    session.execute(
        delete(ReflectionRevision).where(ReflectionRevision.reflection_id == reflection_id, last)
    )


def _revisions(session: Session, reflection_id: uuid.UUID) -> int:
    query = select(func.count()).where(ReflectionRevision.reflection_id == reflection_id)
    return session.scalar(query) or 0
