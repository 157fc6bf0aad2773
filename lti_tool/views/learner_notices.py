"""What pages of learners say once after a step, by the codes of ``views.notices``."""

from __future__ import annotations

from lti_tool.i18n import gettext as _


def file_sentences() -> dict[str, tuple[str, str]]:
    """Return what is said of files, as ``notices.sentences``."""
    return {
        "file_added": ("done", _("The file is added, and your text is kept.")),
        "file_removed": ("done", _("The file is out. You can put it back for a day.")),
        "file_back": ("done", _("The file is back.")),
        "file_no_room": ("warn", _("There is no room for it any more: remove another file first.")),
    }


def own_work_sentences() -> dict[str, tuple[str, str]]:
    """Return what is said where learners look at all of their work, as ``notices.sentences``."""
    return {
        "took_away": ("done", _("Kept: what you take from it.")),
        "followed_up": ("done", _("Thank you. That is kept with your next step.")),
        "calendar_made": ("done", _("Your calendar has an address now.")),
        "mails_on": ("done", _("Mails come again.")),
        "mails_off": ("done", _("No more mails come. You find everything in Miroir.")),
        "calendar_gone": ("done", _("The address of your calendar does not work any more.")),
        "link_added": ("done", _("The link is added. Tutors see it beside the competency.")),
        "link_removed": ("done", _("The link is gone. Where a level rests on it, it stays noted.")),
        "courses_shared": ("done", _("Tutors of that course can see your other levels now.")),
        "courses_unshared": ("done", _("Tutors of that course no longer see your other levels.")),
    }


def credential_sentences() -> dict[str, tuple[str, str]]:
    """Return what is said of credentials, as ``notices.sentences``."""
    return {
        "credential_made": ("done", _("Here is your credential.")),
        "credential_withdrawn": ("done", _("Withdrawn. It shows as no longer valid from now on.")),
    }


def sharing_sentences() -> dict[str, tuple[str, str]]:
    """Return what is said of links for people outside, as ``notices.sentences``."""
    return {
        "share_changed": ("done", _("Changed. Whoever opens the link sees this from now on.")),
        "share_renewed": ("done", _("Renewed. The same link works for longer.")),
        "share_ended": ("done", _("Ended. The link opens nothing any more.")),
    }
