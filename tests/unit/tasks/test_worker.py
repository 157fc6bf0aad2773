"""What a worker does with a loop that meets something nobody thought of."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from lti_tool.services.container import Services
from lti_tool.tasks import Worker, open_queue


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_fails_ends_no_loop_and_is_told(services: Services, tmp_path: Path) -> None:
    queue = open_queue(tmp_path, None)
    worker = Worker(services, queue)
    worker.stop.set()  # it then rests no moment after a failure

    def odd() -> None:
        raise ValueError("nobody thought of this")

    with capture_logs() as lines:
        worker._guarded("deliver", odd)
    assert [(line["event"], line["during"]) for line in lines] == [("work_failed", "deliver")]
    worker._guarded("beat", worker._beat)
    assert services.health.workers().failing == ("deliver",)
    assert services.health.failures() == {}
    worker._guarded("deliver", lambda: None)
    worker._guarded("beat", worker._beat)
    facts = services.health.workers()
    assert (facts.failing, facts.step_failures) == ((), {"deliver": 1})
    queue.close()
