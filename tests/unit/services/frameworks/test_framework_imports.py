from __future__ import annotations

import json
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from lti_tool.errors import InvalidInput, NotFound, Stale
from lti_tool.models import Database
from lti_tool.models.activities import ActivityCompetency
from lti_tool.models.frameworks import Competency, CompetencyFramework, FrameworkUpload
from lti_tool.models.participations import Participation, SelfRating
from lti_tool.rules.frameworks import FrameworkDraft
from lti_tool.rules.vocabulary import Moment
from lti_tool.schemas.frameworks import Choices, read_framework
from lti_tool.services.activities.target_levels import targets_of
from lti_tool.services.frameworks.exports import FrameworkExports
from lti_tool.services.frameworks.imports import FrameworkImports
from tests.factories.frameworks import A1, A2, DOCUMENT, PLAIN_CSV, A, as_bytes, case_package
from tests.factories.world import World, make_world

Change = Callable[[dict], None]  # type: ignore[type-arg]


def draft_of(change: Change = lambda _package: None, scale: str = "") -> FrameworkDraft:
    package = case_package()
    change(package)
    return read_framework(as_bytes(package), Choices(scale=scale))


def stored(database: Database, identifier: str = A1) -> Competency:
    with database.read() as session:
        return session.scalars(select(Competency).where(Competency.identifier == identifier)).one()


def use(world: World, competency_id: uuid.UUID) -> None:
    with world.database.write() as session:
        session.add(ActivityCompetency(activity_id=world.activity_id, competency_id=competency_id))


def rate(world: World, competency_id: uuid.UUID, level: int) -> None:
    with world.database.write() as session:
        going = Participation(
            activity_id=world.activity_id,
            user_id=world.learners[0].user_id,
            resource_link_id=world.resource_link_id,
        )
        session.add(going)
        session.flush()
        session.add(
            SelfRating(
                participation_id=going.id,
                competency_id=competency_id,
                moment=Moment.BEFORE,
                level=level,
            )
        )


def test_a_preview_changes_nothing_and_the_import_does_what_it_said(database: Database) -> None:
    imports = FrameworkImports(database)
    plan = imports.plan(None, draft_of())
    assert (plan.is_new, plan.added.count, plan.same, plan.changed.count) == (True, 3, 0, 0)
    assert [line.code for line in plan.added.lines] == ["A", "A.1", "A.2"]
    assert [label["en"] for label in plan.levels][::3] == ["Discovering", "Guiding others"]
    with database.read() as session:
        assert session.scalar(select(func.count()).where(Competency.identifier == A)) == 0
    done = imports.apply(None, draft_of(), plan.seen)
    assert done.done_id is not None
    item = stored(database)
    assert (item.depth, item.position, item.parent_id) == (1, 2, stored(database, A).id)
    assert item.statement == {"en": "Welcomes readers", "fr": "Accueille le public"}
    with database.read() as session:
        framework = session.get_one(CompetencyFramework, done.done_id)
        assert [level.is_default for level in framework.levels] == [False, False, True, False]


def test_importing_the_same_again_changes_nothing(database: Database) -> None:
    imports = FrameworkImports(database)
    first = imports.apply(None, draft_of())
    again = imports.plan(None, draft_of())
    assert (again.is_empty, again.same, again.framework_id) == (True, 3, first.done_id)
    assert imports.apply(None, draft_of()).done_id == first.done_id


def changed(package: dict) -> None:  # type: ignore[type-arg]
    package["CFItems"][1]["fullStatement"] = "Greets readers"
    del package["CFItems"][2]
    package["CFItems"][0]["humanCodingScheme"] = "Z"


def test_a_new_edition_changes_in_place_and_keeps_what_is_in_use(database: Database) -> None:
    world, imports = make_world(database), FrameworkImports(database)
    imports.apply(None, draft_of())
    before, dropped = stored(database), stored(database, A2)
    use(world, dropped.id)
    plan = imports.plan(None, draft_of(changed))
    assert (plan.changed.count, plan.retired.count, plan.removed.count) == (2, 1, 0)
    assert plan.changed.lines[1].was["en"] == "Welcomes readers"
    imports.apply(None, draft_of(changed), plan.seen)
    assert stored(database).id == before.id
    assert stored(database).statement["en"] == "Greets readers"
    assert stored(database, A2).retired_at is not None
    back = imports.apply(None, draft_of())
    assert (back.returned.count, back.changed.count) == (1, 2)
    assert stored(database, A2).id == dropped.id
    assert stored(database, A2).retired_at is None


def test_what_nobody_uses_is_removed_with_all_below_it(database: Database) -> None:
    imports = FrameworkImports(database)
    imports.apply(None, draft_of())
    small = read_framework(
        b"row,identifier,code,title\nframework,%b,,Reading room\n,%b,A.1,Welcomes readers\n"
        % (DOCUMENT.encode(), A1.encode()),
        Choices(),
    )
    plan = imports.apply(None, small)
    assert (plan.removed.count, plan.changed.count) == (2, 1)
    assert stored(database).parent_id is None
    assert stored(database).extra["case"]["alternativeLabel"] == "Welcome"


def test_a_scale_with_fewer_levels_than_are_in_use_is_refused(database: Database) -> None:
    world, imports = make_world(database), FrameworkImports(database)
    imports.apply(None, draft_of(scale="digcomp"))
    rate(world, stored(database).id, 7)
    with pytest.raises(InvalidInput) as caught:
        imports.plan(None, draft_of(scale="four"))
    assert "up to level 7" in caught.value.fields["file"][0]
    plan = imports.apply(None, draft_of(scale="eqf"))
    assert len(plan.levels) == 8


def test_a_suggested_level_that_a_shorter_scale_has_not_is_suggested_no_more(
    database: Database,
) -> None:
    world, imports = make_world(database), FrameworkImports(database)
    imports.apply(None, draft_of(scale="digcomp"))
    suggested = {stored(database).id: 7, stored(database, A2).id: 3}
    with database.write() as session:
        for key, level in suggested.items():
            where = {"activity_id": world.activity_id, "competency_id": key}
            session.add(ActivityCompetency(**where, target_level=level))
    imports.apply(None, draft_of(scale="four"))
    with database.read() as session:
        assert targets_of(session, world.activity_id) == {stored(database, A2).id: 3}


def test_two_previews_have_one_winner(database: Database) -> None:
    imports = FrameworkImports(database)
    first, second = imports.plan(None, draft_of()), imports.plan(None, draft_of())
    imports.apply(None, draft_of(), first.seen)
    with pytest.raises(Stale):
        imports.apply(None, draft_of(changed), second.seen)


def test_a_failing_import_leaves_nothing(database: Database) -> None:
    imports = FrameworkImports(database)

    def fail(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.apply(None, draft_of(), None, fail)
    assert imports.plan(None, draft_of()).is_new


def test_platforms_have_their_own(database: Database) -> None:
    world, other = make_world(database), make_world(database)
    imports, exports = FrameworkImports(database), FrameworkExports(database, "https://tool")
    done = imports.apply(world.registration_id, draft_of())
    assert imports.plan(other.registration_id, draft_of()).is_new
    assert imports.plan(None, draft_of()).is_new
    assert done.done_id is not None
    with pytest.raises(NotFound):
        exports.export(done.done_id, "case", other.viewer(other.educator))


def test_all_formats_come_back_from_the_database(database: Database) -> None:
    imports, exports = FrameworkImports(database), FrameworkExports(database, "https://tool")
    for content in (as_bytes(case_package()), PLAIN_CSV.encode()):
        done = imports.apply(None, read_framework(content, Choices()))
        assert done.done_id is not None
        for form in ("case", "moodle", "csv"):
            out = b"".join(exports.export(done.done_id, form).pieces)
            again = imports.plan(None, read_framework(out, Choices(ours="https://tool")))
            assert (again.same + again.quiet, again.about) == (again.total, False), form
            assert not again.warnings or form == "moodle", again.warnings


def test_case_from_the_database_has_all_that_came_in(database: Database) -> None:
    imports, exports = FrameworkImports(database), FrameworkExports(database, "https://tool")
    done = imports.apply(None, draft_of())
    assert done.done_id is not None
    out = json.loads(b"".join(exports.export(done.done_id, "case").pieces))
    package = case_package()
    for name in ("CFItems", "CFAssociations"):
        known = {one["identifier"]: one for one in out[name]}
        for one in package[name]:
            assert one.items() <= known[one["identifier"]].items()
    assert package["CFDocument"]["subject"] == out["CFDocument"]["subject"]


def test_an_upload_is_its_owners_for_a_day(database: Database) -> None:
    world, imports = make_world(database), FrameworkImports(database)
    educator, tutor = world.viewer(world.educator), world.viewer(world.tutor)
    old = imports.keep(educator, "a.csv", {}, b"one")
    new = imports.keep(educator, "b.csv", {"scale": "four"}, b"two")
    assert imports.kept(educator, new).content == b"two"
    for viewer, upload in ((tutor, new), (educator, old)):
        with pytest.raises(NotFound):
            imports.kept(viewer, upload)
    imports.forget(educator)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(FrameworkUpload)) == 0
