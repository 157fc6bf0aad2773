"""A reflection's prompts and answers, as its author and as peers see them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from lti_tool.errors import NotFound
from lti_tool.i18n import gettext as _
from lti_tool.i18n import number
from lti_tool.models.activities import ActivityVersion, Prompt
from lti_tool.models.moderation import ModerationDecision
from lti_tool.models.reflections import Reflection, ReflectionRevision
from lti_tool.rules.guidance import length_for
from lti_tool.rules.prompt_templates import wording
from lti_tool.rules.rich_text import count_words, counts_characters, to_text
from lti_tool.rules.vocabulary import Audience, Phase, WorkState
from lti_tool.services.engine import redacting
from lti_tool.services.files.shown import NONE, Files, FileView, handed_in, with_withheld
from lti_tool.services.frameworks.frameworks import CompetencyView, competency_view

FIELD_PREFIX = "answer-"


@dataclass(frozen=True, slots=True)
class PromptView:
    """A prompt in the reader's language; lengths are characters for Chinese and Japanese."""

    id: uuid.UUID
    text: str
    help: str
    locale: str
    phase: Phase = Phase.NOW
    min_words: int = 0
    max_words: int | None = None
    required: bool = True
    audience: Audience = Audience.COHORT
    competencies: tuple[CompetencyView, ...] = ()
    """What it speaks to."""

    @property
    def field(self) -> str:
        """The name of its form field."""
        return f"{FIELD_PREFIX}{self.id}"

    @property
    def in_characters(self) -> bool:
        """Whether lengths are in characters."""
        return counts_characters(self.locale)


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A prompt with its answer as sanitised HTML, empty where there is none."""

    prompt: PromptView
    html: str = ""
    files: tuple[FileView, ...] = ()
    put_aside: tuple[FileView, ...] = ()
    """What its author removed a moment ago and may put back."""

    @property
    def text(self) -> str:
        """The answer as plain text, for a field without an editor."""
        return to_text(self.html)

    @property
    def length(self) -> int:
        """Words of the answer (characters for Chinese and Japanese)."""
        return count_words(self.html, self.prompt.locale)


def prompt_view(prompt: Prompt, locale: str) -> PromptView:
    """Return a stored prompt; ``locale`` is the language of the activity."""
    worded = wording(prompt.template_key, prompt.text, prompt.help, locale, prompt.translations)
    most = prompt.max_words and length_for(prompt.max_words, locale, worded.locale)
    return PromptView(
        prompt.id,
        worded.text,
        worded.help,
        worded.locale,
        prompt.phase,
        length_for(prompt.min_words, locale, worded.locale),
        most,
        prompt.required,
        prompt.audience,
        tuple(competency_view(item) for item in prompt.competencies),
    )


def answer_views(
    version: ActivityVersion, texts: Mapping[str, str], locale: str
) -> tuple[AnswerView, ...]:
    """Return all prompts of ``version`` with the answers in ``texts`` (prompt id to HTML)."""
    return tuple(
        AnswerView(prompt_view(prompt, locale), texts.get(str(prompt.id), ""))
        for prompt in version.prompts
    )


def with_files(
    views: Sequence[AnswerView], files: Files, put_aside: Files = NONE
) -> tuple[AnswerView, ...]:
    """Return answers with the files that belong to them."""
    keys = [str(view.prompt.id) for view in views]
    return tuple(
        replace(view, files=files.get(key, ()), put_aside=put_aside.get(key, ()))
        for view, key in zip(views, keys, strict=True)
    )


def undescribed(views: Sequence[AnswerView]) -> dict[str, str]:
    """Say, by form field, which pictures lack words for those who do not see them."""
    message = _("Say what this picture shows, or tick that it adds nothing to your words.")
    files = (file for view in views for file in view.files)
    return {file.alt_field: message for file in files if not file.is_described}


def peer_answers(session: Session, reflection: Reflection, locale: str) -> tuple[AnswerView, ...]:
    """Return what peers read of a reflection: what was released last, and is for the cohort."""
    revision = _released(session, reflection.id)
    if revision is None:
        return ()
    version = read_version(session, reflection.version_id)
    neutral = reflection.participation.activity.anonymity.hides_peers
    withheld = redacting.withheld_files(session, reflection.id)
    files = with_withheld(handed_in(session, [revision], neutral)[0], withheld, to_peers=True)
    views = with_files(answer_views(version, revision.answers, locale), files)
    passages = redacting.passages_of(session, [reflection.id]).get(reflection.id, ())
    return tuple(
        replace(view, html=redacting.for_peers(view.html, passages))
        for view in views
        if (view.html or view.files) and view.prompt.audience is Audience.COHORT
    )


def submitted_texts(session: Session, reflection_id: uuid.UUID) -> Mapping[str, str]:
    """Return the answers as they were submitted last, by prompt id."""
    return (
        session.scalar(
            select(ReflectionRevision.answers)
            .where(ReflectionRevision.reflection_id == reflection_id)
            .order_by(ReflectionRevision.number.desc())
            .limit(1)
        )
        or {}
    )


def _released(session: Session, reflection_id: uuid.UUID) -> ReflectionRevision | None:
    """Return the revision that was the last one when the reflection was last released.

    Who answered it reads on while its author revises it, but nothing that nobody has released.
    """
    released = select(func.max(ModerationDecision.at)).where(
        ModerationDecision.reflection_id == reflection_id,
        ModerationDecision.to_state == WorkState.RELEASED,
    )
    return session.scalar(
        select(ReflectionRevision)
        .where(
            ReflectionRevision.reflection_id == reflection_id,
            ReflectionRevision.submitted_at <= released.scalar_subquery(),
        )
        .order_by(ReflectionRevision.number.desc())
        .limit(1)
    )


def working_texts(reflection: Reflection | None) -> dict[str, str]:
    """Return the working text of a reflection, by prompt id."""
    answers = reflection.answers if reflection else ()
    return {str(answer.prompt_id): answer.html for answer in answers}


def read_version(session: Session, version_id: uuid.UUID) -> ActivityVersion:
    """Return a version with its prompts."""
    return session.get_one(
        ActivityVersion, version_id, options=[selectinload(ActivityVersion.prompts)]
    )


def version_to_answer(
    session: Session, activity_id: uuid.UUID, fields: Mapping[str, str]
) -> ActivityVersion:
    """Return the version that new work answers.

    That is the one whose prompts the writer had on the page, told by the names of ``fields``, even
    if the educator has made a newer one since; without fields, the newest.
    """
    query = (
        select(ActivityVersion)
        .where(ActivityVersion.activity_id == activity_id)
        .order_by(ActivityVersion.number.desc())
        .options(selectinload(ActivityVersion.prompts))
        .limit(1)
    )
    ids = [found for found in map(prompt_id_of, fields) if found is not None]
    if ids:
        shown = session.scalar(
            query.join(Prompt, Prompt.version_id == ActivityVersion.id).where(Prompt.id.in_(ids))
        )
        if shown is not None:
            return shown
    newest = session.scalar(query)
    if newest is None:
        raise NotFound("activity version")
    return newest


def problem_of(view: AnswerView) -> str:
    """Return why an answer cannot be handed in yet, in the reader's language; "" if it can."""
    prompt, length = view.prompt, view.length
    if not view.html:
        return _("Please write something here.") if prompt.required else ""
    values = {"length": number(length), "least": number(prompt.min_words)}
    if length < prompt.min_words:
        if prompt.in_characters:
            return _("%(length)s characters so far; please write at least %(least)s.", **values)
        return _("%(length)s words so far; please write at least %(least)s.", **values)
    if prompt.max_words is not None and length > prompt.max_words:
        values = {"length": number(length), "most": number(prompt.max_words)}
        if prompt.in_characters:
            return _("%(length)s characters; please write at most %(most)s.", **values)
        return _("%(length)s words; please write at most %(most)s.", **values)
    return ""


def prompt_id_of(field: str) -> uuid.UUID | None:
    """Return the prompt that a form field answers, or None for any other field."""
    if not field.startswith(FIELD_PREFIX):
        return None
    try:
        return uuid.UUID(field.removeprefix(FIELD_PREFIX))
    except ValueError:
        return None
