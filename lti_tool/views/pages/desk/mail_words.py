"""What the desk says of mails in plain words: whom they reach, and why one did not arrive."""

from __future__ import annotations

from lti_tool.i18n import gettext as _
from lti_tool.rules.nudging import Hindrance
from lti_tool.services.mailing.wishes import Reach
from lti_tool.views.pages.desk.words import who


def reach(value: Reach | None) -> str:
    """Return how a reminder reaches somebody; of whom staff do not know, nothing of the person."""
    if value is None:
        return _("In Miroir, and by mail where one reaches them")
    return {
        Reach.MAIL: _("By mail, and in Miroir"),
        Reach.NO_SERVER: _("In Miroir, when they come next: mail is not set up here"),
        Reach.NO_ADDRESS: _("In Miroir, when they come next: the LMS tells no address"),
        Reach.STOPPED: _("In Miroir, when they come next: they want no mails"),
    }[value]


def hindrance(value: Hindrance) -> str:
    """Return why somebody is not reminded."""
    return {
        Hindrance.GONE: _("Does not take part in the course now"),
        Hindrance.NOT_OPEN: _("The activity is not open yet"),
        Hindrance.ARCHIVED: _("The activity is archived"),
        Hindrance.COMPLETE: _("Has done everything"),
        Hindrance.OVER: _("What is left is closed: give more time first"),
        Hindrance.WAITS: _("Can do nothing now: waits for peers or for a tutor"),
        Hindrance.RECENT: _("Was reminded less than a day ago"),
    }[value]


def reason(code: str) -> str:
    """Return why a mail did not arrive, by the stable code of it; the sentence for any other."""
    sentences = {
        "mail_address": _("The mail server does not know this address."),
        "mail_sender": _("The mail server takes no mail from Miroir’s own address."),
        "mail_content": _("The mail server refused this mail."),
        "mail_login": _("The mail server does not accept Miroir’s password."),
        "mail_certificate": _("The mail server’s certificate is not valid."),
        "mail_unencrypted": _("The mail server offers no encryption."),
        "mail_unreachable": _("The mail server cannot be reached."),
        "mail_server": _("The mail server does not talk to Miroir at the moment."),
        "mail_later": _("The mail server asked to try again later."),
        "gave_up": _("The mail server did not take it for three days."),
    }
    return sentences.get(code) or _("The mail could not be sent.")


def trouble(code: str, who_can_fix: str) -> str:
    """Return why a mail did not arrive, and who can change that."""
    if code == "mail_address":
        return " ".join((reason(code), _("The learner can correct it in the LMS.")))
    return f"{reason(code)} {who(who_can_fix)}".strip()
