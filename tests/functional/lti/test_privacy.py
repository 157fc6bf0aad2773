"""Data privacy launches, and launches into a course without a link."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.lti import claims as c
from lti_tool.models.launches import LaunchSession
from lti_tool.models.people import Context, Membership, User
from lti_tool.rules.vocabulary import Role, SessionKind
from lti_tool.services.container import Services
from tests.factories.world import make_world
from tests.support.activities import bare_activity
from tests.support.forge import INSTRUCTOR, NO, Forge, handle_in, reason_in

ADMIN = "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"
SCHOOL_ADMIN = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"


def privacy_launch(forge: Forge, message: str = c.DATA_PRIVACY_MESSAGES[0], **changes: Any) -> Any:
    claims = {
        "MESSAGE_TYPE": message,
        "RESOURCE_LINK": NO,
        "CONTEXT": NO,
        "TARGET_LINK_URI": NO,
        **changes,
    }
    return forge.launch(**claims)


def as_admin(forge: Forge, user_id: str = "learner-1") -> str:
    """Open a session of an administrator about somebody; return where it leads."""
    about = {"user_id": user_id, "name": "Lea Learner"}
    told = {"ROLES": [ADMIN], "sub": "admin-1", "name": "Ada Admin", "FOR_USER": about}
    return str(privacy_launch(forge, **told).headers["Location"])


@pytest.mark.parametrize("message", c.DATA_PRIVACY_MESSAGES)
def test_both_names_of_the_message_open_ones_own_data(forge: Forge, message: str) -> None:
    forge.launch()
    answer = privacy_launch(forge, message)
    assert answer.headers["Location"].endswith("/privacy")
    page = forge.browser.get(answer.headers["Location"])
    assert page.status_code == 200
    for words in ("Data of Lea Learner", "This is what Miroir keeps of you.", "A course"):
        assert words in page.text


def test_a_privacy_session_has_no_course_and_no_rights(forge: Forge) -> None:
    extra = {"RESOURCE_LINK": {"id": "l"}, "CONTEXT": {"id": "x"}, "ROLES": [ADMIN, INSTRUCTOR]}
    handle = handle_in(privacy_launch(forge, **extra))
    with forge.services.db.read() as session:
        launch = session.scalars(select(LaunchSession)).one()
        assert (launch.kind, launch.role) == (SessionKind.DATA_PRIVACY, Role.PARTICIPANT)
        assert (launch.context_id, launch.membership_id, launch.resource_link_id) == (None,) * 3
        assert session.scalars(select(Context)).all() == []
    for page in ("studio/choose", "studio/existing", "operator"):
        assert forge.browser.get(f"/s/{handle}/{page}").status_code in (403, 404)
    assert forge.browser.get(f"/s/{handle}/").headers["Location"].endswith("/privacy")


def test_an_administrator_sees_the_person_who_is_named(forge: Forge) -> None:
    forge.launch()
    page = forge.browser.get(as_admin(forge))
    assert "Data of Lea Learner" in page.text
    assert "as an administrator" in page.text


@pytest.mark.parametrize("roles", [[], [INSTRUCTOR], [SCHOOL_ADMIN]])
def test_nobody_else_sees_another_person(forge: Forge, roles: list[str]) -> None:
    forge.launch()
    told = {"ROLES": roles, "sub": "curious", "FOR_USER": {"user_id": "learner-1"}}
    answer = privacy_launch(forge, **told)
    assert (answer.status_code, reason_in(answer)) == (403, "privacy_not_yours")
    assert "somebody else" in answer.text


@pytest.mark.parametrize("about", [{"name": "Lea"}, {"user_id": 5}, {"user_id": "x" * 300}, "Lea"])
def test_a_person_who_is_named_wrongly_is_refused(forge: Forge, about: object) -> None:
    """Else an administrator would see, and erase, their own data instead."""
    answer = privacy_launch(forge, ROLES=[ADMIN], FOR_USER=about)
    assert reason_in(answer) == "claim_malformed"


def test_somebody_unknown_has_no_data(forge: Forge) -> None:
    page = forge.browser.get(as_admin(forge, "nobody-here"))
    assert "Nothing is kept of this person" in page.text
    handle = as_admin(forge, "nobody-here").partition("/s/")[2].partition("/")[0]
    for path in ("privacy/export", "privacy/erase"):
        assert forge.browser.get(f"/s/{handle}/{path}").status_code == 404


def test_another_platform_s_person_with_the_same_id_is_not_meant(app: Flask, forge: Forge) -> None:
    other = Forge(app, app.test_client(), issuer="https://other.example", client_id="other")
    other.connect()
    other.launch(name="Omar Other")
    assert "Nothing is kept of this person" in forge.browser.get(as_admin(forge)).text


def test_the_data_is_handed_out(forge: Forge) -> None:
    forge.launch()
    answer = forge.browser.get(f"{as_admin(forge)}/export")
    assert answer.mimetype == "application/zip"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        told = json.loads(archive.read("data.json"))
    assert told["person"]["name"] == "Lea Learner"
    assert told["memberships_by_user"][0]["context"] == "A course"


def erase(forge: Forge, at: str, **form: str) -> TestResponse:
    """Send the erase page's form as it stands, with the CSRF token."""
    page = forge.browser.get(f"{at}/erase")
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    return forge.browser.post(f"{at}/erase", data={"csrf_token": token, **form})


def test_erasing_shows_what_it_does_and_wants_a_second_step(forge: Forge) -> None:
    forge.launch()
    at = as_admin(forge)
    asked = erase(forge, at)
    assert asked.status_code == 422
    assert "Tick this box first" in asked.text
    done = erase(forge, at, sure="1")
    assert (done.status_code, "The data is erased" in done.text) == (200, True)
    assert "Nothing is kept of this person" in forge.browser.get(at).text
    with forge.services.db.read() as session:
        names = set(session.scalars(select(User.name)))
        assert names == {"", "Ada Admin"}
        assert session.scalars(select(Membership)).all() == []


def test_a_forged_form_erases_nothing(forge: Forge) -> None:
    forge.launch()
    at = as_admin(forge)
    assert forge.browser.post(f"{at}/erase", data={"sure": "1"}).status_code == 403
    assert "Data of Lea Learner" in forge.browser.get(at).text


def test_who_erases_themself_begins_anew(forge: Forge) -> None:
    at = str(privacy_launch(forge).headers["Location"])
    done = erase(forge, at, sure="1")
    assert "no longer knows you" in done.text
    assert "Lea Learner" not in done.text
    assert forge.browser.get(at).status_code == 410
    looked = privacy_launch(forge)
    assert "begun_anew" not in str(looked.headers["Location"])  # to look is not to come back
    back = forge.launch()
    assert handle_in(back) and "said=begun_anew" in str(back.headers["Location"])
    shown = forge.browser.get(back.headers["Location"]).text
    assert "What Miroir kept of you was erased before" in shown
    assert "said" not in str(forge.launch().headers["Location"])


def test_who_comes_back_through_a_new_tab_is_told_too(app: Flask, services: Services) -> None:
    """There the home page leads on, not the launch."""
    services.frameworks.install_builtin()
    world = make_world(services.db, learners=1)
    handle = world.handle(world.learners[0], message={"begins_anew": True})
    assert "said=begun_anew" in app.test_client().get(f"/s/{handle}/").headers["Location"]


def course_launch(forge: Forge, **changes: Any) -> TestResponse:
    told = {"MESSAGE_TYPE": c.CONTEXT_LAUNCH_MESSAGE, "RESOURCE_LINK": NO, **changes}
    return forge.launch(**told)


def test_staff_who_come_without_a_link_see_the_course_s_activities(forge: Forge) -> None:
    answer = course_launch(forge, ROLES=[INSTRUCTOR])
    page = forge.browser.get(answer.headers["Location"])
    assert (page.status_code, "No activity yet" in page.text) == (200, True)
    viewer = forge.services.launches.viewer(handle_in(answer))
    elsewhere = forge.launch(ROLES=[INSTRUCTOR], CONTEXT={"id": "another course"})
    other = forge.services.launches.viewer(handle_in(elsewhere))
    bare_activity(forge.services.db, viewer, viewer.context_id, title="Ours")
    bare_activity(forge.services.db, other, other.context_id, title="Of another course")
    page = forge.browser.get(answer.headers["Location"])
    assert "Ours" in page.text and "Of another course" not in page.text


def test_learners_who_come_without_a_link_are_told_where_to_go(forge: Forge) -> None:
    page = forge.browser.get(course_launch(forge).headers["Location"])
    assert "Open an activity from your course" in page.text


def test_a_launch_into_a_course_needs_a_course(forge: Forge) -> None:
    assert reason_in(course_launch(forge, CONTEXT=NO)) == "claim_missing"


def run(app: Flask, *command: str) -> Result:
    return app.test_cli_runner().invoke(args=["privacy", *command])


def test_commands_export_and_erase(forge: Forge, tmp_path: Path) -> None:
    forge.launch()
    who = ("--platform", forge.client_id, "--user", "learner-1")
    out = tmp_path / "lea.zip"
    assert run(forge.app, "export", *who, "--out", str(out)).exit_code == 0
    assert "README.html" in zipfile.ZipFile(out).namelist()
    shown = run(forge.app, "erase", *who)
    assert "Nothing was changed" in shown.output
    assert "Courses and roles: 1" in shown.output
    assert run(forge.app, "erase", *who, "--yes").output.endswith("Erased.\n")
    assert run(forge.app, "erase", *who, "--yes").exit_code == 1
    assert run(forge.app, "export", "--platform", "none", "--user", "x").exit_code == 1


def test_the_purge_command_counts_unless_told_to_do_it(forge: Forge) -> None:
    forge.launch()
    assert "Nothing was changed" in run(forge.app, "purge", "--older-than", "1").output
    assert run(forge.app, "purge", "--older-than", "0").exit_code == 2
    done = run(forge.app, "purge", "--older-than", "1", "--yes")
    assert (done.exit_code, done.output.endswith("Forgotten.\n")) == (0, True)
