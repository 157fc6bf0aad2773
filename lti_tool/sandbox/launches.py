"""Where launches begin: an activity, the deep linking dialog, the review of a submission."""

from flask import Response, abort, request

from lti_tool.sandbox import people
from lti_tool.sandbox import vocabulary as v
from lti_tool.sandbox.gradebook import score_of
from lti_tool.sandbox.oidc import active_tool, bp, initiate_login
from lti_tool.sandbox.records import Course, LineItem, Link, PendingLaunch
from lti_tool.sandbox.session import ensure_person
from lti_tool.sandbox.state import sandbox


def course_or_404(course_id: str) -> Course:
    """Return the course, or end the request with 404."""
    course = sandbox().store.courses.get(course_id)
    if course is None:
        abort(404)
    return course


def link_or_404(link_id: str) -> Link:
    """Return the activity, or end the request with 404."""
    link = sandbox().store.links.get(link_id)
    if link is None:
        abort(404)
    return link


def item_or_404(item_id: str) -> LineItem:
    """Return the gradebook column, or end the request with 404."""
    item = sandbox().store.line_items.get(item_id)
    if item is None:
        abort(404)
    return item


def require_educator(course_id: str) -> None:
    """End the request with 403 unless the person at the browser teaches the course."""
    if people.role_in(course_or_404(course_id), ensure_person()) != "educator":
        abort(403)


@bp.get("/launch/link/<link_id>")
def launch_link(link_id: str) -> Response:
    """Begin the launch of an activity for the person at the browser."""
    link = link_or_404(link_id)
    tool = active_tool(link.client_id)
    return initiate_login(
        tool,
        PendingLaunch(
            id="",
            client_id=tool.client_id,
            person_id=ensure_person().id,
            course_id=link.course_id,
            message_type=v.RESOURCE_LINK,
            target_link_uri=link.url,
            link_id=link.id,
            document_target=_document_target(),
        ),
    )


@bp.get("/launch/deep-linking/<course_id>/<client_id>")
def launch_deep_linking(course_id: str, client_id: str) -> Response:
    """Begin the dialog in which the educator chooses what to add."""
    tool = active_tool(client_id)
    require_educator(course_id)
    if not tool.deep_linking_uri:
        abort(404)
    return initiate_login(
        tool,
        PendingLaunch(
            id="",
            client_id=tool.client_id,
            person_id=ensure_person().id,
            course_id=course_id,
            message_type=v.DEEP_LINKING,
            target_link_uri=tool.deep_linking_uri,
            document_target=_document_target(),
        ),
    )


@bp.get("/launch/review/<item_id>")
@bp.get("/launch/review/<item_id>/<person_id>")
def launch_review(item_id: str, person_id: str = "") -> Response:
    """Begin the review of somebody's submission; without a person there is no for_user claim."""
    item = item_or_404(item_id)
    tool = active_tool(item.client_id)
    if person_id and score_of(sandbox(), item_id, person_id) is None:
        course = course_or_404(item.course_id)
        person = sandbox().store.people.get(person_id)
        if person is None or people.role_in(course, person) == "none":
            abort(404)
    return initiate_login(
        tool,
        PendingLaunch(
            id="",
            client_id=tool.client_id,
            person_id=ensure_person().id,
            course_id=item.course_id,
            message_type=v.REVIEW,
            target_link_uri=_review_uri(item, tool.target_link_uri),
            link_id=item.link_id,
            line_item_id=item.id,
            for_person_id=person_id,
            document_target=_document_target(),
        ),
    )


def _review_uri(item: LineItem, default: str) -> str:
    link = sandbox().store.links.get(item.link_id)
    return str(item.submission_review.get("url") or (link.url if link else default))


def _document_target() -> str:
    return "window" if request.args.get("window") else "iframe"
