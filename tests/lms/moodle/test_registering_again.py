"""Moodle's choice "Update": the tool is registered again, and all goes on."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.lms.moodle import desk, miroir, plain
from tests.lms.moodle.moodle import PLATFORM, Moodle
from tests.lms.moodle.people import AMINA, NAMES


def test_an_updated_tool_keeps_its_activities_and_grades(moodle: Moodle) -> None:
    module = plain.place(moodle, "Before and after the update")
    before = moodle.tool.run("platforms", "show", PLATFORM)
    admin = moodle.administration
    page, frame = admin.begin_registration(moodle.tool.invite_update(PLATFORM))
    moodle.album.take(page, "update-choice")
    admin.choose_update(frame, moodle.type_id)
    miroir.expect_heading(frame, "Update this connection?")
    miroir.see(frame, "This updates the connection")
    moodle.album.take(page, "update")
    miroir.press(frame, "Update the connection")
    miroir.expect_heading(frame, "The connection is updated")
    # Its frame goes away with the click, which a usual click would wait for.
    frame.get_by_role("button", name="Close now").dispatch_event("click")
    expect(admin.card(moodle.type_id)).to_contain_text("Active")
    assert moodle.tool.run("platforms", "show", PLATFORM) == before
    # Moodle takes the tool out of the activity chooser with an update, whatever was chosen before.
    settings = admin.open_settings(moodle.type_id)
    admin.show_in_chooser(settings)
    admin.save(settings)
    plain.complete(moodle, module, AMINA)
    desk.expect_sent(moodle, module, NAMES[AMINA])
    moodle.course.delete_activity(module)
