"""The document of ``/api/v1`` (OpenAPI 3.1), and the page that shows it to people.

Both are made of the resources themselves and of their schemas, so that they cannot say anything
else. They are in English, as names are; everybody may read them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, jsonify, url_for
from werkzeug.wrappers import Response

from lti_tool.schemas import reading as schemas
from lti_tool.views.api.reading import OPERATIONS, Operation
from lti_tool.views.errors import API
from lti_tool.views.render import page
from lti_tool.views.session import services

bp = Blueprint("description", __name__, url_prefix="/api")
VERSION = "1.0"
ABOUT = (
    "Reads one course of Miroir for an educator, with an access token that they made there."
    " Nothing is changed by it, and nothing that anybody wrote is told."
    " Lists come in pieces: send “next” as “cursor” until it is null."
)
PROBLEMS = {
    "401": "No access token, or one that is not good.",
    "404": "Nothing of this course.",
    "422": "A parameter that cannot be.",
}
REF = "#/components/schemas/"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Property:
    """A property of an answer, for people: its type in words, and the part that it refers to."""

    name: str
    kind: str
    part: str
    said: str


@bp.get("/v1/openapi.json")
def openapi() -> Response:
    """Show the document."""
    return jsonify(document(services().platforms.base_url))


@bp.get("/docs")
def docs() -> str:
    """Show the same to people."""
    found = document(services().platforms.base_url)
    parts = found["components"]["schemas"]
    return page(
        "api/docs.html",
        about=ABOUT,
        server=found["servers"][0]["url"],
        operations=[(_path(one), found["paths"][_path(one)]["get"]) for one in OPERATIONS],
        parts={name: (one["title"], properties(one)) for name, one in parts.items()},
        problems=PROBLEMS,
        document_url=url_for("description.openapi"),
    )


@cache
def document(base_url: str) -> Json:
    """Return the document of an installation."""
    spec = APISpec(
        title="Miroir",
        version=VERSION,
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin()],
        info={"description": ABOUT},
        servers=[{"url": f"{base_url}{API}"}],
        security=[{"token": []}],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for operation in OPERATIONS:
        spec.path(path=_path(operation), operations={"get": _described(operation)})
    found: Json = spec.to_dict()
    for name, part in found["components"]["schemas"].items():
        part["title"] = name
    return found


def properties(part: Json) -> list[Property]:
    """Return the properties of a part of the document, as people read them."""
    return [
        Property(name, *_kind(one), one.get("description", ""))
        for name, one in part["properties"].items()
    ]


def _path(operation: Operation) -> str:
    return operation.path.replace("<uuid:activity_id>", "{activity_id}")


def _described(operation: Operation) -> Json:
    problem = {"application/problem+json": {"schema": schemas.Problem}}
    answer = {"application/json": {"schema": operation.answer}}
    parameters: list[Json] = []
    if "activity_id" in operation.path:
        parameters = [_parameter("activity_id")]
    if operation.is_list:
        parameters.append({"in": "query", "schema": schemas.ListQuery})
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": operation.summary, "content": answer},
            **{
                status: {"description": said, "content": problem}
                for status, said in PROBLEMS.items()
            },
        },
    }


def _parameter(name: str) -> Json:
    return {
        "in": "path",
        "name": name,
        "required": True,
        "description": "“id” of an activity.",
        "schema": {"type": "string", "format": "uuid"},
    }


def _kind(one: Json) -> tuple[str, str]:
    """Return a property's type in words, and the name of the part that it refers to."""
    if "$ref" in one:
        return "", one["$ref"].removeprefix(REF)
    if "anyOf" in one:
        words, part = _kind(one["anyOf"][0])
        return f"{words} or null".strip(), part
    if one.get("type") == "array":
        words, part = _kind(one["items"])
        return f"list of {words}".strip(), part
    if "enum" in one:
        return " | ".join(str(each).replace("None", "null") for each in one["enum"]), ""
    told = one.get("type", "object")
    kinds = [told] if isinstance(told, str) else told
    if "format" in one:
        kinds = [one["format"] if kind == "string" else kind for kind in kinds]
    return " or ".join(kinds), ""
