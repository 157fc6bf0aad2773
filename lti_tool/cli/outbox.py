"""``outbox list|retry``: what is promised to platforms."""

from __future__ import annotations

import uuid

import click
from flask import current_app
from flask.cli import with_appcontext

from lti_tool.errors import IllegalTransition, NotFound
from lti_tool.rules.vocabulary import OutboxState
from lti_tool.services.outbox.outbox import MessageLine, Outbox


def _outbox() -> Outbox:
    service: Outbox = current_app.extensions["miroir"].outbox
    return service


@click.group()
def outbox() -> None:
    """Show and resend what is promised to platforms: scores, names of columns."""


@outbox.command("list")
@click.option("--state", type=click.Choice([state.value for state in OutboxState]))
@click.option("--limit", default=50, show_default=True, help="How many, the newest first.")
@with_appcontext
def list_messages(state: str | None, limit: int) -> None:
    """List messages: id, state, platform, activity, learner, score, and why one is stuck."""
    lines = _outbox().listing(OutboxState(state) if state else None, limit)
    for line in lines:
        click.echo(_text(line))
    if not lines:
        click.echo("Nothing.")


@outbox.command("retry")
@click.argument("message_id", required=False, type=click.UUID)
@click.option("--all", "everything", is_flag=True, help="Every message that was refused.")
@with_appcontext
def retry_messages(message_id: uuid.UUID | None, everything: bool) -> None:
    """Send one message again, or all that were refused, after the cause was removed."""
    if everything is (message_id is not None):
        raise click.UsageError("Name one message, or say --all.")
    if message_id is None:
        click.echo(f"Queued again: {_outbox().retry_all()}.")
        return
    try:
        _outbox().retry_message(message_id)
    except NotFound as error:
        raise click.ClickException("There is no such message.") from error
    except IllegalTransition as error:
        raise click.ClickException(f"The message is {error.state}; nothing to resend.") from error
    click.echo("Queued again: 1.")


def _text(line: MessageLine) -> str:
    """Return one message as one line, then its trouble on a second one."""
    text = f"{line.id}  {line.state.value:<10}  {line.platform}: {line.activity or line.kind}"
    if line.points is not None:
        text += f"  {line.subject}  {line.points:g} of {line.of:g}"
    text += f"  promised {line.promised_at:%Y-%m-%d %H:%M}"
    if not line.reason:
        return text
    text += f"\n    {line.reason}"
    text += f" ({line.http_status})" if line.http_status else ""
    text += f", attempt {line.attempts}, can be fixed by: {line.who_can_fix or 'nobody'}"
    if line.next_attempt_at:
        text += f", next try {line.next_attempt_at:%Y-%m-%d %H:%M}"
    detail = " ".join(line.detail.split())
    return f"{text}\n    {detail[:200]}" if detail else text
