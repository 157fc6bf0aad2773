"""What a tutor took out is out of every way in which a peer could read it."""

from __future__ import annotations

import json

from sqlalchemy import update

from lti_tool import clock
from lti_tool.models import Database
from lti_tool.models.attachments import Attachment
from lti_tool.models.desk import Redaction
from lti_tool.models.reflections import Reflection
from lti_tool.models.responses import Response
from lti_tool.rules.files import FileKind
from lti_tool.rules.flagging import FlagReason
from lti_tool.rules.vocabulary import WorkState
from lti_tool.services.desk.moderation import Moderation
from lti_tool.services.desk.queue import WorkKind
from lti_tool.services.engine import flagging, redacting
from lti_tool.services.privacy.records import Owned, export_rows
from tests.factories.work import add_reflection, add_response
from tests.factories.world import Person, World, make_world


def exported(world: World, person: Person) -> str:
    with world.database.read() as session:
        found = export_rows(session, Owned(person.user_id))
        return json.dumps(list(found.values()), default=str)


def test_a_copy_of_ones_data_has_no_passage_that_was_taken_out_of_a_peers_text(
    database: Database,
) -> None:
    world = make_world(database)
    author, addressee = world.learners[1], world.learners[0]
    mine = add_reflection(world, addressee, state=WorkState.RELEASED)
    text = "<p>Mrs Smith says so.</p>"
    response = add_response(world, mine, author, text, WorkState.RELEASED)
    assert "Mrs Smith" in exported(world, addressee)
    moderation, tutor = Moderation(database), world.viewer(world.tutor)
    where = (tutor, world.activity_id, WorkKind.RESPONSE, response)
    expected = moderation.open(*where).expected
    moderation.redact(*where, "Mrs Smith", "A name.", expected)
    assert "Mrs Smith" not in exported(world, addressee)
    assert "Mrs Smith" in exported(world, author)


def test_who_flagged_and_with_which_words_is_not_told_to_the_author(database: Database) -> None:
    world = make_world(database)
    author, reader = world.learners[1], world.learners[0]
    mine = add_reflection(world, reader, state=WorkState.RELEASED)
    response = add_response(world, mine, author, state=WorkState.RELEASED)
    with database.write() as session:
        work = session.get_one(Response, response)
        words = "He wrote that at our branch."
        flagging.raise_flag(session, work, reader.user_id, FlagReason.HURTFUL, words)
    told = exported(world, author)
    assert "hurtful" in told and "our branch" not in told
    assert str(reader.user_id) not in told
    assert "our branch" in exported(world, reader)


def test_a_withheld_file_is_not_shown_by_adding_it_once_more(database: Database) -> None:
    world = make_world(database)
    mine, theirs = (add_reflection(world, one) for one in world.learners[:2])
    with database.write() as session:
        again, other = ("0" * 64, "1" * 64)
        files = [
            Attachment(
                reflection_id=owner,
                prompt_id=world.prompt_ids[0],
                kind=FileKind.DOCUMENT,
                name="visitors.txt",
                media_type="text/plain",
                size=1,
                sha256=content,
                position=number,
            )
            for number, (owner, content) in enumerate(
                ((mine, again), (mine, again), (mine, other), (theirs, again))
            )
        ]
        work = session.get_one(Reflection, mine)
        decision = work.redact(world.tutor.user_id, "Visitors are named")
        session.add_all([*files, decision])
        session.flush()
        redacting.take_out(session, work, decision, "visitors.txt", files[0].id)
        assert redacting.withheld_files(session, mine) == {files[0].id, files[1].id}
        assert redacting.withheld_files(session, theirs) == frozenset()
        session.execute(update(Redaction).values(lifted_at=clock.now()))
        assert redacting.withheld_files(session, mine) == frozenset()
