"""The prompts of an activity: versions, so that nobody's work answers other questions later."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool import i18n
from lti_tool.models.activities import Activity, ActivityVersion, Prompt
from lti_tool.rules.prompt_templates import DEFAULT_TEMPLATE, TEMPLATES, Wording, wording
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

    def worded(self, locale: str) -> Wording:
        """Return how the reader sees the prompt; ``locale`` is the activity's language."""
        return wording(self.template_key, self.text, self.help, locale)

    @property
    def rules(self) -> tuple[int, int | None, bool, Audience]:
        """What a correction of the wording must leave alone."""
        return self.min_words, self.max_words, self.required, self.audience


def template_prompts(template: str = DEFAULT_TEMPLATE) -> tuple[PromptValues, ...]:
    """Return the prompts of a template, worded in the language in force."""
    return tuple(
        PromptValues(
            pattern.text(),
            pattern.help(),
            pattern.key,
            pattern.min_words,
            pattern.max_words,
            pattern.required,
            pattern.audience,
        )
        for pattern in TEMPLATES[template]
    )


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
    )


def add_version(
    session: Session, activity: Activity, number: int, prompts: tuple[PromptValues, ...]
) -> None:
    """Add a version with ``prompts``; it is the one that new work answers."""
    version = ActivityVersion(activity_id=activity.id, number=number)
    session.add(version)
    session.flush()
    _add_prompts(session, version, prompts, activity.locale)


def save(
    session: Session,
    activity: Activity,
    prompts: tuple[PromptValues, ...],
    begun: int,
    corrections_only: bool,
) -> bool:
    """Save changed prompts; return whether they made a new version.

    ``begun`` counts the learners who opened the activity. As long as there are none, the version
    is changed itself; a correction of nothing but wording reaches those who began, too.
    """
    version = session.scalars(
        select(ActivityVersion)
        .where(ActivityVersion.activity_id == activity.id)
        .order_by(ActivityVersion.number.desc())
        .limit(1)
    ).one()
    before = tuple(prompt_values(prompt) for prompt in version.prompts)
    # The same template prompt reads differently in each language: only its key tells a change.
    if [_essence(item) for item in before] == [_essence(item) for item in prompts]:
        return False
    if corrections_only and [item.rules for item in before] == [item.rules for item in prompts]:
        for prompt, values in zip(version.prompts, prompts, strict=True):
            _reword(prompt, values, activity.locale)
        return False
    if begun:
        add_version(session, activity, version.number + 1, prompts)
        return True
    session.execute(delete(Prompt).where(Prompt.version_id == version.id))
    _add_prompts(session, version, prompts, activity.locale)
    session.expire(version, ["prompts"])
    return False


def _essence(values: PromptValues) -> tuple[object, ...]:
    words = (values.template_key,) if values.template_key else (values.text, values.help)
    return *words, *values.rules


def _reword(prompt: Prompt, values: PromptValues, locale: str) -> None:
    """Write the wording in the activity's language, also that of a template's prompt."""
    with i18n.use(locale):
        worded = values.worded(locale)
    prompt.text, prompt.help = worded.text, worded.help
    prompt.template_key = values.template_key


def _add_prompts(
    session: Session, version: ActivityVersion, prompts: tuple[PromptValues, ...], locale: str
) -> None:
    for position, values in enumerate(prompts):
        prompt = Prompt(
            version_id=version.id,
            position=position,
            min_words=values.min_words,
            max_words=values.max_words,
            required=values.required,
            audience=values.audience,
        )
        _reword(prompt, values, locale)
        session.add(prompt)
    session.flush()
