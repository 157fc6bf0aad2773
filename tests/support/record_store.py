"""A small learning record store: strict about statements, as xAPI's data rules (2.x) say."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Flask, jsonify, request
from werkzeug.wrappers import Response

USER, SECRET = "miroir", "s3cret"
VERSIONS = ("1.0.3", "2.0.0")
IRI = re.compile(r"[a-z][a-z0-9+.-]*://[^\s<>\"]+")
TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
TOP = {"id", "actor", "verb", "object", "result", "context", "timestamp"}
CONTEXT = {"registration", "platform", "language", "contextActivities"}
RESULT = {"score", "completion", "extensions"}


def check(statement: dict[str, Any]) -> None:
    """Fail for what a conformant store refuses, and for anything that could be free text."""
    assert set(statement) <= TOP and {"actor", "verb", "object"} <= set(statement)
    assert str(uuid.UUID(statement["id"])) == statement["id"]
    assert datetime.fromisoformat(statement["timestamp"]).tzinfo is not None
    actor = statement["actor"]
    assert set(actor) == {"objectType", "account"} and actor["objectType"] == "Agent"
    assert set(actor["account"]) == {"homePage", "name"} and all(actor["account"].values())
    assert IRI.fullmatch(actor["account"]["homePage"])
    assert set(statement["verb"]) == {"id", "display"} and IRI.fullmatch(statement["verb"]["id"])
    _language_map(statement["verb"]["display"])
    told = statement["object"]
    if told["objectType"] == "StatementRef":
        assert set(told) == {"objectType", "id"} and uuid.UUID(told["id"])
        return
    _activity({name: value for name, value in told.items() if name != "objectType"})
    _context(statement["context"])
    _result(statement.get("result", {}))


def _language_map(texts: dict[str, str]) -> None:
    assert texts and all(TAG.fullmatch(tag) and text for tag, text in texts.items())


def _activity(told: dict[str, Any]) -> None:
    assert set(told) <= {"id", "definition"} and IRI.fullmatch(told["id"])
    definition = told.get("definition", {})
    assert set(definition) <= {"type", "name"} and IRI.fullmatch(definition["type"])
    if "name" in definition:
        _language_map(definition["name"])


def _context(told: dict[str, Any]) -> None:
    assert set(told) == CONTEXT and uuid.UUID(told["registration"])
    assert TAG.fullmatch(told["language"])
    assert set(told["contextActivities"]) <= {"parent", "grouping", "category"}
    for group in told["contextActivities"].values():
        assert group
        for one in group:
            _activity(one)


def _result(told: dict[str, Any]) -> None:
    assert set(told) <= RESULT
    score = told.get("score", {})
    assert set(score) <= {"scaled", "raw", "min", "max"}
    if score:
        assert score["min"] <= score["raw"] <= score["max"]
        assert -1 <= score.get("scaled", 0) <= 1
    for name, value in told.get("extensions", {}).items():
        assert IRI.fullmatch(name) and isinstance(value, int)


@dataclass
class Kept:
    """What a store was told, and how it answers."""

    by_id: dict[str, dict[str, Any]] = field(default_factory=dict)
    batches: list[int] = field(default_factory=list)
    """Statements of each request that was taken."""
    answers: list[int] = field(default_factory=list)
    """Statuses to answer the next requests with, before any is looked at."""
    headers: list[dict[str, str]] = field(default_factory=list)


def make_store(kept: Kept) -> Flask:
    """Return a store that keeps statements in ``kept``."""
    app = Flask(__name__)

    @app.post("/xapi/statements")
    def post() -> tuple[Response, int]:
        kept.headers.append(dict(request.headers))
        login = request.authorization
        if kept.answers:
            return jsonify({"error": "as told"}), kept.answers.pop(0)
        if login is None or (login.username, login.password) != (USER, SECRET):
            return jsonify({"error": "who?"}), 401
        assert request.headers["X-Experience-API-Version"] in VERSIONS
        statements = request.get_json()
        for one in statements:
            check(one)
        if any(kept.by_id.get(one["id"], one) != one for one in statements):
            return jsonify({"error": "another statement has this id"}), 409
        kept.by_id |= {one["id"]: one for one in statements}
        kept.batches.append(len(statements))
        return jsonify([one["id"] for one in statements]), 200

    @app.get("/xapi/statements")
    def get() -> tuple[Response, int]:
        return jsonify({"statements": [*kept.by_id.values()][:1]}), 200

    return app
