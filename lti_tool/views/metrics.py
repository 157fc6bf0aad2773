"""What is counted for monitoring (Prometheus), in this process and, with gunicorn, over all.

gunicorn's configuration sets ``PROMETHEUS_MULTIPROC_DIR`` before this module is loaded; then the
counters live in files there and any process can answer for all.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable

import structlog
from flask import g, request
from flask.sansio.app import App
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import REGISTRY, Collector
from werkzeug.wrappers import Response

from lti_tool.errors import LaunchRefused
from lti_tool.services.health import OutboxFacts, WorkerFacts

LAUNCH = "lti.launch"
"""The endpoint that accepts launches."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REQUESTS = Counter("miroir_requests_total", "Requests answered.", ["endpoint", "method", "status"])
SECONDS = Histogram(
    "miroir_request_seconds",
    "Time to answer a request.",
    ["endpoint"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
LAUNCHES = Counter("miroir_launches_total", "LTI launches that were accepted.")
REFUSED = Counter("miroir_refused_launches_total", "LTI launches that were refused.", ["reason"])


class _OutboxCollector(Collector):
    """The outbox as the database has it at this moment."""

    def __init__(self, facts: OutboxFacts) -> None:
        self.facts = facts

    def collect(self) -> Iterable[Metric]:
        """Return the gauges; called by prometheus-client."""
        messages = GaugeMetricFamily(
            "miroir_outbox_messages", "Scores in the outbox, by state.", labels=["state"]
        )
        for state, count in self.facts.by_state.items():
            messages.add_metric([state.value], count)
        yield messages
        yield GaugeMetricFamily(
            "miroir_outbox_oldest_due_seconds",
            "For how long the score that is due the longest has been due.",
            value=self.facts.oldest_due.total_seconds(),
        )


class _WorkerCollector(Collector):
    """How the workers' steps go, as their last signs of life say."""

    def __init__(self, facts: WorkerFacts) -> None:
        self.facts = facts

    def collect(self) -> Iterable[Metric]:
        """Return counters and gauges; called by prometheus-client."""
        failures = CounterMetricFamily(
            "miroir_step_failures",
            "Failures of a step of background work since its worker started.",
            labels=["step"],
        )
        for step, count in self.facts.step_failures.items():
            failures.add_metric([step], count)
        yield failures
        failing = GaugeMetricFamily(
            "miroir_step_failing",
            "1 for a step of background work that failed when it was last tried.",
            labels=["step"],
        )
        for step in self.facts.failing:
            failing.add_metric([step], 1)
        yield failing


def exposition(facts: OutboxFacts | None, workers: WorkerFacts | None = None) -> bytes:
    """Return all metrics as text; in this process only if the database does not answer."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # untyped library
    else:
        registry.register(REGISTRY)
    if facts is not None:
        registry.register(_OutboxCollector(facts))
    if workers is not None:
        registry.register(_WorkerCollector(workers))
    return generate_latest(registry)


def count_refusal(error: LaunchRefused) -> None:
    """Count a launch that was refused, by its reason."""
    REFUSED.labels(error.reason).inc()


def _start() -> None:
    g.began = time.perf_counter()
    structlog.contextvars.bind_contextvars(request_id=g.get("request_id", ""))


def _end(_error: BaseException | None = None) -> None:
    structlog.contextvars.unbind_contextvars("request_id")


def _count(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    # Anybody may send a method of any name; a label of each would be kept for ever.
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(endpoint, method, response.status_code).inc()
    if endpoint == LAUNCH and response.status_code < 400:
        LAUNCHES.inc()
    if "began" in g:
        SECONDS.labels(endpoint).observe(time.perf_counter() - g.began)
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response


def init_app(app: App) -> None:
    """Count and time every request, and name it in every line that it logs."""
    app.before_request(_start)
    app.after_request(_count)
    app.teardown_request(_end)
