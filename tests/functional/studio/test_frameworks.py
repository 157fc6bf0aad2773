"""An educator looks at frameworks, imports one and takes one along."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool import i18n
from lti_tool.app import services_of
from lti_tool.models.activities import Activity
from lti_tool.models.frameworks import CompetencyFramework
from tests.factories.frameworks import PLAIN_CSV, as_bytes, case_package
from tests.factories.world import Person, World, add_course, make_world

NOT_APPROVED = "In your language: a translation of Miroir, which its publisher has not approved."


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(services_of(app).db)


class Studio:
    """The pages about frameworks as one person gets them."""

    def __init__(self, app: Flask, world: World, person: Person, locale: str = "en") -> None:
        self.client = app.test_client()
        self.base = f"/s/{world.handle(person, locale=locale)}"

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(f"{self.base}/studio/frameworks{path}")
        assert answer.status_code == status, answer.text
        return answer.text

    def upload(self, name: str, content: bytes, **fields: str) -> Any:
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.get(""))[1]
        data = {"csrf_token": token, "file": (io.BytesIO(content), name), **fields}
        return self.client.post(f"{self.base}/studio/frameworks", data=data)

    def confirm(self, address: str) -> Any:
        page = self.client.get(address).text
        hidden = dict(re.findall(r'name="(csrf_token|seen)" value="([^"]*)"', page))
        return self.client.post(address, data=hidden)


@pytest.fixture
def studio(app: Flask, world: World) -> Studio:
    return Studio(app, world, world.educator)


def test_a_file_is_looked_at_and_imported_for_this_platform(app: Flask, studio: Studio) -> None:
    answer = studio.upload("room.json", as_bytes(case_package()), scale="dreyfus")
    assert answer.status_code == 303
    preview = studio.client.get(answer.location).text
    for part in ("A new framework with 3 competencies", "Welcomes readers", "Novice", "CC BY 4.0"):
        assert part in preview
    assert "Reading room" not in studio.get("")
    done = studio.confirm(answer.location)
    assert done.status_code == 303
    shown = studio.client.get(done.location).text
    assert "The framework is imported" in shown and "At the desk" in shown
    assert "imported for this learning platform" in studio.get("")
    assert studio.client.get(answer.location).status_code == 404
    token = re.search(r'name="csrf-token" content="([^"]+)"', shown)[1]
    twice = studio.client.post(answer.location, data={"csrf_token": token})
    assert twice.status_code == 404 and "This file does not wait any more" in twice.text
    other = make_world(services_of(app).db)
    assert "Reading room" not in Studio(app, other, other.educator).get("")


def test_a_new_edition_shows_what_it_changes(studio: Studio) -> None:
    studio.confirm(studio.upload("a.csv", PLAIN_CSV.encode()).location)
    same = studio.upload("a.csv", PLAIN_CSV.encode())
    assert "Nothing would change" in studio.client.get(same.location).text
    again = studio.upload("a.csv", PLAIN_CSV.replace("=other", "'=new").encode())
    preview = studio.client.get(again.location).text
    for part in ("Changed", "Until now:", "=other", "2 stay as they are"):
        assert part in preview


def test_what_other_courses_use_is_its_importers_to_change(
    app: Flask, world: World, studio: Studio
) -> None:
    """Who runs the server may, too; everybody sees who did what."""
    studio.confirm(studio.upload("a.csv", PLAIN_CSV.encode()).location)
    new = PLAIN_CSV.replace("=other", "'=new").encode()
    course = add_course(world)
    other = Studio(app, course, course.educator)
    with world.database.write() as session:
        found = select(CompetencyFramework).where(CompetencyFramework.registration_id.is_not(None))
        framework = session.scalars(found).one()
        assert "1 added" not in other.get(f"/{framework.id}")
        session.get_one(Activity, world.activity_id).framework_id = framework.id
    preview = other.upload("a.csv", new).location
    text = other.client.get(preview).text
    assert "1 activity uses it (in 1 course)" in text and "Not yours to change" in text
    assert world.educator.name in text and "Import it" not in text
    forced = {"csrf_token": re.search(r'name="csrf-token" content="([^"]+)"', text)[1]}
    seen = services_of(app).framework_removal.look(world.viewer(world.educator), framework.id)
    forced["seen"] = seen.seen
    assert other.client.post(preview, data=forced).status_code == 403
    assert studio.confirm(studio.upload("a.csv", new).location).status_code == 303
    assert "0 added, 1 changed, 0 retired or removed" in html.unescape(
        other.get(f"/{framework.id}")
    )


def test_mistakes_stand_at_the_file_with_row_and_column(studio: Studio) -> None:
    answer = studio.upload("a.csv", b"code,title,parent\nA,a,Z\n", url="https://kept.example")
    assert answer.status_code == 422
    assert "Row 2: Its parent “Z” is not there." in answer.text
    assert "https://kept.example" in answer.text
    assert "Choose a file, or give an address." in studio.upload("", b"").text
    refused = studio.upload("", b"", url="http://169.254.169.254/latest").text
    assert "Only public addresses" in refused


def test_a_framework_is_shown_with_its_licence_and_goes_out_in_three_formats(
    app: Flask, world: World, studio: Studio
) -> None:
    link = re.search(r'frameworks/([0-9a-f-]{36})" dir="[a-z]+">DigComp', studio.get(""))[1]
    page = studio.get(f"/{link}")
    for part in ("To articulate information needs", "Level 8: Highly", "by/4.0/", "JRC128415"):
        assert part in page
    for form, begin in (("case", b'{"CFDocument"'), ("moodle", b"Parent ID"), ("csv", b"\xef\xbb")):
        answer = studio.client.get(f"{studio.base}/studio/frameworks/{link}/{form}")
        assert answer.data.startswith(begin)
        assert "attachment" in answer.headers["Content-Disposition"]
    french = Studio(app, world, world.educator, "fr").get(f"/{link}")
    with i18n.use("fr"):
        note = i18n.gettext(NOT_APPROVED)
    assert "Nétiquette" in french and note in html.unescape(french)
    assert NOT_APPROVED not in page


def test_it_is_the_educators(app: Flask, world: World) -> None:
    for person in (world.tutor, world.learners[0]):
        Studio(app, world, person).get("", 403)


def test_a_large_framework_is_shown_branch_by_branch(studio: Studio) -> None:
    rows = "".join(f"K{n},Item {n},{f'K{n // 20}' if n >= 20 else ''}\n" for n in range(1, 401))
    upload = studio.upload("b.csv", f"code,title,parent\n{rows}".encode())
    address = studio.confirm(upload.location).location
    page = studio.client.get(address).text
    assert "Item 19" in page and "Item 21" not in page
    under = re.search(r"(\?under=[0-9a-f-]+)", page)[1]
    below = studio.client.get(address.partition("?")[0] + under).text
    assert "Item 21" in below and 'aria-current="true"' in below


def test_a_framework_goes_that_nothing_uses(app: Flask, studio: Studio, world: World) -> None:
    upload = studio.upload("room.json", as_bytes(case_package()), scale="dreyfus")
    address = studio.confirm(upload.location).location
    found = services_of(app).frameworks.listing()
    mine = next(one for one in found if one.registration)
    assert "Nothing uses it." in studio.client.get(address).text
    place = f"{studio.base}/studio/frameworks/{mine.id}/remove"
    page = studio.client.get(address).text
    sent = dict(re.findall(r'name="(csrf_token|seen)" value="([^"]*)"', page))
    assert "framework_not_sure" in studio.client.post(place, data=sent).location
    with world.database.write() as session:
        session.get_one(Activity, world.activity_id).framework_id = mine.id
    assert "1 activity on this learning platform uses it" in studio.client.get(address).text
    sure = sent | {"sure": "1"}
    assert "framework_used" in studio.client.post(place, data=sure).location
    with world.database.write() as session:
        session.get_one(Activity, world.activity_id).framework_id = None
    assert "framework_removed" in studio.client.post(place, data=sure).location
    assert mine.id not in {one.id for one in services_of(app).frameworks.listing()}
    own = next(one for one in found if not one.registration)
    assert "Remove it" not in studio.get(f"/{own.id}")
    theirs = {**sure, "seen": ""}
    answer = studio.client.post(f"{studio.base}/studio/frameworks/{own.id}/remove", data=theirs)
    assert answer.status_code == 404
