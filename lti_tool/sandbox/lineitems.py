"""Assignment and Grade Services 2.0: the line items of a course."""

from typing import Any

from flask import Blueprint, Response, request

from lti_tool.sandbox import gradebook, log, services
from lti_tool.sandbox import vocabulary as v
from lti_tool.sandbox.claims import line_item_url
from lti_tool.sandbox.records import LineItem, Tool
from lti_tool.sandbox.state import sandbox

bp = Blueprint("ags", __name__, url_prefix="/lti/services/<course_id>")

_READ = (v.SCOPE_LINE_ITEM, v.SCOPE_LINE_ITEM_READ)


@bp.get("/lineitems")
def list_line_items(course_id: str) -> Response:
    """Return the tool's line items of the course, filtered and paged."""
    log.describe("Line items: list")
    services.check_accept(v.TYPE_LINE_ITEMS)
    tool = services.calling_tool(*_READ)
    services.course_or_fail(course_id)
    style = sandbox().personality.ags_paging
    size = 0 if style == "curly" else sandbox().personality.ags_page_size
    page, link = services.page_of(_matching(tool, course_id), size, style)
    answer = services.json_answer([as_json(item) for item in page], v.TYPE_LINE_ITEMS)
    if link:
        answer.headers["Link"] = link
    return answer


@bp.post("/lineitems")
def create_line_item(course_id: str) -> Response:
    """Make a column for the tool; it is never coupled, so it completes nothing."""
    log.describe("Line items: create")
    services.check_content_type(v.TYPE_LINE_ITEM)
    tool = services.calling_tool(v.SCOPE_LINE_ITEM)
    services.course_or_fail(course_id)
    body = _checked(services.json_body(), tool, course_id)
    item = gradebook.add_line_item(sandbox(), course_id, tool.client_id, **_values(body))
    return services.json_answer({**body, **as_json(item)}, v.TYPE_LINE_ITEM, 201)


@bp.get("/lineitems/<item_id>/lineitem")
def read_line_item(course_id: str, item_id: str) -> Response:
    """Return one line item."""
    log.describe("Line item: read")
    services.check_accept(v.TYPE_LINE_ITEM)
    item = own_item(course_id, item_id, services.calling_tool(*_READ))
    return services.json_answer(as_json(item), v.TYPE_LINE_ITEM)


@bp.put("/lineitems/<item_id>/lineitem")
def replace_line_item(course_id: str, item_id: str) -> Response:
    """Replace a line item wholly: what is left out is blanked, a new maximum rescales scores."""
    log.describe("Line item: replace")
    services.check_content_type(v.TYPE_LINE_ITEM)
    tool = services.calling_tool(v.SCOPE_LINE_ITEM)
    item = own_item(course_id, item_id, tool)
    values = _values(_checked(services.json_body(), tool, course_id))
    if item.coupled:
        values["link_id"] = item.link_id
    gradebook.replace_line_item(sandbox(), item, **values)
    return services.json_answer(as_json(item), v.TYPE_LINE_ITEM)


@bp.delete("/lineitems/<item_id>/lineitem")
def delete_line_item(course_id: str, item_id: str) -> Response:
    """Delete a line item and its scores, where the platform allows it."""
    log.describe("Line item: delete")
    item = own_item(course_id, item_id, services.calling_tool(v.SCOPE_LINE_ITEM))
    name = sandbox().personality.name
    if name == "openedx":
        services.fail(403, "line items cannot be deleted")
    if name == "canvas" and item.coupled:
        services.fail(401, "a coupled line item cannot be deleted")
    gradebook.delete_line_item(sandbox(), item)
    return Response(status=204)


def own_item(course_id: str, item_id: str, tool: Tool) -> LineItem:
    """Return the tool's own line item of the course, or end the request with 404."""
    item = sandbox().store.line_items.get(item_id)
    if item is None or (item.course_id, item.client_id) != (course_id, tool.client_id):
        services.fail(404, "no such line item")
    return item


def as_json(item: LineItem) -> dict[str, Any]:
    """Return a line item as the service tells it."""
    body: dict[str, Any] = {
        "id": line_item_url(sandbox(), item),
        "label": item.label,
        "scoreMaximum": item.maximum,
        "resourceId": item.resource_id,
        "tag": item.tag,
    }
    if item.link_id:
        body["resourceLinkId"] = item.link_id
        body["ltiLinkId"] = item.link_id
    if item.submission_review:
        body["submissionReview"] = item.submission_review
    return body


def _matching(tool: Tool, course_id: str) -> list[LineItem]:
    link_id = request.args.get("resource_link_id") or request.args.get("lti_link_id")
    wanted = {
        "resource_id": request.args.get("resource_id"),
        "tag": request.args.get("tag"),
        "link_id": link_id,
    }
    return [
        item
        for item in sandbox().store.line_items.all()
        if (item.course_id, item.client_id) == (course_id, tool.client_id)
        and all(value in (None, getattr(item, name)) for name, value in wanted.items())
    ]


def _checked(body: dict[str, Any], tool: Tool, course_id: str) -> dict[str, Any]:
    maximum = body.get("scoreMaximum")
    if not body.get("label") or isinstance(maximum, bool):
        services.fail(400, "label and a numeric scoreMaximum are needed")
    if not isinstance(maximum, int | float) or maximum <= 0:
        services.fail(400, "label and a numeric scoreMaximum are needed")
    link_id = body.get("resourceLinkId")
    if sandbox().personality.item_needs_resource:
        _check_strictly(body, maximum)
    if link_id:
        link = sandbox().store.links.get(str(link_id))
        if link is None or (link.course_id, link.client_id) != (course_id, tool.client_id):
            services.fail(_unknown_link_status(), "resourceLinkId is not a link of this tool here")
    return body


def _check_strictly(body: dict[str, Any], maximum: int | float) -> None:
    if not body.get("resourceId") and not body.get("resourceLinkId"):
        services.fail(400, "resourceId or resourceLinkId is needed")
    if maximum != int(maximum) or len(str(body["label"])) > 100 or len(body.get("tag", "")) > 50:
        services.fail(400, "scoreMaximum must be whole, label at most 100, tag at most 50 long")


def _unknown_link_status() -> int:
    return {"moodle": 403, "canvas": 404}.get(sandbox().personality.name, 400)


def _values(body: dict[str, Any]) -> dict[str, Any]:
    review = body.get("submissionReview")
    stored_on_create = sandbox().personality.name != "moodle" or request.method == "PUT"
    return {
        "label": str(body["label"]),
        "maximum": float(body["scoreMaximum"]),
        "resource_id": str(body.get("resourceId") or ""),
        "tag": str(body.get("tag") or ""),
        "link_id": str(body.get("resourceLinkId") or ""),
        "submission_review": review if stored_on_create and isinstance(review, dict) else {},
    }
