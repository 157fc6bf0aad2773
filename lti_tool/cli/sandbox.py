"""``sandbox``: a small LMS to try the tool in."""

from __future__ import annotations

from pathlib import Path

import click
from werkzeug.serving import run_simple

from lti_tool.sandbox.app import create_app
from lti_tool.sandbox.settings import SandboxSettings


@click.command()
@click.option("--host", default="localhost", show_default=True)
@click.option("--port", default=5001, show_default=True)
@click.option("--data", type=click.Path(path_type=Path), help="File that keeps its state.")
@click.option(
    "--mails", type=click.Path(path_type=Path), help="Folder of mails that the tool wrote."
)
@click.option("--personality", default="moodle", show_default=True, help="Which LMS it acts like.")
def sandbox(host: str, port: int, data: Path | None, mails: Path | None, personality: str) -> None:
    """Serve the sandbox LMS; for trying things out, never for a real course."""
    settings = SandboxSettings(
        base_url=f"http://{host}:{port}",
        data_file=data,
        personality=personality,
        mail_folder=mails,
    )
    run_simple(host, port, create_app(settings), threaded=True)
