"""Going over to changed questions with a draft: offered, never done unasked; no word is lost.

Only work that was never handed in goes over: what others have read, or a tutor has judged, stays
with the questions that it answered.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from lti_tool import clock
from lti_tool.errors import IllegalTransition
from lti_tool.models import Database
from lti_tool.models.activities import ActivityVersion, Prompt
from lti_tool.models.attachments import Attachment
from lti_tool.models.reflections import Reflection, ReflectionAnswer, ReflectionRevision
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Phase, WorkState
from lti_tool.services.activities.prompt_changes import PromptChanges, compare, continued
from lti_tool.services.activities.prompts import newest_version, prompt_values
from lti_tool.services.engine import completion
from lti_tool.services.files import shown
from lti_tool.services.learner.answers import (
    AnswerView,
    prompt_view,
    read_version,
    with_files,
    working_texts,
)
from lti_tool.services.learner.standing import act
from lti_tool.services.locking import lock_participation


@dataclass(frozen=True, slots=True)
class MovingOver:
    """The use case of going over to the newest questions."""

    db: Database

    def move(self, viewer: Viewer, activity_id: uuid.UUID) -> None:
        """Let the viewer's draft answer the newest questions.

        Answers go along with their questions; those that fit none, or that more people would
        read, stay with the author (``earlier_answers``). Twice is as good as once. Raises
        IllegalTransition for work that was handed in.
        """
        with self.db.write() as session:
            participation = act(session, viewer, activity_id, Phase.NOW)
            lock_participation(session, participation.id)
            reflection = completion.reflection_of(session, participation.id)
            if reflection is None:
                return
            newest = newest_version(session, participation.activity)
            if reflection.version_id == newest.id:
                return
            if not _never_handed_in(session, reflection):
                raise IllegalTransition("reflection", reflection.state, "move_over")
            _move(session, reflection, newest)


def offer(session: Session, reflection: Reflection | None, locale: str) -> PromptChanges | None:
    """Return how the newest questions differ from those of a draft, if it may go over to them."""
    if reflection is None or not _never_handed_in(session, reflection):
        return None
    newest = newest_version(session, reflection.participation.activity)
    if newest.id == reflection.version_id:
        return None
    old = read_version(session, reflection.version_id)
    before, after = ([prompt_values(one) for one in it.prompts] for it in (old, newest))
    return compare(before, after, lambda item: item.worded(locale))


def earlier_answers(
    session: Session, reflection: Reflection | None, locale: str
) -> tuple[AnswerView, ...]:
    """Return what was written to questions that are not asked any more, for its author alone."""
    texts = {key: html for key, html in working_texts(reflection).items() if html}
    files = shown.working(session, reflection.id) if reflection else shown.NONE
    if reflection is None or not (texts or files):
        return ()
    query = (
        select(Prompt)
        .join(ActivityVersion, Prompt.version_id == ActivityVersion.id)
        .where(
            Prompt.id.in_([uuid.UUID(key) for key in {*texts, *files}]),
            Prompt.version_id != reflection.version_id,
        )
        .order_by(ActivityVersion.number, Prompt.position)
    )
    views = [
        AnswerView(prompt_view(prompt, locale), texts.get(str(prompt.id), ""))
        for prompt in session.scalars(query)
    ]
    return with_files(views, files)


def _never_handed_in(session: Session, reflection: Reflection) -> bool:
    if reflection.state is not WorkState.DRAFT:
        return False
    sent = exists().where(ReflectionRevision.reflection_id == reflection.id)
    return not session.scalar(select(sent))


def _move(session: Session, reflection: Reflection, newest: ActivityVersion) -> None:
    old = read_version(session, reflection.version_id)
    new_ids = {prompt.root: prompt.id for prompt in newest.prompts}
    fitting = continued(
        [prompt_values(one) for one in old.prompts], [prompt_values(one) for one in newest.prompts]
    )
    rows = {row.prompt_id: row for row in reflection.answers}
    for prompt in old.prompts:
        # Also where nothing is written yet: a tab that still shows it may send words for it.
        row = rows.get(prompt.id) or ReflectionAnswer(prompt_id=prompt.id, html="")
        if prompt.root in fitting and row.html:
            moved = ReflectionAnswer(prompt_id=new_ids[prompt.root], html=row.html)
            reflection.answers.append(moved)
            row.html = ""
        if prompt.root in fitting:
            _move_files(session, reflection, prompt.id, new_ids[prompt.root])
        if prompt.id not in rows:
            reflection.answers.append(row)
    reflection.version_id = newest.id
    reflection.draft_version += 1
    reflection.saved_at = clock.now()
    session.flush()
    session.expire(reflection, ["version"])


def _move_files(
    session: Session, reflection: Reflection, before: uuid.UUID, after: uuid.UUID
) -> None:
    """Let the files of an answer go along with it."""
    theirs = (Attachment.reflection_id == reflection.id) & (Attachment.prompt_id == before)
    session.execute(update(Attachment).where(theirs).values(prompt_id=after))
