"""The words of the moderation history: what was done, to what, and why."""

from __future__ import annotations

from datetime import date, datetime

from lti_tool.exports.sheets import Value
from lti_tool.i18n import gettext as _
from lti_tool.rules.flagging import FlagReason
from lti_tool.rules.vocabulary import Step
from lti_tool.services.desk.audit import AuditLine


def step(value: Step) -> str:
    """Return what a step is called."""
    return {
        Step.SUBMIT: _("Handed in"),
        Step.TAKE_BACK: _("Taken back"),
        Step.HOLD: _("Held for a tutor"),
        Step.RELEASE: _("Shared"),
        Step.RETURN: _("Returned"),
        Step.WITHHOLD: _("Withheld"),
        Step.UNDO: _("Undone"),
        Step.FLAG: _("Flagged"),
        Step.LEAVE: _("Left as it is"),
        Step.REDACT: _("Part taken out"),
        Step.APPEAL: _("Appealed"),
        Step.WITHDRAW: _("Appeal taken back"),
        Step.UPHOLD: _("Appeal upheld"),
        Step.REJECT: _("Appeal rejected"),
        Step.COMMENT: _("Commented"),
        Step.CONFIRM: _("Level confirmed"),
        Step.ASK_MORE: _("Asked for more"),
        Step.UNMASK: _("Looked who it is"),
    }[value]


def subject(line: AuditLine) -> str:
    """Return what a line is about."""
    name = line.about or _("Somebody without a name")
    return {
        "reflection": _("Reflection by %(name)s", name=name),
        "response": _("Response by %(name)s", name=name),
        "person": name,
    }[line.subject]


def who(line: AuditLine) -> str:
    """Return who did it."""
    if line.who_id is None and not line.who:
        return _("By the activity’s rules")
    return line.who or _("Somebody without a name")


def why(line: AuditLine) -> str:
    """Return why, in words."""
    detail = line.detail
    if line.step is Step.FLAG and detail in set(FlagReason):
        detail = flag_reason(FlagReason(detail))
    return " – ".join(part for part in (detail, line.reason) if part)


def flag_reason(value: FlagReason) -> str:
    """Return why something was flagged."""
    return {
        FlagReason.CONFIDENTIAL: _("It names or shows somebody who should not be in it"),
        FlagReason.HURTFUL: _("It is hurtful"),
        FlagReason.COPIED: _("It is copied"),
        FlagReason.OFF_TOPIC: _("It is empty or about something else"),
        FlagReason.CANNOT_ANSWER: _("Three readers said that they cannot answer it"),
        FlagReason.OTHER: _("Something else"),
    }[value]


def when(line: AuditLine) -> datetime | date:
    """Return the moment; the day where only that is told."""
    return line.at.date() if line.day_only else line.at


def title() -> str:
    """Return what the file is called."""
    return _("History")


def headings() -> list[str]:
    """Return the headings of the file."""
    return [
        _("When"),
        _("Who"),
        _("What"),
        _("To what"),
        _("Activity"),
        _("Why"),
        _("From where"),
    ]


def row(line: AuditLine) -> list[Value]:
    """Return a line as cells of the file."""
    return [
        when(line),
        who(line),
        step(line.step),
        subject(line),
        line.activity,
        why(line),
        line.origin,
    ]
