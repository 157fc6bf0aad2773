"""What monitoring sees."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lti_tool.models import schema
from lti_tool.services.container import Services


def metric(client: FlaskClient, name: str) -> float:
    text = client.get("/metrics").get_data(as_text=True)
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_alive_asks_nobody(client: FlaskClient, services: Services) -> None:
    schema.downgrade(services.db, "base")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "alive"})


def test_ready_says_what_is_missing(client: FlaskClient, services: Services) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert list(answer.get_json()["failures"]) == ["worker"]
    services.health.beat("one")
    assert client.get("/readyz").get_json() == {"status": "ready"}
    schema.downgrade(services.db, "base")
    assert list(client.get("/readyz").get_json()["failures"]) == ["migrations"]


def test_requests_and_refused_launches_are_counted(client: FlaskClient) -> None:
    requests = 'miroir_requests_total{endpoint="lti.launch",method="GET",status="400"}'
    refused = 'miroir_refused_launches_total{reason="direct_visit"}'
    before = metric(client, requests), metric(client, refused)
    assert client.get("/lti/launch").status_code == 400
    assert (metric(client, requests), metric(client, refused)) == (before[0] + 1, before[1] + 1)
    assert metric(client, 'miroir_outbox_messages{state="queued"}') == 0


def test_metrics_survive_a_database_that_is_away(client: FlaskClient, services: Services) -> None:
    schema.downgrade(services.db, "base")
    answer = client.get("/metrics")
    assert answer.status_code == 200 and b"miroir_requests_total" in answer.data
    assert b"miroir_outbox_messages" not in answer.data


def test_every_answer_names_its_request(client: FlaskClient) -> None:
    first, second = (client.get("/healthz").headers["X-Request-Id"] for _ in range(2))
    assert first and first != second


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_monitoring_is_never_cached(app: Flask, path: str) -> None:
    assert app.test_client().get(path).headers["Cache-Control"] == "no-store"
