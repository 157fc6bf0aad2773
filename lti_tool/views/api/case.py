"""CASE 1.1 for everybody to read: ``/ims/case/v1p1`` (1EdTech CASE 1.1, REST binding)."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, jsonify, request, url_for
from werkzeug.wrappers import Response

from lti_tool.errors import NotFound
from lti_tool.exports.case import PATH
from lti_tool.rules.frameworks import is_uuid
from lti_tool.services.frameworks.case_server import DEFINITIONS, CaseServer
from lti_tool.views.api.case_queries import BadQuery, Page, page_of, selected
from lti_tool.views.session import services

bp = Blueprint("case", __name__, url_prefix=PATH)
WRAPPED = ("CFConcepts", "CFSubjects", "CFItemTypes")
"""Definitions that the specification answers as a list: the one, and what stands below it."""


@bp.get("/CFDocuments")
def documents() -> Response:
    """List the frameworks that are served."""
    found = page_of(_server().documents(), request.args)
    response = jsonify({"CFDocuments": found.rows})
    response.headers["X-Total-Count"] = str(found.total)
    links = _links(found)
    if links:
        response.headers["Link"] = ", ".join(links)
    return response


@bp.get("/CFDocuments/<identifier>")
def document(identifier: str) -> Response:
    """Show one framework without its items."""
    return _answer(_server().document, identifier)


@bp.get("/CFPackages/<identifier>")
def package(identifier: str) -> Response:
    """Send a whole framework, piece by piece."""
    return Response(_server().package(_checked(identifier)), mimetype="application/json")


@bp.get("/CFItems/<identifier>")
def item(identifier: str) -> Response:
    """Show one item."""
    return _answer(_server().item, identifier)


@bp.get("/CFItemAssociations/<identifier>")
def item_associations(identifier: str) -> Response:
    """Show one item with all its associations."""
    return _answer(_server().item_associations, identifier)


@bp.get("/CFAssociations/<identifier>")
def association(identifier: str) -> Response:
    """Show one association."""
    return _answer(_server().association, identifier)


@bp.get("/CFRubrics/<identifier>")
def rubric(identifier: str) -> Response:
    """Show one rubric; a framework's scale is one."""
    return _answer(_server().rubric, identifier)


@bp.get(f"/<any({', '.join(DEFINITIONS)}):kind>/<identifier>")
def definition(kind: str, identifier: str) -> Response:
    """Show one definition."""
    found = _server().definition(kind, _checked(identifier))
    shown = selected(found, request.args)
    return jsonify({kind: [shown]} if kind in WRAPPED else shown)


@bp.get("/", defaults={"path": ""})
@bp.get("/<path:path>")
def nothing(path: str) -> Response:
    """Answer any other address in CASE's words, too."""
    raise NotFound(path)


@bp.errorhandler(NotFound)
def on_missing(_error: NotFound) -> tuple[Response, int]:
    """Answer what is not there, or not served."""
    return _status("The object is not known here.", "sourcedId", "unknownobject", 404)


@bp.errorhandler(BadQuery)
def on_bad_query(error: BadQuery) -> tuple[Response, int]:
    """Answer parameters that cannot be."""
    return _status(f"{error.parameter} cannot be used.", error.parameter, error.code, 400)


def _server() -> CaseServer:
    return services().case_server


def _checked(identifier: str) -> str:
    """Return an identifier in lower case; raise BadQuery for what is no UUID."""
    lowered = identifier.lower()
    if not is_uuid(lowered):
        raise BadQuery("sourcedId", "invaliduuid")
    return lowered


def _answer(find: Callable[[str], dict[str, Any]], identifier: str) -> Response:
    return jsonify(selected(find(_checked(identifier)), request.args))


def _links(page: Page) -> list[str]:
    """Return the links to other pages (RFC 8288)."""
    last = max(page.total - 1, 0) // page.limit * page.limit if page.limit else 0
    offsets = {"first": 0, "last": last}
    if page.offset > 0:
        offsets["prev"] = max(page.offset - page.limit, 0)
    if page.offset + page.limit < page.total:
        offsets["next"] = page.offset + page.limit
    if not {"prev", "next"} & offsets.keys():
        return []
    here = services().framework_exports.base_url + url_for("case.documents")
    kept: dict[str, Any] = dict(request.args)
    return [
        f'<{here}?{urlencode({**kept, "limit": page.limit, "offset": offset})}>; rel="{name}"'
        for name, offset in offsets.items()
    ]


def _status(description: str, field: str, code: str, status: int) -> tuple[Response, int]:
    """Return an imsx_StatusInfo."""
    body = {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": description,
        "imsx_codeMinor": {
            "imsx_codeMinorField": [
                {"imsx_codeMinorFieldName": field, "imsx_codeMinorFieldValue": code}
            ]
        },
    }
    return jsonify(body), int(HTTPStatus(status))
