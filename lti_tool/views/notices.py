"""What a page says once after a step: codes that travel in the URL, since there is no cookie."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from lti_tool.i18n import gettext as _

PARAMETER = "said"


def sentences() -> dict[str, tuple[str, str]]:
    """Return code → (kind, sentence in the language in force)."""
    return {
        "saved": ("done", _("Saved.")),
        "named": ("done", _("Thank you. This is how others will see you here.")),
        "placed": ("done", _("This link opens the activity now.")),
        "created": ("done", _("The activity is saved.")),
        "saved_new_version": (
            "done",
            _("Saved. Who has begun keeps the questions; the changed ones are asked from now on."),
        ),
        "saved_past_dates": ("warn", _("Saved. Please note that a date is over already.")),
        "draft_saved": ("done", _("Kept. It will be here when you come back.")),
        "submitted": ("done", _("Your reflection is sent.")),
        "already_submitted": (
            "warn",
            _("This was sent already, and a text that was sent is not changed. See it below."),
        ),
        "taken_back": ("done", _("It is yours again: nobody has seen it.")),
        "too_late": ("warn", _("The time to take it back is over: others can read it now.")),
        "sent_now": ("done", _("It is on its way.")),
        "passed_on": ("done", _("Passed on. Here is another reflection.")),
        "nothing_there": ("warn", _("There is no reflection for you to answer just now.")),
        "responded": ("done", _("Your response is sent. Thank you.")),
        "told": ("done", _("Thank you. This was passed on.")),
        "replied_already": ("warn", _("You have written back already: that is possible once.")),
        "committed": ("done", _("Your next step is kept.")),
        "rated": ("done", _("Your rating is kept.")),
    }


def desk_sentences() -> dict[str, tuple[str, str]]:
    """Return what is said at the tutor's desk, as ``sentences``."""
    return {
        "undone": ("done", _("Undone: it stands where it stood before.")),
        "not_undone": ("warn", _("Not undone: something else has happened to it since.")),
        "confirmed": ("done", _("The levels are saved.")),
        "tutor_responded": ("done", _("Your response is shared.")),
        "retried": ("done", _("The score is on its way again.")),
        "not_retried": ("warn", _("Not needed any more: the score was sent, or a newer one is.")),
        "roster_wanted": ("done", _("The course list is asked for. That takes a moment.")),
        "roster_none": ("warn", _("The LMS shares no list of this course with Miroir.")),
    }


def placing_sentences() -> dict[str, tuple[str, str]]:
    """Return what is said where activities are placed and copied, as ``sentences``."""
    return {
        "none_chosen": ("warn", _("Choose at least one activity.")),
        "too_many_chosen": ("warn", _("That is more than can be added at once.")),
        "copy_made": ("done", _("This link opens a copy of that activity’s settings now.")),
        "copy_kept": ("done", _("The dates stay as they are.")),
        "copy_shifted": ("done", _("The dates are moved.")),
        "copy_original": ("done", _("This link opens the original again.")),
        "copy_begun": ("warn", _("Not possible any more: a learner has begun in this copy.")),
    }


def operator_sentences() -> dict[str, tuple[str, str]]:
    """Return what the operator's console says, as ``sentences``."""
    return {
        "platform_connected": ("done", _("The platform is connected. Test it next.")),
        "platform_off": ("done", _("The platform is switched off: nobody can launch from it.")),
        "platform_on": ("done", _("The platform may launch again.")),
        "deployment_on": ("done", _("The deployment is approved.")),
        "deployment_off": ("done", _("The deployment is switched off.")),
        "link_withdrawn": ("done", _("The link does not work any more.")),
        "key_published": ("done", _("The next key is published.")),
        "key_waits": ("warn", _("Nothing was changed: the next key is published already.")),
        "key_rotated": ("done", _("The new key signs from now on.")),
        "message_retried": ("done", _("The message is on its way again.")),
        "all_retried": ("done", _("All of them are on their way again.")),
        "some_retried": ("warn", _("Many are on their way again; press once more for the rest.")),
    }


def notices() -> list[dict[str, str]]:
    """Return what this page has to say first, for the base template."""
    table = {
        **sentences(),
        **desk_sentences(),
        **placing_sentences(),
        **operator_sentences(),
    }
    known = table.get(request.args.get(PARAMETER, ""))
    return [{"kind": known[0], "text": known[1]}] if known else []


def see_other(endpoint: str, notice: str = "", **values: Any) -> Response:
    """Redirect with 303 after a successful POST, with something to say there."""
    if notice:
        values[PARAMETER] = notice
    return redirect(url_for(endpoint, **values), code=303)
