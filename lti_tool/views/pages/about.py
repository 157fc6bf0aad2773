"""Why Miroir treats a person as it does: what the platform told at the launch, in words."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.i18n import gettext as _
from lti_tool.rules.vocabulary import PlatformFamily, Role
from lti_tool.services.launches.told import Told
from lti_tool.views.guards import allow, everyone
from lti_tool.views.render import page
from lti_tool.views.session import services, session_blueprint, viewer

bp = session_blueprint("about", __name__)


@dataclass(frozen=True, slots=True)
class Words:
    """A heading and what explains it."""

    title: str
    text: str


@bp.get("/about")
@allow(*everyone)
def about() -> str:
    """Show what the platform told of the person, and what we made of it."""
    told = services().launches.told(viewer())
    return page(
        "home/about.html", told=told, role_words=role_words(told), name_words=name_words(told)
    )


def role_words(told: Told) -> Words:
    """Return why the person has this role."""
    title = {
        Role.PARTICIPANT: _("You are here as a learner"),
        Role.LEARNER: _("You are here as a learner"),
        Role.TUTOR: _("You are here as a tutor"),
        Role.EDUCATOR: _("You are here as an educator"),
    }[told.role]
    if told.granted:
        return Words(title, _("An educator of this course gave you this role in Miroir."))
    if told.role is not told.launched:
        text = _(
            "Your learning platform opened Miroir for a teacher, but its list of this course has"
            " you as a learner: that is a teacher who does not edit the course, here a tutor."
        )
        return Words(title, text)
    if told.role is Role.PARTICIPANT:
        text = _("Your learning platform sent no role that we know, so you have no other rights.")
        return Words(title, text)
    return Words(title, _("Your learning platform said so when it opened Miroir."))


def name_words(told: Told) -> str:
    """Return which setting makes a platform tell names."""
    setting = {
        PlatformFamily.MOODLE: _("In Moodle: Manage tools, Privacy, “Share launcher's name”."),
        PlatformFamily.CANVAS: _("In Canvas: the developer key's privacy level “Public”."),
        PlatformFamily.OPENEDX: _("In Open edX: “Request user's username” of the LTI component."),
    }.get(told.family, _("The privacy settings of the tool there decide about that."))
    return " ".join((_("The platform did not tell it; you may choose one here."), setting))
