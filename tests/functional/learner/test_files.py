"""Files of answers: adding them with script and without, who may open them, and their end."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from lti_tool import clock
from lti_tool.models.activities import Activity, Prompt
from lti_tool.models.attachments import Attachment
from lti_tool.models.moderation import ModerationDecision
from lti_tool.models.reflections import Reflection
from lti_tool.rules.vocabulary import Anonymity, Audience
from lti_tool.services.container import Services
from lti_tool.services.sweeps import Sweeps
from tests.factories.cohorts import add_cohort
from tests.factories.files import pdf, picture
from tests.factories.learning import WORDS, rate, reflect, respond
from tests.factories.world import World
from tests.functional.learner.conftest import Tab, TabMaker

IMAGE = re.compile(r'<img src="([^"]+)" alt="([^"]*)" loading')
LINK = re.compile(r'<a href="([^"]+)" download="([^"]+)"')
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def one(world: World, tab: TabMaker) -> Tab:
    """Return the tab of a learner who has rated; the second question is for tutors only."""
    rate(world, world.learners[0])
    with world.database.write() as session:
        second = update(Prompt).where(Prompt.id == world.prompt_ids[1])
        session.execute(second.values(audience=Audience.TUTOR, required=False))
    return tab(world.learners[0])


def field(world: World, prompt: int = 0) -> str:
    return f"answer-{world.prompt_ids[prompt]}"


def add(
    tab: Tab, world: World, name: str, content: bytes, script: bool = True, prompt: int = 0
) -> TestResponse:
    """Add a file as the page's script does, or as its form, with all that was typed."""
    tab.get("/now")
    key = world.prompt_ids[prompt]
    typed = {} if script else {field(world): "Typed so far", "csrf_token": tab.csrf}
    return tab.client.post(
        tab.url(f"/now/files?prompt={key}"),
        data={f"file-new-{key}": (io.BytesIO(content), name), **typed},
        headers={"Accept": "application/json", "X-CSRF-Token": tab.csrf} if script else {},
    )


def opens(tab: Tab, *addresses: str) -> list[int]:
    """Return with which status each address is answered."""
    found = []
    for address in addresses:
        with tab.client.get(address) as answer:
            found.append(answer.status_code)
    return found


def rows(world: World) -> list[Attachment]:
    with world.database.read() as session:
        return list(session.scalars(select(Attachment).order_by(Attachment.position)))


def submit(tab: Tab, world: World, **more: str) -> TestResponse:
    return tab.post("/now", **{field(world): WORDS, field(world, 1): "", **more})


@ON_SQLITE
def test_without_script_a_file_goes_with_all_that_was_typed(world: World, one: Tab) -> None:
    answer = add(one, world, "me.jpg", picture(), script=False)
    assert answer.status_code == 303
    page = one.read(one.client.get(answer.headers["Location"]))
    assert "The file is added, and your text is kept." in page
    assert "Typed so far" in page
    row = rows(world)[0]
    refused = one.read(add(one, world, "page.html", b"<html>", script=False))
    assert "Files of this kind are not taken" in refused
    assert "Typed so far" in refused
    assert "Say what this picture shows" in one.read(submit(one, world))
    out = one.read(one.post(f"/now/files/{row.id}/remove", **{field(world): "More words"}))
    assert "You can put it back for a day" in out
    assert "More words" in out
    back = one.read(one.post(f"/now/files/{row.id}/put-back", **{field(world): "More words"}))
    assert f"f-file-alt-{row.id}" in back
    assert submit(one, world, **{f"file-alt-{row.id}": "Our desk"}).status_code == 200
    assert IMAGE.findall(one.get("/submission")) == [(one.url(f"/files/{row.id}"), "Our desk")]


@ON_SQLITE
def test_by_script_the_same_file_twice_is_one(world: World, one: Tab) -> None:
    content = pdf()
    for _time in range(2):
        answer = add(one, world, "paper.pdf", content)
        assert answer.status_code == 200
        assert answer.json is not None
        assert LINK.findall(answer.json["html"])[0][1] == "paper.pdf"
    assert len(rows(world)) == 1
    refused = add(one, world, "paper.pdf", b"<html>")
    assert (refused.status_code, refused.content_type) == (422, "application/problem+json")
    assert "paper.pdf" not in refused.text
    for number in range(4):
        add(one, world, f"{number}.txt", str(number).encode())
    assert add(one, world, "paper.pdf", content).status_code == 200  # there already
    full = add(one, world, "more.txt", b"more")
    assert "at most 5 files" in full.text
    row = rows(world)[0]
    removed = one.client.post(
        one.url(f"/now/files/{row.id}/remove"),
        headers={"Accept": "application/json", "X-CSRF-Token": one.csrf},
    )
    assert "Put back" in (removed.json or {})["html"]
    big = one.client.post(
        one.url(f"/now/files?prompt={world.prompt_ids[0]}"),
        data=b"--x\r\n" + b"a" * (14 * 1024 * 1024),
        content_type="multipart/form-data; boundary=x",
        headers={"Accept": "application/json", "X-CSRF-Token": one.csrf},
    )
    assert big.status_code == 413
    assert "at most 10 MB" in big.text


@ON_SQLITE
def test_an_activity_may_take_none(world: World, one: Tab) -> None:
    with world.database.write() as session:
        session.execute(update(Activity).values(takes_files=False))
    assert "Add a picture" not in one.get("/now")
    assert add(one, world, "a.txt", b"a").status_code == 409


def test_who_may_open_a_file_is_who_reads_the_answer(
    world: World, one: Tab, tab: TabMaker, app: Flask
) -> None:
    for name, prompt in (("Amina at the desk.jpg", 0), ("Amina for tutors.txt", 1)):
        add(one, world, name, picture() if prompt == 0 else b"a", prompt=prompt)
    shown, told = rows(world)
    tutor = tab(world.tutor)
    addresses = [one.url(f"/files/{row.id}") for row in (shown, told)]
    submit(one, world, **{f"file-alt-{shown.id}": "Our desk"})
    assert opens(one, *addresses) == [200, 200]
    second = tab(world.learners[1])
    theirs = [second.url(f"/files/{row.id}") for row in (shown, told)]
    assert opens(second, *theirs) == [404, 404]
    desks = [tutor.url(f"/desk/files/{row.id}") for row in (shown, told)]
    assert opens(tutor, *desks) == [404, 404]
    one.post("/submission/send-now")
    assert opens(tutor, *desks) == [200, 200]
    add_cohort(world, "Lyon", [world.learners[1]], [world.tutor])
    assert opens(tutor, *desks) == [404, 404]
    with world.database.write() as session:
        session.execute(update(Activity).values(anonymity=Anonymity.PSEUDONYMS))
    reflect(world, world.learners[1])
    allocation_id = respond(world, world.learners[1])
    assert opens(tutor, *desks) == [404, 404]  # its author may still take the response back
    second.post(f"/new/{allocation_id}/send-now")
    assert opens(tutor, *desks) == [200, 200]  # beside the response of a learner of theirs
    page = second.get(f"/new/{allocation_id}")
    assert IMAGE.findall(page) == [(theirs[0], "Our desk")]
    assert "Amina" not in page
    assert opens(second, *theirs) == [200, 404]
    with second.client.get(theirs[0]) as answer:
        headers = answer.headers
    assert headers["Content-Disposition"] == 'inline; filename="Picture 1.jpg"'
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert headers["Cache-Control"] == "private, no-store"
    for decide in ("withhold", "undo"):
        _decide(world, decide)
        assert opens(second, theirs[0]) == [404 if decide == "withhold" else 200]
    assert opens(one, addresses[0]) == [200]


@ON_SQLITE
def test_a_tutor_withholds_one_file_alone(world: World, one: Tab, tab: TabMaker) -> None:
    """Peers are told so and see the rest; its author and tutors see it; it can be undone."""
    add(one, world, "Amina at the desk.jpg", picture())
    add(one, world, "notes.txt", b"notes")
    shown, told = rows(world)
    submit(one, world, **{f"file-alt-{shown.id}": "Our desk"})
    one.post("/submission/send-now")
    reflect(world, world.learners[1])
    allocation_id = respond(world, world.learners[1])
    second, tutor = tab(world.learners[1]), tab(world.tutor)
    theirs = [second.url(f"/files/{row.id}") for row in (shown, told)]
    work = f"/desk/reflection/{shown.reflection_id}"
    expected = re.search(r'name="expected" value="([^"]*)"', tutor.get(work))[1]
    form = {"file": str(shown.id), "expected": expected}
    assert "Say why; the author reads it." in tutor.post(f"{work}/file", **form).text
    other = form | {"file": str(shown.reflection_id), "file_reason": "x"}
    wrong = tutor.post(f"{work}/file", **other)
    assert wrong.status_code == 422 and opens(second, *theirs) == [200, 200]
    page = tutor.post(f"{work}/file", **form, file_reason="A visitor is to be seen").text
    assert "A file withheld: Amina at the desk.jpg" in page
    assert "Peers do not see it: withheld by the tutor" in page
    assert opens(second, *theirs) == [404, 200]
    read = second.get(f"/new/{allocation_id}")
    assert "A picture: withheld by the tutor" in read
    assert "notes.txt" in read and "Our desk" not in read and "Amina" not in read
    assert opens(one, one.url(f"/files/{shown.id}")) == [200]
    assert opens(tutor, tutor.url(f"/desk/files/{shown.id}")) == [200]
    assert "Peers do not see it: withheld by the tutor" in one.get("/submission")
    assert "A visitor is to be seen" in one.get("/decisions")
    assert "A visitor is to be seen" in tab(world.educator).get("/history")
    undo = re.search(r'action="[^"]*(/desk/decisions/[^"/]+/undo)', tutor.get(work))[1]
    assert tutor.post(undo).status_code == 200
    assert opens(second, *theirs) == [200, 200]


def _decide(world: World, step: str) -> None:
    with world.database.write() as session:
        owned = Attachment.reflection_id == Reflection.id
        reflection = session.scalars(select(Reflection).join(Attachment, owned)).first()
        assert reflection is not None
        if step == "withhold":
            session.add(reflection.withhold(world.tutor.user_id, "Not now"))
        else:
            session.flush()
            last = session.scalars(
                select(ModerationDecision)
                .where(ModerationDecision.reflection_id == reflection.id)
                .order_by(ModerationDecision.at.desc())
            ).first()
            assert last is not None
            session.add(reflection.undo(last, world.tutor.user_id))


def test_a_file_stays_with_the_version_and_ends_with_its_author(
    world: World, one: Tab, services: Services, tmp_path: Path
) -> None:
    add(one, world, "first.txt", b"first")
    add(one, world, "never.txt", b"never handed in")
    first, never = rows(world)
    one.post(f"/now/files/{never.id}/remove")
    submit(one, world)
    one.post("/submission/send-now")
    with world.database.write() as session:
        reflection = session.scalars(select(Reflection)).one()
        session.add(reflection.send_back(world.tutor.user_id, "Another file, please"))
    one.post(f"/now/files/{first.id}/remove")
    add(one, world, "second.txt", b"second")
    submit(one, world)
    page = one.get("/submission")
    assert "Files added:" in page
    assert "second.txt" in page.split("Files added:")[1].split("</p>")[0]
    assert "first.txt" in page.split("Files taken out:")[1].split("</p>")[0]
    store = services.attachments.store
    with time_machine.travel(clock.now() + timedelta(days=2)):
        assert Sweeps(world.database, store).run()["files_removed"] == 1
        store.sweep_all()  # the sweep of this minute may have been at its shelf already
    kept = [path.read_bytes() for path in store.folder.rglob("*") if path.is_file()]
    assert sorted(kept) == [b"first", b"second"]
    viewer = world.viewer(world.learners[0])
    exported = b"".join(services.privacy.export(viewer.registration_id, viewer.user_id))
    with zipfile.ZipFile(io.BytesIO(exported)) as packed:
        files = {name: packed.read(name) for name in packed.namelist() if name[:6] == "files/"}
    assert sorted(files.values()) == [b"first", b"second"]
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        services.privacy.erase(viewer.registration_id, viewer.user_id)
    assert rows(world) == []
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []
