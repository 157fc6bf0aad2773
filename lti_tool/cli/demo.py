"""``demo``: everything on one machine, with a course to try, started by ``make demo``.

Runs the web server, the worker and the sandbox LMS as processes of their own, restarts whichever
dies, and fills the course on the first start. The tool and the LMS stand on two sites (127.0.0.1
and localhost), so that the tool's frame is a third party, as in real life.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import click

from lti_tool.cli.demo_course import fill_course

FOLDER = Path("var/demo")
TOOL_PORT = int(os.environ.get("MIROIR_DEMO_PORT", "5000"))
LMS_PORT = int(os.environ.get("MIROIR_DEMO_LMS_PORT", "5001"))
TOOL_URL = f"http://127.0.0.1:{TOOL_PORT}"
LMS_URL = f"http://localhost:{LMS_PORT}"
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
START_SECONDS = 60


def demo_environment(folder: Path) -> dict[str, str]:
    """Return the demo's settings; its secret key is made once and kept beside its data."""
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / "secret-key"
    if not key.exists():
        key.write_text(secrets.token_urlsafe(48))
        key.chmod(0o600)
    own = {
        "MIROIR_DATABASE_URL": f"sqlite:///{(folder / 'miroir.sqlite').resolve()}",
        "MIROIR_SECRET_KEY": key.read_text(),
        "MIROIR_BASE_URL": TOOL_URL,
        "MIROIR_DATA_DIR": str(folder.resolve()),
        "MIROIR_ALLOW_LOCAL_PLATFORMS": "true",
        "MIROIR_SMTP_URL": (folder / "mail").resolve().as_uri(),
        "MIROIR_LOG_LEVEL": "WARNING",
    }
    return {**os.environ, **own}


def commands(folder: Path) -> dict[str, list[str]]:
    """Return what runs: the web server, the worker, the LMS."""
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.conf.py"]
    return {
        "Miroir": [*gunicorn, "--bind", f"127.0.0.1:{TOOL_PORT}", "wsgi:app"],
        "worker": [*FLASK, "worker"],
        "LMS": [
            *(*FLASK, "sandbox", "--port", str(LMS_PORT), "--data", str(folder / "lms.sqlite")),
            *("--mails", str(folder / "mail")),
        ],
    }


class Supervisor:
    """Starts the processes, restarts whichever dies, stops them all at the end."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.environment = folder, environment
        self.commands = commands(folder)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """Start one process; what it prints goes to a log file of its own."""
        with (self.folder / f"{name.lower()}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(  # noqa: S603  (our own fixed commands)
                self.commands[name], env=self.environment, stdout=log, stderr=log
            )

    def start_all(self) -> None:
        """Start every process."""
        for name in self.commands:
            self.start(name)

    def watch(self) -> None:
        """Restart what dies, until the person stops the demo."""
        while True:
            time.sleep(1)
            for name, process in list(self.running.items()):
                if process.poll() is not None:
                    click.echo(f"{name} stopped ({process.returncode}); starting it again.")
                    self.start(name)

    def stop(self) -> None:
        """Stop every process."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def refuse_busy_ports() -> None:
    """Stop with one clear line if somebody else listens on our ports."""
    for port in (TOOL_PORT, LMS_PORT):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise click.ClickException(
                    f"Port {port} is in use. Stop what runs there, or choose other ports with"
                    " MIROIR_DEMO_PORT and MIROIR_DEMO_LMS_PORT."
                )


def wait_for(url: str, folder: Path) -> None:
    """Wait until ``url`` answers 200; tell where the log is if it does not."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urlopen(url, timeout=2):  # noqa: S310  (our own address)
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise click.ClickException(f"{url} does not answer; see the logs in {folder}/.")


def link_from(environment: dict[str, str], *command: str) -> str:
    """Return the link that one of the operator's commands prints."""
    answer = subprocess.run(  # noqa: S603  (our own fixed commands)
        [*FLASK, *command], env=environment, check=True, capture_output=True, text=True
    )
    return answer.stdout.strip().splitlines()[-1]


def invite(environment: dict[str, str]) -> str:
    """Return a registration link, as an operator gets it."""
    return link_from(environment, "platforms", "invite", "--name", "Sandbox LMS")


WELCOME = f"""
  Miroir is running inside a small LMS. Open

      {LMS_URL}

  and be anybody in the course with the menu at the top right: an educator, a tutor, a learner.
  The gradebook, the mails and the log of every LTI message are in the LMS's own menu.
  Operator's console (the link opens once; each start of the demo prints another):

      {{console}}

  Data: {FOLDER}/ (remove it to start afresh). Stop with Ctrl-C.
"""


def run() -> None:
    """Run the demo until it is stopped."""
    refuse_busy_ports()
    environment = demo_environment(FOLDER)
    subprocess.run([*FLASK, "db", "upgrade"], env=environment, check=True)  # noqa: S603  (ours)
    supervisor = Supervisor(FOLDER, environment)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        supervisor.start_all()
        for url in (f"{TOOL_URL}/readyz", f"{LMS_URL}/"):
            wait_for(url, FOLDER)
        if not (FOLDER / "filled").exists():
            click.echo("Filling the course: one activity, three learners who went ahead…")
            fill_course(LMS_URL, invite(environment))
            (FOLDER / "filled").touch()
        console = link_from(environment, "operator", "link", "--hours", "24")
        click.echo(WELCOME.format(console=console))
        supervisor.watch()
    except KeyboardInterrupt:
        click.echo("Stopping.")
    finally:
        supervisor.stop()


@click.command()
def demo() -> None:
    """Run the tool, its worker and the sandbox LMS together, with a course to try."""
    run()
