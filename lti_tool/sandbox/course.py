"""What an educator does with the activities of a course."""

from typing import Any

from lti_tool.sandbox import gradebook
from lti_tool.sandbox.records import Course, LineItem, Link, Tool
from lti_tool.sandbox.state import Sandbox


def links_of(sandbox: Sandbox, course: Course) -> list[Link]:
    """Return the activities of a course in their order."""
    return [link for link in sandbox.store.links.all() if link.course_id == course.id]


def items_of(sandbox: Sandbox, course: Course) -> list[LineItem]:
    """Return the gradebook's columns of a course."""
    return [item for item in sandbox.store.line_items.all() if item.course_id == course.id]


def add_link(sandbox: Sandbox, course: Course, tool: Tool, **values: Any) -> Link:
    """Make an activity; ``values`` are fields of Link (title and url default to the tool's)."""
    link = Link(
        id=str(sandbox.store.next_number("link")),
        course_id=course.id,
        client_id=tool.client_id,
        **{"title": tool.name, "url": tool.target_link_uri, **values},
    )
    return sandbox.store.links.put(link.id, link)


def duplicate_link(sandbox: Sandbox, link: Link, course: Course | None = None) -> Link:
    """Copy an activity, in its course or into another: same URL and custom, a new id.

    The coupled column is copied with its tag and resourceId, as Moodle's backup does; scores stay.
    """
    target = course or sandbox.store.courses.get(link.course_id)
    tool = sandbox.store.tools.get(link.client_id)
    if target is None or tool is None:
        raise LookupError("the link's course or tool was removed")
    copy = add_link(
        sandbox,
        target,
        tool,
        title=link.title if course else f"{link.title} (copy)",
        url=link.url,
        description=link.description,
        custom=dict(link.custom),
        origin="duplicate",
        history=[link.id, *link.history],
        new_window=link.new_window,
        available=dict(link.available),
        submission=dict(link.submission),
    )
    _copy_columns(sandbox, link, copy)
    return copy


def _copy_columns(sandbox: Sandbox, link: Link, copy: Link) -> None:
    for item in sandbox.store.line_items.all():
        if item.link_id == link.id and item.coupled:
            gradebook.couple(
                sandbox,
                copy,
                copy.title,
                item.maximum,
                resource_id=item.resource_id,
                tag=item.tag,
                submission_review=dict(item.submission_review),
            )


def copy_course(sandbox: Sandbox, course: Course, title: str) -> Course:
    """Copy a course with its activities but without people's work; remembers where it is from."""
    copy = sandbox.add_course(title, [course.id, *course.history])
    copy.roles = dict(course.roles)
    sandbox.store.courses.put(copy.id, copy)
    for link in links_of(sandbox, course):
        duplicate_link(sandbox, link, copy)
    return copy


def delete_link(sandbox: Sandbox, link: Link) -> None:
    """Delete an activity and its coupled column; columns the tool made stay, as in Moodle."""
    for item in sandbox.store.line_items.all():
        if item.link_id != link.id:
            continue
        if item.coupled:
            gradebook.delete_line_item(sandbox, item)
        else:
            item.link_id = ""
            sandbox.store.line_items.put(item.id, item)
    sandbox.store.links.pop(link.id)
