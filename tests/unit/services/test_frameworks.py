from __future__ import annotations

import json
import uuid

import pytest
from sqlalchemy import func, select

from lti_tool.errors import NotFound
from lti_tool.i18n import LOCALES
from lti_tool.models import Database
from lti_tool.models.frameworks import Competency, CompetencyFramework
from lti_tool.services.frameworks import BUILTIN, Frameworks, competencies_for
from tests.factories.world import make_world


def test_the_builtin_framework_is_complete_in_every_language() -> None:
    data = json.loads(BUILTIN.read_text(encoding="utf-8"))
    texts = [data["title"], *(level[key] for level in data["levels"] for key in level)]
    for group in data["competencies"]:
        texts += [group["statement"], *(child["statement"] for child in group["children"])]
    assert all(set(text) == set(LOCALES) and all(text.values()) for text in texts)


def test_its_identifiers_are_unique_uuids_and_its_codes_never_numeric() -> None:
    data = json.loads(BUILTIN.read_text(encoding="utf-8"))
    items = [item for group in data["competencies"] for item in (group, *group["children"])]
    identifiers = {str(uuid.UUID(item["identifier"])) for item in items}
    assert len(identifiers) == len(items) == 16
    assert not any(item["code"][0].isdigit() for item in items)


def test_installing_again_changes_nothing(database: Database) -> None:
    frameworks = Frameworks(database)
    assert frameworks.install_builtin() == frameworks.install_builtin()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(CompetencyFramework)) == 1
        assert session.scalar(select(func.count()).select_from(Competency)) == 16


def test_installing_brings_texts_up_to_date(database: Database) -> None:
    with database.write() as session:
        competency = session.scalars(select(Competency).where(Competency.code == "A1")).one()
        competency.statement, identifier = {"en": "An older wording"}, competency.id
    Frameworks(database).install_builtin()
    with database.read() as session:
        assert session.get_one(Competency, identifier).statement["en"].startswith("Assesses")


def test_a_framework_is_shown_in_groups_with_its_scale(database: Database) -> None:
    world = make_world(database)
    (framework,) = Frameworks(database).available(world.viewer(world.educator))
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
    assert len(frameworks.available(world.viewer(world.educator))) == 1
    assert len(frameworks.available(other.viewer(other.educator))) == 2


def test_a_group_cannot_be_chosen(database: Database) -> None:
    world = make_world(database)
    viewer = world.viewer(world.educator)
    with database.read() as session:
        group = session.scalars(select(Competency.id).where(Competency.code == "A")).one()
        with pytest.raises(NotFound):
            competencies_for(session, viewer, (group,))
        with pytest.raises(NotFound):
            competencies_for(session, viewer, (uuid.uuid4(),))
