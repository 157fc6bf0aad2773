"""What each LMS leaves of a link when a course is copied, and what the copy then opens."""

from __future__ import annotations

import pytest

from lti_tool.rules.vocabulary import CopySign
from tests.functional.copies.conftest import MakeSchool, School


def test_a_course_restored_in_moodle_has_its_own_copy(moodle: School) -> None:
    link = moodle.place()
    moodle.open(link, "amina")
    (restored,) = moodle.copy_course()
    page = moodle.open(restored)
    assert "Copied from" in page.text and "nobody’s work came along" in page.text
    first, copy = moodle.activity(link), moodle.activity(restored)
    assert first is not None and copy is not None
    assert (copy.copied_from_id, copy.copied_by_sign) == (first.id, CopySign.ACTIVITY_ID)
    assert (copy.title, copy.copied_at is not None) == (first.title, True)
    assert (moodle.begun(first), moodle.begun(copy)) == (1, 0)
    assert "Reading together" in moodle.open(restored, "amina").text
    assert (moodle.begun(first), moodle.begun(copy)) == (1, 1)


def test_the_copy_has_a_gradebook_column_of_its_own(moodle: School) -> None:
    link = moodle.place()
    moodle.open(link)
    (restored,) = moodle.copy_course()
    moodle.open(restored)
    first, copy = moodle.column(link), moodle.column(restored)
    items = {item["id"]: item for item in moodle.pair.walker.control("line-items")}
    assert len({item["resource_id"] for item in items.values()}) == 1  # as Moodle restores them
    assert first.url != copy.url
    assert (first.resource_link_id, copy.resource_link_id) != (copy.resource_link_id,) * 2


def test_a_duplicate_in_a_moodle_course_is_an_activity_of_its_own(moodle: School) -> None:
    link = moodle.place()
    moodle.open(link)
    twin = moodle.duplicate(link)
    assert "A copy of an activity of this course" in moodle.open(twin).text
    first, copy = moodle.activity(link), moodle.activity(twin)
    assert first is not None and copy is not None
    assert copy.copied_from_id == first.id
    assert copy.title == "Reading together (copy)"


def test_what_an_educator_places_twice_on_purpose_is_one_activity(moodle: School) -> None:
    link = moodle.place()
    moodle.open(link)
    first = moodle.activity(link)
    assert first is not None
    walker = moodle.pair.walker
    page = walker.get(
        f"{walker.open_deep_linking(moodle.tool['client_id']).url.split('/studio')[0]}"
        f"/deep-linking/respond/{first.id}"
    )
    walker.finish_deep_linking(page)
    again = walker.links()[-1]
    assert again["id"] != link["id"]
    moodle.open(again)
    opened = moodle.activity(again)
    assert opened is not None and opened.id == first.id
    twin = moodle.duplicate(again)
    moodle.open(twin)
    copy = moodle.activity(twin)
    assert copy is not None and copy.copied_from_id == first.id


def test_a_course_copied_each_year_brings_the_settings_of_the_last(moodle: School) -> None:
    link = moodle.place()
    moodle.open(link)
    (second,) = moodle.copy_course("2026")
    moodle.open(second)
    moodle.date(second, next_due_at=100)
    (third,) = moodle.copy_course("2027", of=second["course_id"])
    moodle.open(third)
    before, after = moodle.activity(second), moodle.activity(third)
    assert before is not None and after is not None
    assert after.copied_from_id == before.id
    assert after.next_due_at == before.next_due_at


def test_plain_links_of_moodle_are_known_by_course_and_title(moodle: School) -> None:
    link = moodle.attach("A plain link")
    (restored,) = moodle.copy_course()
    moodle.open(restored, "amina")
    first, copy = moodle.activity(link), moodle.activity(restored)
    assert first is not None and copy is not None
    assert (copy.copied_from_id, copy.copied_by_sign) == (first.id, CopySign.COURSE_HISTORY)


def test_canvas_tells_a_history_that_is_cut_and_none_of_links(make_school: MakeSchool) -> None:
    canvas = make_school("canvas")
    link = canvas.attach()
    (copied,) = canvas.copy_course()
    store = canvas.pair.sandbox.extensions["sandbox"].store
    course = store.courses.get(copied["course_id"])
    course.history += [f"older-{number}" for number in range(1000)]
    store.courses.put(course.id, course)
    canvas.open(copied)
    told = str(canvas.pair.walker.control("log")[-5:])
    assert ",truncated" in told and "$ResourceLink.id.history" in told
    first, copy = canvas.activity(link), canvas.activity(copied)
    assert first is not None and copy is not None
    assert copy.copied_from_id == first.id


@pytest.mark.parametrize("family", ["blackboard", "d2l", "sakai"])
def test_some_tell_the_history_of_a_link(make_school: MakeSchool, family: str) -> None:
    school = make_school(family)
    link = school.attach("Before")
    school.attach("Another")
    copied = school.copy_course()[0]
    school.change(copied, title="Renamed meanwhile")
    school.open(copied)
    first, copy = school.activity(link), school.activity(copied)
    assert first is not None and copy is not None
    assert (copy.copied_from_id, copy.copied_by_sign) == (first.id, CopySign.LINK_HISTORY)


def test_open_edx_leaves_only_the_address(make_school: MakeSchool) -> None:
    openedx = make_school("openedx")
    link = openedx.place()
    openedx.change(link, custom={})
    openedx.open(link)
    copied = openedx.duplicate(link)
    openedx.open(copied)
    first, copy = openedx.activity(link), openedx.activity(copied)
    assert first is not None and copy is not None
    assert (copy.copied_from_id, copy.copied_by_sign) == (first.id, CopySign.ACTIVITY_ID)
    assert copy.title == first.title


def test_another_registration_learns_nothing(moodle: School) -> None:
    link = moodle.place("Private prompts")
    moodle.open(link)
    second = moodle.pair.connect("Another school")
    walker = moodle.pair.walker
    course = walker.control("courses", {"title": "Elsewhere"})
    values = {"client_id": second["client_id"], "course_id": course["id"], "title": "Taken"}
    taken = walker.control("links", {**values, "url": link["url"], "custom": link["custom"]})
    assert "not ready yet" in moodle.open(taken, "amina").text
    page = moodle.open(taken)
    assert "A new reflection activity" in page.text and "Private prompts" not in page.text
    assert moodle.activity(taken) is None
