"""``worker``: the background worker, in the foreground of a service manager."""

from __future__ import annotations

import signal

import click
from flask import current_app
from flask.cli import with_appcontext

from lti_tool.tasks import Worker


@click.command()
@with_appcontext
def worker() -> None:
    """Send what is promised to platforms, and do the housekeeping, until stopped.

    Run one or more beside the web server. SIGTERM or Ctrl-C finishes what is being sent.
    """
    work = Worker(current_app.extensions["miroir"], current_app.extensions["miroir.queue"])

    def stop(_number: int, _frame: object) -> None:
        work.stop.set()

    def listen() -> None:
        for kind in (signal.SIGTERM, signal.SIGINT):
            signal.signal(kind, stop)

    work.run(on_start=listen)
