"""What learning records say in words: why a store did not take some."""

from __future__ import annotations

from lti_tool.i18n import gettext as _


def reason(code: str) -> str:
    """Return the sentence for the code of a store's answer; empty if it is none of these."""
    return {
        "records_not_valid": _("The record store finds this record not valid."),
        "records_unauthorized": _(
            "The record store does not know this user, or the password is wrong."
        ),
        "records_forbidden": _("The record store does not let this user do that."),
        "records_not_found": _("There is no record store at this address."),
        "records_known": _("The record store has this record already."),
        "records_too_large": _("The record store does not take messages of that size."),
        "records_refused": _("The record store refused the record."),
        "records_password": _(
            "The stored password cannot be read with this installation’s key: set it again."
        ),
        "records_unreachable": _("The record store cannot be reached."),
        "records_fault": _("The record store reports a fault of its own."),
        "records_slow_down": _("The record store asked us to slow down."),
    }.get(code, "")
