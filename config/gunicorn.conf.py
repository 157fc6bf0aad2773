"""How gunicorn serves Miroir: ``gunicorn -c config/gunicorn.conf.py wsgi:app``.

MIROIR_BIND (127.0.0.1:5000), MIROIR_WEB_WORKERS (2) and MIROIR_WEB_THREADS (4, each) come from the
environment or from ``.env``.
"""

import logging
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from environs import Env

sys.path.insert(0, str(Path(__file__).parents[1]))
from config.logging import formatter
from config.settings import ROOT

env = Env()
if (ROOT / ".env").is_file():
    env.read_env(ROOT / ".env", recurse=False)

bind = env.str("MIROIR_BIND", "127.0.0.1:5000")
workers = env.int("MIROIR_WEB_WORKERS", 2)
threads = env.int("MIROIR_WEB_THREADS", 4)
worker_class = "gthread"
preload_app = True
timeout = 60
graceful_timeout = 30
keepalive = 5
max_requests, max_requests_jitter = 20_000, 2_000
forwarded_allow_ips = ""
# One more door that nobody here needs, and two servers of one user would fight for it.
control_socket_disable = True
errorlog = "-"
loglevel = env.str("MIROIR_LOG_LEVEL", "INFO").lower()

# The path without its query; handles and tokens in it are masked like in every other line.
accesslog = "-"
access_log_format = '%(m)s %(U)s %(s)s %(B)s bytes %(M)s ms %({x-request-id}o)s "%(a)s"'

metrics_dir = (ROOT / env.str("MIROIR_DATA_DIR", "var") / "metrics").resolve()
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics_dir)
# Counters start at zero with the server: files of processes that are gone only pile up.
shutil.rmtree(metrics_dir, ignore_errors=True)
metrics_dir.mkdir(parents=True, exist_ok=True)


def on_starting(_server: Any) -> None:
    """Write gunicorn's own lines as JSON as well."""
    for name in ("gunicorn.error", "gunicorn.access"):
        for handler in logging.getLogger(name).handlers:
            handler.setFormatter(formatter())


def post_worker_init(worker: Any) -> None:
    """Load the signing keys before the first launch waits for them."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        worker.wsgi.extensions["miroir"].keys.current()
    except SQLAlchemyError as error:
        worker.log.warning("no signing key yet: %s", type(error).__name__)


def child_exit(_server: Any, worker: Any) -> None:
    """Take a process that ended out of the gauges."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # untyped library
