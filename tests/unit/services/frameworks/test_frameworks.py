from __future__ import annotations

import re
import uuid

import pytest
from sqlalchemy import func, select

from lti_tool.errors import NotFound
from lti_tool.i18n import LOCALES
from lti_tool.models import Database
from lti_tool.models.frameworks import Competency, CompetencyFramework
from lti_tool.rules.frameworks import is_uuid
from lti_tool.rules.licences import Sharing, judge
from lti_tool.services.frameworks.builtin_frameworks import FILES, FOLDER, builtin_drafts
from lti_tool.services.frameworks.frameworks import Frameworks, competencies_for
from tests.factories.world import make_world

OURS = next(builtin_drafts())


def test_our_own_framework_is_complete_in_every_language() -> None:
    texts = [OURS.title]
    texts += [text for level in OURS.levels for text in (level.label, level.description)]
    texts += [item.statement for item in OURS.items]
    assert all(set(text) == set(LOCALES) and all(text.values()) for text in texts)


def test_no_line_of_french_begins_with_its_punctuation() -> None:
    """What stands before a colon in French does not part from it."""
    for name in FILES:
        lines = (FOLDER / f"{name}.json").read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if '"fr":' in line and re.search(" [:;?!»]", line)] == []


@pytest.mark.parametrize("draft", list(builtin_drafts()), ids=lambda draft: draft.title["en"][:12])
def test_what_is_built_in_may_be_shared_and_says_whose_it_is(draft) -> None:  # type: ignore[no-untyped-def]
    assert judge(draft.licence, draft.licence_url, *draft.title.values()).sharing is Sharing.OPEN
    assert draft.source
    assert len({item.identifier for item in draft.items}) == len(draft.items)
    assert all(is_uuid(item.identifier) for item in draft.items)
    assert all(set(item.statement) == set(LOCALES) for item in draft.items)
    assert draft.identifier == OURS.identifier or set(draft.unofficial) | {"en"} == set(LOCALES)
    assert sum(level.is_default for level in draft.levels) == 1


def test_installing_again_changes_nothing(database: Database) -> None:
    frameworks = Frameworks(database)
    assert frameworks.install_builtin() == frameworks.install_builtin()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(CompetencyFramework)) == 4
        assert session.scalar(select(func.count()).select_from(Competency)) == 16 + 8 + 26 + 3


def test_installing_brings_texts_up_to_date(database: Database) -> None:
    with database.write() as session:
        competency = session.scalars(select(Competency).where(Competency.code == "A1")).one()
        competency.statement, identifier = {"en": "An older wording"}, competency.id
        competency.fingerprint = ""
    Frameworks(database).install_builtin()
    with database.read() as session:
        assert session.get_one(Competency, identifier).statement["en"].startswith("Assesses")


def test_a_framework_is_shown_in_groups_with_its_scale(database: Database) -> None:
    world = make_world(database)
    framework = Frameworks(database).available(world.viewer(world.educator))[0]
    assert [level.position for level in framework.levels] == [1, 2, 3, 4]
    assert [group.code for group in framework.groups] == ["A", "B", "C", "D"]
    assert [item.code for item in framework.groups[1].competencies] == ["B1", "B2", "B3"]


def test_a_platform_does_not_see_another_ones_framework(database: Database) -> None:
    world, other = make_world(database), make_world(database)
    with database.write() as session:
        session.add(
            CompetencyFramework(
                registration_id=other.registration_id, identifier="theirs", title={"en": "Theirs"}
            )
        )
    frameworks = Frameworks(database)
    assert len(frameworks.available(world.viewer(world.educator))) == 4
    assert len(frameworks.available(other.viewer(other.educator))) == 5
    assert [one.registration for one in frameworks.listing()][-1] == "Library school"


def test_a_group_cannot_be_chosen(database: Database) -> None:
    world = make_world(database)
    viewer = world.viewer(world.educator)
    with database.read() as session:
        group = session.scalars(select(Competency.id).where(Competency.code == "A")).one()
        with pytest.raises(NotFound):
            competencies_for(session, viewer, (group,))
        with pytest.raises(NotFound):
            competencies_for(session, viewer, (uuid.uuid4(),))
