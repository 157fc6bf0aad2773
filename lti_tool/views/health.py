"""For the operator's monitoring: ``/healthz``, ``/readyz`` and ``/metrics``."""

from __future__ import annotations

import structlog
from flask import Blueprint, jsonify
from flask.blueprints import BlueprintSetupState
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from lti_tool.services.health import OutboxFacts, WorkerFacts
from lti_tool.views import metrics
from lti_tool.views.session import services

bp = Blueprint("health", __name__)
log = structlog.get_logger()


@bp.record_once
def _measure(state: BlueprintSetupState) -> None:
    """Count every request of the application that this blueprint is part of."""
    metrics.init_app(state.app)


@bp.get("/healthz")
def alive() -> Response:
    """Tell that this process answers; asks nobody else."""
    return jsonify(status="alive")


@bp.get("/readyz")
def ready() -> tuple[Response, int]:
    """Tell whether the installation works; 503 names what does not."""
    failures = services().health.failures()
    if failures:
        return jsonify(status="not ready", failures=failures), 503
    failing = services().health.workers().failing
    return jsonify(status="ready", **({"failing_steps": failing} if failing else {})), 200


@bp.get("/metrics")
def show_metrics() -> Response:
    """Return all metrics in Prometheus' text format."""
    facts: OutboxFacts | None = None
    workers: WorkerFacts | None = None
    try:
        facts = services().health.outbox()
        workers = services().health.workers()
    except SQLAlchemyError:
        log.warning("metrics_without_database")
    return Response(metrics.exposition(facts, workers), content_type=CONTENT_TYPE_LATEST)
