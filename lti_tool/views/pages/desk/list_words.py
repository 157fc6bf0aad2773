"""Why a course list could not be read, in plain words, and who can change that."""

from __future__ import annotations

from lti_tool.i18n import gettext as _
from lti_tool.views.pages.desk.words import who

__all__ = ["reason", "who"]


def reason(code: str) -> str:
    """Return the sentence for the stable code of a list that could not be read."""
    nonsense = _("The LMS gave an answer that is no course list.")
    unreachable = _("The LMS cannot be reached.")
    sentences = {
        "token_refused": _("The LMS does not let Miroir read course lists."),
        "unauthorized": _("The LMS does not accept our key at the moment."),
        "forbidden": _(
            "The LMS does not let Miroir read this course’s list. Some do not share large courses."
        ),
        "gone": _("The LMS does not know this course list any more."),
        "refused": _("The LMS did not accept the question for the course list."),
        "not_json": _("The LMS answered with a page instead of data, for instance its login page."),
        "malformed": nonsense,
        "too_large": nonsense,
        "too_many_pages": _("The course list never comes to an end."),
        "other_host": _("The LMS sends Miroir to another address."),
        "redirected": _("The LMS sends Miroir to another address."),
        "forbidden_address": _("The LMS’s address is not one that Miroir may call."),
        "bad_url": _("The LMS’s address is not one that Miroir may call."),
        "timeout": _("The LMS did not answer in time."),
        "no_answer": unreachable,
        "tls": _("The LMS’s certificate is not valid."),
        "rate_limited": _("The LMS asked us to slow down."),
        "server_error": _("The LMS reports a fault of its own."),
    }
    return sentences.get(code) or unreachable
