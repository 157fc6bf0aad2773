"""What programs ask that verify a credential: keys, issuers, achievements, what holds no more.

Open Badges 3.0 and Bitstring Status List 1.0. All of it is for everybody, scripts of other sites
included: wallets and badge services run in browsers.
"""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from lti_tool.services.credentials.facts import FOLDER
from lti_tool.services.credentials.public import PublicCredentials
from lti_tool.views.session import services

bp = Blueprint("badges", __name__, url_prefix=FOLDER)


@bp.get("/keys")
def keys() -> Response:
    """Show all keys that signed credentials (RFC 7517)."""
    return _answer(_public().signer.key_set(), "application/jwk-set+json")


@bp.get("/keys/<kid>")
def key(kid: str) -> Response:
    """Show one key: what a credential's ``kid`` leads to."""
    return _answer(_public().signer.key(kid), "application/jwk+json")


@bp.get("/issuers/<uuid:registration_id>")
def issuer(registration_id: uuid.UUID) -> Response:
    """Show who vouches."""
    return _answer(_public().profile(registration_id))


@bp.get("/issuers/<uuid:registration_id>/status/<int(max=2147483647):number>")
def status(registration_id: uuid.UUID, number: int) -> Response:
    """Send a signed status list."""
    signed = _public().status(registration_id, number)
    return _open(Response(signed, mimetype="application/vc+jwt"))


@bp.get("/achievements/<uuid:competency_id>/<locale>")
def achievement(competency_id: uuid.UUID, locale: str) -> Response:
    """Show a competency with its levels."""
    return _answer(_public().achievement(competency_id, locale))


def _answer(told: dict[str, Any], media_type: str = "application/ld+json") -> Response:
    response = jsonify(told)
    response.mimetype = media_type
    return _open(response)


def _open(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _public() -> PublicCredentials:
    return services().public_credentials
