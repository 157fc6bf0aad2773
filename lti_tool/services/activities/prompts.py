"""The prompts of an activity: versions, so that nobody's work answers other questions later."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool import i18n
from lti_tool.models.activities import Activity, ActivityVersion, Prompt
from lti_tool.rules.prompt_templates import DEFAULT_TEMPLATE, TEMPLATES, Wording, lengths, wording
from lti_tool.rules.vocabulary import Audience


@dataclass(frozen=True, slots=True)
class PromptValues:
    """What an educator decides about one prompt; ``template_key`` is set while it is unmodified."""

    text: str
    help: str = ""
    template_key: str = ""
    min_words: int = 0
    max_words: int | None = None
    required: bool = True
    audience: Audience = Audience.COHORT
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Own wording in other languages: language tag to ``text`` and ``help``."""
    competency_ids: tuple[uuid.UUID, ...] = ()
    root: uuid.UUID | None = field(default=None, compare=False)
    """Which question of the versions so far it continues; None for a new one."""

    def worded(self, locale: str) -> Wording:
        """Return how the reader sees the prompt; ``locale`` is the activity's language."""
        return wording(self.template_key, self.text, self.help, locale, self.translations)

    def written(self, locale: str) -> Wording:
        """Return the prompt in the activity's language."""
        with i18n.use(locale):
            return self.worded(locale)

    @property
    def rules(self) -> tuple[int, int | None, bool, Audience]:
        """What a correction of the wording must leave alone."""
        return self.min_words, self.max_words, self.required, self.audience


def template_prompts(
    template: str = DEFAULT_TEMPLATE, locale: str = ""
) -> tuple[PromptValues, ...]:
    """Return the prompts of a template in a language, by default the one in force.

    The blank template has one, without words.
    """
    locale = locale or i18n.current()
    with i18n.use(locale):
        found = tuple(
            PromptValues(
                pattern.text(),
                pattern.help(),
                pattern.key,
                *lengths(pattern, locale),
                pattern.required,
                pattern.audience,
            )
            for pattern in TEMPLATES[template].prompts
        )
    return found or (PromptValues(""),)


def prompt_values(prompt: Prompt) -> PromptValues:
    """Return what was decided about a stored prompt."""
    return PromptValues(
        prompt.text,
        prompt.help,
        prompt.template_key,
        prompt.min_words,
        prompt.max_words,
        prompt.required,
        prompt.audience,
        prompt.translations,
        tuple(item.id for item in prompt.competencies),
        prompt.root,
    )


def newest_version(session: Session, activity: Activity) -> ActivityVersion:
    """Return the version that new work answers."""
    return session.scalars(
        select(ActivityVersion)
        .where(ActivityVersion.activity_id == activity.id)
        .order_by(ActivityVersion.number.desc())
        .limit(1)
    ).one()


def add_version(
    session: Session, activity: Activity, number: int, prompts: Sequence[PromptValues]
) -> None:
    """Add a version with ``prompts``; it is the one that new work answers."""
    version = ActivityVersion(activity_id=activity.id, number=number)
    session.add(version)
    session.flush()
    _add_prompts(session, version, prompts, activity)


def save(
    session: Session,
    activity: Activity,
    prompts: Sequence[PromptValues],
    begun: int,
    corrections_only: bool,
) -> bool:
    """Save changed prompts; return whether they made a new version.

    ``begun`` counts the learners who opened the activity. As long as there are none, the version
    is changed itself; a correction of nothing but wording reaches those who began, too.
    """
    version = newest_version(session, activity)
    before = tuple(prompt_values(prompt) for prompt in version.prompts)
    prompts = rooted(before, prompts)
    corrected = corrections_only and only_reworded(before, prompts)
    if corrected or same_questions(before, prompts):
        for prompt, values in zip(version.prompts, prompts, strict=True):
            _write(prompt, values, activity)
        return False
    if begun:
        add_version(session, activity, version.number + 1, prompts)
        return True
    session.execute(delete(Prompt).where(Prompt.version_id == version.id))
    _add_prompts(session, version, prompts, activity)
    session.expire(version, ["prompts"])
    return False


def rooted(
    before: Sequence[PromptValues], prompts: Sequence[PromptValues]
) -> tuple[PromptValues, ...]:
    """Return ``prompts``, of which only those continue a question that were there, each once."""
    free = {item.root for item in before}
    found = []
    for item in prompts:
        known = item.root in free
        free.discard(item.root)
        found.append(item if known else replace(item, root=None))
    return tuple(found)


def same_questions(before: Sequence[PromptValues], after: Sequence[PromptValues]) -> bool:
    """Return whether learners are asked the same as before, in the same words.

    The same template prompt reads differently in each language: only its key tells a change.
    """
    return [_essence(item) for item in before] == [_essence(item) for item in after]


def only_reworded(before: Sequence[PromptValues], after: Sequence[PromptValues]) -> bool:
    """Return whether they are the same questions in the same order, with the same rules."""
    return [(item.root, item.rules) for item in before] == [
        (item.root, item.rules) for item in after
    ]


def _essence(values: PromptValues) -> tuple[object, ...]:
    if values.template_key:
        return values.template_key, *values.rules
    return values.text, values.help, values.translations, *values.rules


def _write(prompt: Prompt, values: PromptValues, activity: Activity) -> None:
    """Write the wording in the activity's language, also that of a template's prompt."""
    worded = values.written(activity.locale)
    prompt.text, prompt.help = worded.text, worded.help
    prompt.template_key = values.template_key
    own = {} if values.template_key else values.translations
    prompt.translations = {tag: dict(texts) for tag, texts in own.items() if tag != activity.locale}
    # What the activity is not about any more, its questions are not about either.
    chosen = [item for item in activity.competencies if item.id in values.competency_ids]
    if prompt.competencies != chosen:
        prompt.competencies = chosen


def _add_prompts(
    session: Session,
    version: ActivityVersion,
    prompts: Sequence[PromptValues],
    activity: Activity,
) -> None:
    for position, values in enumerate(prompts):
        prompt = Prompt(
            version_id=version.id,
            position=position,
            root_id=values.root,
            min_words=values.min_words,
            max_words=values.max_words,
            required=values.required,
            audience=values.audience,
        )
        _write(prompt, values, activity)
        session.add(prompt)
    session.flush()
