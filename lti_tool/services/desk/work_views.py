"""One reflection or response as staff read it: its text by audience, and all that is about it.

Answers that are for their author alone never leave this module; only their number does.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from lti_tool.i18n import pick
from lti_tool.models.activities import Activity, ActivityVersion
from lti_tool.models.participations import Participation
from lti_tool.models.people import User
from lti_tool.models.reflections import Reflection, ReflectionRevision
from lti_tool.models.responses import Response
from lti_tool.rules.guidance import RESPONSE_PARTS
from lti_tool.rules.prompt_templates import wording
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import Audience, Step, WorkState
from lti_tool.services.cohort_scope import Scope, scope_of
from lti_tool.services.desk.queue import WorkKind
from lti_tool.services.desk.work import PersonRef, WorkPart, WorkView, expected_of, load
from lti_tool.services.engine import appealing, commenting, flagging, readings, redacting
from lti_tool.services.engine.anonymity import is_masked, staff_name
from lti_tool.services.engine.history import history_of
from lti_tool.services.engine.readings import ReadingView
from lti_tool.services.files import shown
from lti_tool.services.files.shown import Files
from lti_tool.services.learner.rounds import Text, rounds_of


def open_work(
    session: Session, viewer: Viewer, activity: Activity, kind: WorkKind, work_id: uuid.UUID
) -> WorkView:
    """Return what the reading pane shows; raise NotFound."""
    scope = scope_of(session, viewer)
    subject = load(session, activity, kind, work_id, scope)
    if kind is WorkKind.REFLECTION:
        view = reflection_view(session, activity, read_reflection(session, work_id))
        language = subject.participation.user.language if isinstance(subject, Reflection) else ""
    else:
        read = read_response(session, work_id)
        view, language = response_view(session, activity, read), read.author.language
    view = replace(
        view,
        flags=flagging.told_to_staff(session, activity, subject),
        appeal=appealing.view(session, viewer, subject),
        comments=commenting.comments_on(session, work_id, viewer.user_id),
        redactions=redacting.redactions_of(session, work_id),
        language=language,
    )
    return view if scope.is_whole else _unlinked(session, view, scope)


def _unlinked(session: Session, view: WorkView, scope: Scope) -> WorkView:
    """Let a response across cohorts name a learner whom the tutor does not see, without a link."""
    people = [view.author, *((view.answers_to.author,) if view.answers_to else ())]
    ids = [person.participation_id for person in people if person.participation_id]
    seen = set(
        session.scalars(
            select(Participation.id).where(
                Participation.id.in_(ids), scope.holds(Participation.user_id)
            )
        )
    )

    def named(person: PersonRef) -> PersonRef:
        return person if person.participation_id in seen else replace(person, participation_id=None)

    answered = view.answers_to
    if answered is not None:
        answered = replace(answered, author=named(answered.author))
    return replace(view, author=named(view.author), answers_to=answered)


def read_reflection(session: Session, reflection_id: uuid.UUID) -> Reflection:
    """Return a reflection with all that a page shows of it."""
    return session.scalars(
        select(Reflection).where(Reflection.id == reflection_id).options(*_reflection_parts())
    ).one()


def read_response(session: Session, response_id: uuid.UUID) -> Response:
    """Return a response with the reflection that it answers."""
    return session.scalars(
        select(Response)
        .where(Response.id == response_id)
        .options(
            joinedload(Response.author),
            joinedload(Response.allocation),
            joinedload(Response.reflection).options(*_reflection_parts()),
        )
    ).one()


def reflection_view(session: Session, activity: Activity, reflection: Reflection) -> WorkView:
    """Return a reflection as staff read it."""
    revisions = list(reflection.revisions)
    if reflection.state is WorkState.SUBMITTED:
        # Reached through a response to an earlier revision: the grace window holds here, too.
        revisions.pop()
    prompts = reflection.version.prompts
    latest = revisions[-1].answers if revisions else {}
    passages = redacting.passages_of(session, [reflection.id]).get(reflection.id, ())
    files = _files(session, activity, reflection, revisions)
    answers = [
        _answers(reflection, one.answers, activity.locale, added)
        for one, added in zip(revisions, files, strict=True)
    ]
    dates = [revision.submitted_at for revision in reflection.revisions]
    count = select(func.count()).where(
        Response.reflection_id == reflection.id, Response.state == WorkState.RELEASED
    )
    return WorkView(
        kind=WorkKind.REFLECTION,
        id=reflection.id,
        state=reflection.state,
        author=_learner(activity, reflection.participation),
        submitted_at=reflection.submitted_at,
        parts=_marked(answers[-1], passages) if answers else (),
        hidden=sum(
            1 for item in prompts if item.audience is Audience.ME and latest.get(str(item.id))
        ),
        being_revised=False,
        answers_to=None,
        responses=session.scalar(count) or 0,
        helpfulness=None,
        reply="",
        by_tutor=False,
        history=tuple(history_of(session, reflection.id)),
        expected=expected_of(reflection),
        is_flagged=reflection.flagged_at is not None,
        is_appealed=reflection.appealed_at is not None,
        rounds=rounds_of([_texts(parts) for parts in answers], dates, _for_staff(answers)),
    )


def response_view(session: Session, activity: Activity, response: Response) -> WorkView:
    """Return a response as staff read it, with the reflection it answers."""
    history = tuple(history_of(session, response.id))
    # What its author writes after a return is theirs until it is sent.
    returns = [line.at for line in history if line.step is Step.RETURN]
    revised = (
        response.state is WorkState.RETURNED
        and bool(returns)
        and response.saved_at is not None
        and response.saved_at > returns[-1]
    )
    told = readings.readings_of(session, [response.id], activity.locale).get(response.id, ())
    sent = [_response_parts(revision.parts, told) for revision in response.revisions]
    last_sent = sent[-1] if sent else ()
    shown = last_sent if revised else response_parts(response, told)
    passages = redacting.passages_of(session, [response.id]).get(response.id, ())
    return WorkView(
        kind=WorkKind.RESPONSE,
        id=response.id,
        state=response.state,
        author=_author(session, activity, response.author),
        submitted_at=response.submitted_at,
        parts=_marked(shown, passages),
        hidden=0,
        being_revised=revised,
        answers_to=reflection_view(session, activity, response.reflection),
        responses=0,
        helpfulness=response.helpfulness,
        reply=response.reply,
        by_tutor=response.allocation_id is None,
        history=history,
        expected=expected_of(response),
        is_flagged=response.flagged_at is not None,
        is_appealed=response.appealed_at is not None,
        rounds=rounds_of(
            [_texts(parts) for parts in sent],
            [revision.submitted_at for revision in response.revisions],
        ),
    )


def response_parts(response: Response, told: Sequence[ReadingView] = ()) -> tuple[WorkPart, ...]:
    """Return the parts of a response that have text; ``told`` is what it says by criteria."""
    texts = {name: getattr(response, name) for name in RESPONSE_PARTS}
    return _response_parts(texts | {one.key: one.html for one in told}, told)


def _response_parts(texts: Mapping[str, str], told: Sequence[ReadingView]) -> tuple[WorkPart, ...]:
    found = ((name, texts.get(name, "")) for name in RESPONSE_PARTS)
    parts = [WorkPart(name, html, Audience.COHORT, key=name) for name, html in found if html]
    for one in told:
        if html := texts.get(one.key, ""):
            name, codes = one.criterion.name, (one.criterion.speaks_to,)
            parts.append(
                WorkPart(
                    name,
                    html,
                    Audience.COHORT,
                    one.criterion.locale,
                    one.key,
                    tuple(filter(None, codes)),
                )
            )
    return tuple(parts)


def _files(
    session: Session,
    activity: Activity,
    reflection: Reflection,
    revisions: Sequence[ReflectionRevision],
) -> list[Files]:
    """Return the files of each revision as staff see them, with those marked that peers do not."""
    neutral = is_masked(activity, reflection.participation)
    withheld = redacting.withheld_files(session, reflection.id)
    return [
        shown.with_withheld(one, withheld, to_peers=False)
        for one in shown.handed_in(session, revisions, neutral)
    ]


def _marked(parts: Sequence[WorkPart], passages: Sequence[str]) -> tuple[WorkPart, ...]:
    """Return parts as staff read them: whole, with what is out for peers marked."""
    return tuple(replace(one, html=redacting.for_author(one.html, passages)) for one in parts)


def _texts(parts: Sequence[WorkPart]) -> list[Text]:
    return [Text(one.key, one.label, one.locale, one.html) for one in parts]


def _for_staff(answers: Sequence[Sequence[WorkPart]]) -> list[Files]:
    """Return the files of each version that staff see."""
    return [{part.key: part.files for part in parts if part.files} for parts in answers]


def _reflection_parts() -> tuple[_AbstractLoad, ...]:
    return (
        joinedload(Reflection.participation).joinedload(Participation.user),
        selectinload(Reflection.revisions),
        joinedload(Reflection.version).selectinload(ActivityVersion.prompts),
    )


def _answers(
    reflection: Reflection, answers: Mapping[str, str], locale: str, files: Files
) -> tuple[WorkPart, ...]:
    """Return the answers that staff read, each under its prompt in the reader's language."""
    parts = []
    for prompt in reflection.version.prompts:
        html = answers.get(str(prompt.id), "")
        added = files.get(str(prompt.id), ())
        if (html or added) and prompt.audience is not Audience.ME:
            worded = wording(
                prompt.template_key, prompt.text, prompt.help, locale, prompt.translations
            )
            key = str(prompt.id)
            codes = tuple(item.code or pick(item.statement) for item in prompt.competencies)
            parts.append(
                WorkPart(worded.text, html, prompt.audience, worded.locale, key, codes, added)
            )
    return tuple(parts)


def _learner(activity: Activity, participation: Participation) -> PersonRef:
    return PersonRef(participation.user_id, staff_name(activity, participation), participation.id)


def _author(session: Session, activity: Activity, user: User) -> PersonRef:
    query = select(Participation).where(
        Participation.activity_id == activity.id, Participation.user_id == user.id
    )
    participation = session.scalar(query)
    if participation is None:
        return PersonRef(user.id, user.display_name)
    return _learner(activity, participation)
