"""Nobody reaches with their session what belongs to somebody else, on any route that takes an id.

Driven by the application's own list of routes: a new route cannot escape.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lti_tool import clock
from lti_tool.exports import open_badges
from lti_tool.models import Base, Database
from lti_tool.models.access import AccessToken
from lti_tool.models.activities import Activity, ResourceLink
from lti_tool.models.attachments import Attachment
from lti_tool.models.clocks import Extension
from lti_tool.models.cohorts import Cohort, CohortTutor
from lti_tool.models.credentials import Credential
from lti_tool.models.criteria import Exemplar
from lti_tool.models.desk import SavedReply
from lti_tool.models.frameworks import CompetencyFramework, FrameworkUpload
from lti_tool.models.grades import LineItem, OutboxMessage
from lti_tool.models.mail import Nudge
from lti_tool.models.participations import ConfirmedLevel
from lti_tool.models.people import Context
from lti_tool.models.platforms import Registration
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.models.sharing import Share
from lti_tool.rules.clocks import ExtensionScope
from lti_tool.rules.files import FileKind
from lti_tool.rules.rich_text import from_text
from lti_tool.rules.vocabulary import (
    ExemplarOrigin,
    OutboxState,
    Role,
    SessionKind,
    WorkState,
)
from lti_tool.services.container import Services
from lti_tool.services.desk.work import expected_of
from tests.factories.credentials import badge
from tests.factories.learning import WORDS
from tests.factories.work import add_reflection, add_response, participation_of
from tests.factories.world import Person, World, add_course, make_world

Ids = dict[str, Any]

OTHERS = "an answer that is nobody else's business"
JSON_ROUTES = {"learner.save_reflection", "learner.save_response"}
"""What scripts ask for; all other changes are forms."""
REFUSED = {403, 404}
CHOICES = {"handle", "kind", "read", "form", "table", "shape"}
"""Parts of addresses that belong to nobody: which of several, and as what."""
VOLATILE = {("launch_sessions", "last_seen_at"), ("participations", "measured_at")}
"""What a refused visit may touch: when somebody's own session and participation were looked at."""


@dataclass
class Course:
    """A course with something in it for every kind of id that a route takes."""

    world: World
    ids: Ids
    expected: str


def filled(world: World) -> Course:
    """Let one learner write and another answer, have a tutor decide, and a score be refused."""
    author, peer, third = world.learners[:3]
    text = from_text(OTHERS)
    released = add_reflection(world, author, text, WorkState.RELEASED, private=text, to_tutor=text)
    response_id = add_response(world, released, peer, text, WorkState.RELEASED)
    held = add_reflection(world, third, text, WorkState.HELD)
    with world.database.write() as session:
        decision = session.get_one(Reflection, held).release(world.tutor.user_id)
        decision.batch_id = uuid.uuid4()
        message = _refused_score(session, world, author)
        session.add_all((decision, message))
        session.flush()
        cohort, tutor = _cohort(session, world)
        ids: Ids = {
            "activity_id": world.activity_id,
            "cohort_id": cohort,
            "tutor_id": tutor,
            "user_id": author.user_id,
            "allocation_id": session.get_one(Response, response_id).allocation_id,
            "response_id": response_id,
            "reflection_id": released,
            "file_id": _file(session, world, released),
            "decision_id": decision.id,
            "participation_id": message.participation_id,
            "message_id": message.id,
            "place": message.participation_id,
            "extension_id": _extension(session, world),
            "exemplar_id": _exemplar(session, world),
            "batch_id": decision.batch_id,
            "reply_id": _reply(session, world),
            "nudge_id": _nudge(session, world, author),
            "framework_id": _framework(session),
            "level_id": _level(session, message.participation_id, world),
            "credential_id": _credential(session, message.participation_id, world, author),
            "shape": "jwt",
            "form": "csv",
            "table": "stages",
            "upload_id": _upload(session, world),
            "token_id": _access_token(session, world),
            "share_id": _share(session, author),
            "read": "received",
            "read_id": response_id,
        }
        return Course(world, ids, expected_of(session.get_one(Reflection, released)))


def _file(session: Session, world: World, reflection_id: uuid.UUID) -> uuid.UUID:
    file = Attachment(
        reflection_id=reflection_id,
        prompt_id=world.prompt_ids[0],
        kind=FileKind.DOCUMENT,
        name="theirs.txt",
        media_type="text/plain",
        size=1,
        sha256="0" * 64,
        position=0,
    )
    session.add(file)
    session.flush()
    return file.id


def _level(session: Session, participation_id: uuid.UUID | None, world: World) -> uuid.UUID:
    level = ConfirmedLevel(
        participation_id=participation_id,
        competency_id=world.competency_ids[0],
        level=1,
        confirmed_by_id=world.tutor.user_id,
    )
    session.get_one(Activity, world.activity_id).offers_credentials = True
    session.add(level)
    session.flush()
    return level.id


def _credential(
    session: Session, participation_id: uuid.UUID | None, world: World, learner: Person
) -> uuid.UUID:
    credential = Credential(
        registration_id=world.registration_id,
        user_id=learner.user_id,
        participation_id=participation_id,
        competency_id=world.competency_ids[0],
        level=1,
        locale="en",
        document=open_badges.credential(badge(OTHERS)),
        confirmed_at=clock.now(),
        status_list=1,
        status_index=secrets.randbelow(2**17),
    )
    session.add(credential)
    session.flush()
    return credential.id


def _exemplar(session: Session, world: World) -> uuid.UUID:
    exemplar = Exemplar(
        activity_id=world.activity_id,
        position=1,
        title=OTHERS,
        text=from_text(OTHERS),
        origin=ExemplarOrigin.WRITTEN,
        created_by_id=world.educator.user_id,
    )
    session.add(exemplar)
    session.flush()
    return exemplar.id


def _cohort(session: Session, world: World) -> tuple[uuid.UUID, uuid.UUID]:
    """Make an empty cohort with the tutor, so that staff see everybody as if there were none."""
    session.get_one(Context, world.context_id).tutors_see_all = True
    cohort = Cohort(context_id=world.context_id, name="Lyon")
    session.add(cohort)
    session.flush()
    tutor = CohortTutor(cohort_id=cohort.id, user_id=world.tutor.user_id)
    session.add(tutor)
    session.flush()
    return cohort.id, tutor.id


def _framework(session: Session) -> uuid.UUID:
    """Make a framework of a platform that nobody here comes from: courses of one share theirs."""
    elsewhere = Registration(
        name="Elsewhere",
        issuer=f"https://{uuid.uuid4().hex}.example",
        client_id="x",
        authorization_endpoint="https://lms.example/auth",
        token_endpoint="https://lms.example/token",
        jwks_uri="https://lms.example/jwks",
    )
    session.add(elsewhere)
    session.flush()
    framework = CompetencyFramework(
        registration_id=elsewhere.id, identifier=str(uuid.uuid4()), title={"en": OTHERS}
    )
    session.add(framework)
    session.flush()
    return framework.id


def _upload(session: Session, world: World) -> uuid.UUID:
    upload = FrameworkUpload(
        registration_id=world.registration_id,
        user_id=world.educator.user_id,
        name="mine.csv",
        options={},
        content=f"title\n{OTHERS}\n".encode(),
    )
    session.add(upload)
    session.flush()
    return upload.id


def _access_token(session: Session, world: World) -> uuid.UUID:
    token = AccessToken(
        user_id=world.educator.user_id,
        context_id=world.context_id,
        name="Report",
        token_hash=uuid.uuid4().hex,
        expires_at=clock.now() + timedelta(days=1),
    )
    session.add(token)
    session.flush()
    return token.id


def _share(session: Session, learner: Person) -> uuid.UUID:
    share = Share(
        user_id=learner.user_id,
        recipient=OTHERS,
        name=OTHERS,
        token_hash=uuid.uuid4().hex,
        days=7,
        expires_at=clock.now() + timedelta(days=7),
    )
    session.add(share)
    session.flush()
    return share.id


def _reply(session: Session, world: World) -> uuid.UUID:
    reply = SavedReply(
        context_id=world.context_id,
        owner_id=world.tutor.user_id,
        locale="en",
        title="Names",
        body="No names, please.",
    )
    session.add(reply)
    session.flush()
    return reply.id


def _nudge(session: Session, world: World, learner: Person) -> uuid.UUID:
    nudge = Nudge(
        activity_id=world.activity_id,
        user_id=learner.user_id,
        sender_id=world.tutor.user_id,
        locale="en",
        subject="A reminder",
        body=OTHERS,
    )
    session.add(nudge)
    session.flush()
    return nudge.id


def _extension(session: Session, world: World) -> uuid.UUID:
    extension = Extension(
        activity_id=world.activity_id,
        scope=ExtensionScope.CHOSEN,
        reason="Ill",
        given_by_id=world.educator.user_id,
    )
    session.add(extension)
    session.flush()
    return extension.id


def _refused_score(session: Session, world: World, learner: Person) -> OutboxMessage:
    link = LineItem.resource_link_id == world.resource_link_id
    return OutboxMessage(
        registration_id=world.registration_id,
        line_item_id=session.scalars(select(LineItem.id).where(link)).one(),
        user_id=learner.user_id,
        participation_id=participation_of(session, world, learner).id,
        payload={"scoreGiven": 1, "scoreMaximum": 100},
        state=OutboxState.REFUSED,
    )


def session_rules(app: Flask, *blueprints: str) -> Iterator[Rule]:
    """Yield the routes of launch sessions, of some blueprints or of all."""
    for rule in app.url_map.iter_rules():
        wanted = not blueprints or rule.endpoint.partition(".")[0] in blueprints
        if wanted and rule.rule.startswith("/s/<handle>"):
            yield rule


def content(course: Course) -> dict[str, str]:
    """Return a form that every route would take."""
    world = course.world
    texts = {f"answer-{prompt_id}": WORDS for prompt_id in world.prompt_ids}
    levels = {f"level-{key}": "1" for key in world.competency_ids}
    return {
        **texts,
        **levels,
        "resonates": WORDS,
        "question": WORDS,
        "need": "A need",
        "action": "Try it",
        "by_date": "2099-01-01",
        "reason": "known_person",
        "step": "withhold",
        "expected": course.expected,
        "helpfulness": "4",
        "reply": "Thanks",
        "levels.0.competency": str(world.competency_ids[0]),
        "levels.0.level": "1",
        "name": "Somebody",
        "locale": "en",
        "activity": str(course.ids["activity_id"]),
        "user": str(world.tutor.user_id),
        "people": world.learners[0].name,
        "cohort": str(course.ids["cohort_id"]),
        "until_at": "2099-01-01T10:00",
        "words": "It names somebody",
        "passage": OTHERS,
        "redact_reason": "It names somebody",
        "file_reason": "It shows somebody",
        "more": "One more example",
        "comment": WORDS,
        "title": "Names",
        "body": "No names, please.",
        "kind": "cognitive",
        "note": "Spoke with them",
        "competency_id": str(world.competency_ids[0]),
        "url": "https://example.org/guide",
        "sentence": "It shows what I do",
        "link": str(uuid.uuid4()),
        "course": str(world.context_id),
        "depth": "2",
        "revision": "1",
        "recipient": "Ms Haddad",
        "days": "7",
        "share_id": str(uuid.uuid4()),
    }


def rows(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that the database holds, table by table."""
    held = {}
    with database.read() as session:
        for table in Base.metadata.sorted_tables:
            columns = [c for c in table.columns if (table.name, c.name) not in VOLATILE]
            held[table.name] = sorted(
                tuple(map(repr, r)) for r in session.execute(select(*columns))
            )
    return held


def attempt(app: Flask, handle: str, rule: Rule, ids: Ids, other: Course) -> list[str]:
    """Call a route with these ids by every method it has; say where it was not refused."""
    url, wrong = _url(app, rule, handle, ids), []
    for method in sorted((rule.methods or set()) - {"OPTIONS"}):
        sent: dict[str, Any] = {"headers": {"X-CSRF-Token": _token(app, handle)}}
        if method == "POST" and rule.endpoint in JSON_ROUTES:
            sent["json"] = {"fields": {"resonates": WORDS}, "version": 0}
        elif method == "POST":
            sent["data"] = content(other)
        answer = app.test_client().open(url, method=method, **sent)
        if answer.status_code not in REFUSED or OTHERS in answer.text:
            wrong.append(f"{method} {rule.rule}: {answer.status_code}")
    return wrong


def entered(app: Flask, world: World, person: Person) -> str:
    """Open a session of a person whose own first visit is over; return its handle."""
    handle = world.handle(person)
    app.test_client().get(f"/s/{handle}/", follow_redirects=True)
    return handle


def mixtures(rule: Rule, own: Ids, foreign: Ids) -> Iterator[Ids]:
    """Yield ids that are all foreign, then each foreign one among one's own."""
    names = sorted(rule.arguments - CHOICES)
    for kind in ("reflection", "response") if "kind" in rule.arguments else ("",):
        mine, theirs = _of_kind(own, kind), _of_kind(foreign, kind)
        yield theirs
        for name in names:
            if len(names) > 1:
                yield {**mine, name: theirs[name]}


def _of_kind(ids: Ids, kind: str) -> Ids:
    return {**ids, "kind": kind, "work_id": ids[f"{kind}_id"]} if kind else ids


def refused_on(app: Flask, handle: str, rules: Iterable[Rule], own: Course, other: Course) -> None:
    """Try all routes with the other course's ids; nothing opens, and nothing changes."""
    before = rows(own.world.database)
    wrong = [
        fault
        for rule in rules
        if rule.arguments - CHOICES
        for ids in mixtures(rule, own.ids, other.ids)
        for fault in attempt(app, handle, rule, ids, other)
    ]
    assert wrong == []
    assert rows(own.world.database) == before


@pytest.mark.parametrize("role", [Role.LEARNER, Role.TUTOR, Role.EDUCATOR])
def test_another_platform_is_out_of_reach(app: Flask, database: Database, role: Role) -> None:
    own = filled(make_world(database, learners=4))
    other = filled(make_world(database, learners=4))
    handle = entered(app, own.world, _one(own.world, role))
    refused_on(app, handle, session_rules(app), own, other)


@pytest.mark.parametrize("role", [Role.LEARNER, Role.TUTOR, Role.EDUCATOR])
def test_another_course_is_out_of_reach(app: Flask, database: Database, role: Role) -> None:
    own = filled(make_world(database, learners=4))
    other = filled(add_course(own.world, learners=4))
    handle = entered(app, own.world, _one(own.world, role))
    refused_on(app, handle, session_rules(app), own, other)


@pytest.mark.parametrize("kind", [SessionKind.DEEP_LINKING, SessionKind.SUBMISSION_REVIEW])
def test_neither_from_other_windows(app: Flask, database: Database, kind: SessionKind) -> None:
    own = filled(make_world(database, learners=4))
    other = filled(add_course(own.world, learners=4))
    message = {"deep_linking": {"deep_link_return_url": "https://lms.example/return"}}
    handle = own.world.handle(own.world.educator, kind, message=message)
    refused_on(app, handle, session_rules(app), own, other)


def test_another_learners_work_is_out_of_reach(app: Flask, database: Database) -> None:
    """The author's and the peer's own pages are not a third learner's."""
    course = filled(make_world(database, learners=4))
    handle = entered(app, course.world, course.world.learners[3])
    rules = [r for r in session_rules(app, "learner") if r.arguments - {"handle", "activity_id"}]
    assert rules
    refused_on(app, handle, rules, course, course)


@pytest.mark.parametrize("role", [Role.LEARNER, Role.PARTICIPANT])
def test_a_learner_reaches_nothing_of_the_staff(app: Flask, database: Database, role: Role) -> None:
    course = filled(make_world(database, learners=4))
    handle = entered(app, course.world, course.world.add_learner("Curious", role))
    rules = session_rules(app, "desk", "studio", "deep_linking")
    refused_on(app, handle, rules, course, course)


@pytest.mark.parametrize("role", [Role.TUTOR, Role.EDUCATOR])
def test_staff_do_not_act_as_learners(app: Flask, database: Database, role: Role) -> None:
    course = filled(make_world(database, learners=4))
    handle = entered(app, course.world, _one(course.world, role))
    refused_on(app, handle, session_rules(app, "learner"), course, course)


def test_a_form_does_not_place_another_courses_activity(app: Flask, database: Database) -> None:
    own = filled(make_world(database, learners=4))
    other = filled(add_course(own.world, learners=4))
    with database.write() as session:
        session.get_one(ResourceLink, own.world.resource_link_id).activity_id = None
    handle = own.world.handle(own.world.educator)
    before = rows(database)
    answer = post(app, handle, "/studio/pick", activity=str(other.ids["activity_id"]))
    assert answer.status_code == 404
    assert rows(database) == before


@pytest.mark.parametrize("token", ["", "x", "another"])
def test_a_change_needs_the_token_of_its_own_session(
    app: Flask, database: Database, token: str
) -> None:
    """Without it, or with that of another session of the same person, nothing happens."""
    course = filled(make_world(database, learners=4))
    sent = _token(app, course.world.handle(course.world.tutor)) if token == "another" else token
    for role in (Role.LEARNER, Role.EDUCATOR):
        handle = entered(app, course.world, _one(course.world, role))
        before = rows(database)
        for rule in session_rules(app):
            if "POST" in (rule.methods or ()):
                url = _url(app, rule, handle, _of_kind(course.ids, "reflection"))
                form = {**content(course), "csrf_token": sent}
                assert app.test_client().post(url, data=form).status_code == 403, rule
        assert rows(database) == before


def post(app: Flask, handle: str, path: str, **form: str) -> TestResponse:
    """Send a form with its token."""
    form["csrf_token"] = _token(app, handle)
    return app.test_client().post(f"/s/{handle}{path}", data=form)


def _token(app: Flask, handle: str) -> str:
    services: Services = app.extensions["miroir"]
    return services.secrets.sign("csrf", handle)


def _url(app: Flask, rule: Rule, handle: str, ids: Ids) -> str:
    values = {name: ids[name] for name in rule.arguments - {"handle"}}
    return app.url_map.bind("").build(rule.endpoint, {"handle": handle, **values})


def _one(world: World, role: Role) -> Person:
    staff = {Role.TUTOR: world.tutor, Role.EDUCATOR: world.educator}
    return staff.get(role) or world.learners[0]
