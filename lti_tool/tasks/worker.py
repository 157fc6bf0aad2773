"""The background worker: delivers when woken and every ten seconds, sweeps every minute.

What gradebooks show is read back beside that, in a loop of its own: a slow platform holds up
nothing else.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from threading import Event, Thread

import structlog
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.services.container import Services
from lti_tool.services.health import StepLog
from lti_tool.services.sweeps import Sweeps
from lti_tool.tasks.queue import Queue

DELIVER_SECONDS = 10.0
SWEEP_SECONDS = 60.0
READ_BACK_SECONDS = 300.0
"""How often columns are looked for whose day is over."""
BEAT_SECONDS = 5.0
ROSTER_SECONDS = 5.0
"""How often it is looked for course lists that are due; a tutor may be waiting for one."""
RECOVERY_SECONDS = 2.0
"""Rest after the database failed."""
LISTEN_SECONDS = 0.5
"""How often the queue is looked at; a wake-up takes this long at most."""

log = structlog.get_logger()


class Worker:
    """Runs the background work of one process, until ``stop`` is set."""

    def __init__(self, services: Services, queue: Queue) -> None:
        self.services, self.queue = services, queue
        self.stop = Event()
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.mail_woken = Event()
        self.steps = StepLog()
        self._sweeps = Sweeps(
            services.db,
            services.attachments.store,
            services.link_titles,
            services.mailing.is_set_up,
            self.steps,
        )

    def run(self, on_start: Callable[[], None] = lambda: None) -> None:
        """Work until stopped; then finish what is being sent and leave.

        Listening to the queue is huey's part, which wants the main thread and takes the signals;
        ``on_start`` is called after that and may take them back.
        """
        consumer = self.queue.huey.create_consumer(
            workers=1, periodic=False, max_delay=LISTEN_SECONDS
        )
        consumer.start()
        on_start()
        loops = [
            Thread(target=self._deliver, name="deliver"),
            Thread(target=self._mail, name="mail"),
            Thread(target=self._sweep, name="sweep"),
            Thread(target=self._read_back, name="results"),
            Thread(target=self._read_rosters, name="roster"),
        ]
        for loop in loops:
            loop.start()
        log.info("worker_started", worker=self.name)
        while not self.stop.is_set():
            self._guarded("beat", self._beat)
            self.stop.wait(BEAT_SECONDS)
        self.queue.woken.set()
        self.mail_woken.set()
        consumer.stop(graceful=True)
        for loop in loops:
            loop.join()
        self._guarded("leave", lambda: self.services.health.leave(self.name))
        log.info("worker_stopped", worker=self.name)

    def deliver(self) -> None:
        """Send what is due now."""
        counts = self.services.outbox.deliver_due(self.stop)
        if counts:
            log.info("delivered", **counts)

    def send_mail(self) -> None:
        """Send the mails that are due; nothing that goes to an LMS waits for it."""
        counts = self.services.mailing.deliver_due(self.stop)
        if counts:
            log.info("mailed", **counts)

    def sweep(self) -> None:
        """Do the housekeeping; what it promised is delivered at once."""
        counts = self._sweeps.run()
        if counts:
            log.info("swept", **counts)
        if counts["settled"] or counts["dates_passed"] or counts["promised"]:
            self.queue.woken.set()
        if counts["digests"] or counts["summaries"]:
            self.mail_woken.set()

    def read_rosters(self) -> None:
        """Read the course lists that are due."""
        counts = self.services.roster.run_due(self.stop)
        if counts:
            log.info("rosters_read", **counts)

    def _read_rosters(self) -> None:
        while not self.stop.is_set():
            self._guarded("roster", self.read_rosters)
            self.stop.wait(ROSTER_SECONDS)

    def read_back(self) -> None:
        """Read what gradebooks show, where that is due."""
        counts = self.services.results.read_due(self.stop)
        if counts:
            log.info("results_read", **counts)
        ratings = self.services.companion.reader.read_due(self.stop)
        if ratings:
            log.info("ratings_read", **ratings)

    def _beat(self) -> None:
        self.services.health.beat(self.name, self.steps)

    def _deliver(self) -> None:
        while not self.stop.is_set():
            self.queue.woken.clear()
            self.mail_woken.set()
            self._guarded("deliver", self.deliver)
            self.queue.woken.wait(DELIVER_SECONDS)

    def _mail(self) -> None:
        while not self.stop.is_set():
            self.mail_woken.clear()
            self._guarded("mail", self.send_mail)
            self.mail_woken.wait(DELIVER_SECONDS)

    def _sweep(self) -> None:
        while not self.stop.is_set():
            self._guarded("sweep", self.sweep)
            self.stop.wait(SWEEP_SECONDS)

    def _read_back(self) -> None:
        while not self.stop.is_set():
            self._guarded("read_back", self.read_back)
            self.stop.wait(READ_BACK_SECONDS)

    def _guarded(self, what: str, work: Callable[[], None]) -> None:
        """Do one piece of work; what fails is noted, tried again in its time, and ends nothing."""
        try:
            work()
        except SQLAlchemyError as error:
            log.warning("database_failed", during=what, error=str(error)[:300])
        except Exception:
            # A loop that ended would be missed by nobody: the heartbeat goes on beside it.
            log.exception("work_failed", during=what)
        else:
            self.steps.note(what, went_well=True)
            return
        self.steps.note(what, went_well=False)
        self.stop.wait(RECOVERY_SECONDS)
