"""What the console says in words: families, states, refusals, errors."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.errors import IllegalTransition, InvalidInput, MiroirError, NotFound, WhoCanFix
from lti_tool.i18n import gettext as _
from lti_tool.i18n import ngettext, number
from lti_tool.rules.vocabulary import OutboxState, PlatformFamily
from lti_tool.services.learning_records import noting
from lti_tool.services.mailing import letters
from lti_tool.services.outbox import (
    competency_columns,
    competency_scores,
    ratings,
    renaming,
    scores,
)
from lti_tool.views.pages.desk.mail_words import reason as mail_reason
from lti_tool.views.pages.desk.words import reason as score_reason
from lti_tool.views.pages.operator import record_words

FAMILIES = {
    PlatformFamily.MOODLE: "Moodle",
    PlatformFamily.CANVAS: "Canvas",
    PlatformFamily.SAKAI: "Sakai",
    PlatformFamily.BLACKBOARD: "Blackboard Learn",
    PlatformFamily.D2L: "D2L Brightspace",
    PlatformFamily.OPENEDX: "Open edX",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What happened, and what to do about it."""

    title: str
    advice: str


def family(value: PlatformFamily) -> str:
    """Return a family's name; products keep theirs in every language."""
    return FAMILIES.get(value) or _("Another LMS")


def of_error(error: MiroirError) -> Said:
    """Return the words for what went wrong in the console."""
    if isinstance(error, NotFound):
        return Said(_("There is nothing here"), _("Perhaps it was removed meanwhile."))
    if isinstance(error, IllegalTransition):
        return Said(
            _("That step is no longer possible"), _("Reload the page to see how things stand.")
        )
    if isinstance(error, InvalidInput):
        return Said(_("The form was not complete"), _("Go back and try again."))
    return Said(_("That did not work"), _("The log says more."))


def who(code: str) -> str:
    """Return who can remove the cause of a refusal, as the operator sees them."""
    return {
        WhoCanFix.LEARNER: _("The person, by opening the activity again"),
        WhoCanFix.TEACHER: _("The teacher of the course"),
        WhoCanFix.LMS_ADMIN: _("The LMS's administrator"),
        WhoCanFix.OPERATOR: _("You"),
    }.get(WhoCanFix(code) if code in set(WhoCanFix) else WhoCanFix.OPERATOR, "")


def outbox_state(state: OutboxState) -> str:
    """Return a state of a message in a word."""
    return {
        OutboxState.QUEUED: _("Waiting"),
        OutboxState.SENDING: _("Being sent"),
        OutboxState.SENT: _("Sent"),
        OutboxState.REFUSED: _("Refused"),
        OutboxState.SUPERSEDED: _("Replaced"),
    }[state]


def outbox_kind(kind: str) -> str:
    """Return what kind of message it is; one that this version does not know keeps its code."""
    return {
        scores.KIND: _("Score"),
        renaming.KIND: _("New name of a gradebook column"),
        letters.KIND: _("Mail"),
        competency_columns.KIND: _("Gradebook column of a competency"),
        competency_scores.KIND: _("Level in a gradebook column"),
        noting.KIND: _("Learning record"),
        ratings.KIND: _("Rating of a Moodle competency"),
    }.get(kind, kind)


def outbox_reason(state: OutboxState, code: str, kind: str = "") -> str:
    """Return why a message stands where it stands."""
    if code and kind == letters.KIND:
        return mail_reason(code)
    if code:
        return record_words.reason(code) or score_reason(code)
    return _("Not tried yet") if state is OutboxState.QUEUED else ""


def clock(seconds: int) -> str:
    """Return how far a platform's clock is from ours."""
    if abs(seconds) <= 1:
        return _("the same as ours")
    if seconds > 0:
        return ngettext("%(num)s second ahead", "%(num)s seconds ahead", seconds)
    return ngettext("%(num)s second behind", "%(num)s seconds behind", -seconds)


def counted(how_many: int) -> str:
    """Return the line of what was counted only."""
    return ngettext(
        "%(shown)s more like this was counted in a flood; the log has it.",
        "%(shown)s more like this were counted in a flood; the log has them.",
        how_many,
        shown=number(how_many),
    )


def refusal(code: str) -> Said:
    """Return what a refusal's reason means, and what to do."""
    known = _about_launches() | _about_platforms() | _about_tokens() | _about_registrations()
    return known.get(code) or Said(
        _("The LMS's message does not follow the LTI 1.3 standard"),
        _("The facts name the claim. Pass them on to the LMS's administrator or vendor."),
    )


def _about_launches() -> dict[str, Said]:
    again = _("Nothing to do here: opening the activity from the course again helps.")
    late = Said(_("The launch took too long"), again)
    browser = Said(
        _("The launch did not come from the browser that began it"),
        _("Often a page that was reloaded or bookmarked, or a browser that keeps no cookies."),
    )
    return {
        "state_expired": late,
        "ticket_expired": late,
        **dict.fromkeys(
            ("state_missing", "state_unknown", "nonce_mismatch", "browser_mismatch"), browser
        ),
        "login_used": Said(_("A launch was sent a second time"), again),
        "direct_visit": Said(
            _("Somebody opened the launch address by itself"),
            _("A bookmark or a search engine. It must be opened from a course."),
        ),
        "platform_error": Said(
            _("The LMS ended the login by itself"),
            _("The LMS's session was over or its cookies are blocked in frames; see its own log."),
        ),
        "lti_1_1": Said(
            _("A link still uses the old LTI 1.1"),
            _("In the LMS, replace it by a link of the LTI 1.3 tool."),
        ),
        "deep_linking_type": Said(
            _("A place was chosen that takes no activities"),
            _("Place Miroir where the LMS offers external tools or activities."),
        ),
    }


def _about_platforms() -> dict[str, Said]:
    return {
        "platform_unknown": Said(
            _("The platform is not connected"),
            _("Connect it, or correct issuer and client ID: they must agree letter by letter."),
        ),
        "client_id_missing": Said(
            _("The LMS did not say which of its registrations it means"),
            _("Several are connected under this issuer. In the LMS, the client ID must be sent."),
        ),
        "platform_disabled": Said(
            _("The platform is switched off here"), _("Switch it on again on its page.")
        ),
        "deployment_pending": Said(
            _("A deployment waits for your approval"), _("Approve it on the platform's page.")
        ),
        "deployment_disabled": Said(
            _("The deployment is switched off here"), _("Approve it again on the platform's page.")
        ),
        "key_set_unavailable": Said(
            _("The LMS's keys could not be fetched"),
            _("Run the self-test: address, firewall, DNS or certificate."),
        ),
        "login_incomplete": Said(
            _("The LMS's login request lacks something"),
            _("The facts name it. Check the login URL that the LMS was given."),
        ),
    }


def _about_tokens() -> dict[str, Said]:
    clocks = Said(
        _("The LMS's clock and ours disagree"),
        _("Set the time on both servers by NTP. 30 seconds are allowed."),
    )
    signature = Said(
        _("The signature is not by a key of the LMS"),
        _("Check the key set URL with the self-test; a proxy may show an old key set."),
    )
    identity = Said(
        _("The message is for another registration"),
        _("Compare issuer and client ID, here and in the LMS, letter by letter."),
    )
    return {
        **dict.fromkeys(("token_expired", "token_from_future", "token_too_old"), clocks),
        **dict.fromkeys(("signature_bad", "kid_missing", "kid_unknown", "alg_refused"), signature),
        **dict.fromkeys(("issuer_mismatch", "audience_mismatch"), identity),
    }


def _about_registrations() -> dict[str, Said]:
    again = _("Make a new link under “Connect”.")
    return {
        "invite_unknown": Said(_("The registration link is not one of ours"), again),
        "invite_used": Said(_("The registration link was used already"), again),
        "invite_expired": Said(_("The registration link has expired"), again),
        "issuer_foreign": Said(
            _("The configuration belongs to another platform"),
            _("The registration must be started on the LMS's own administration pages."),
        ),
        "registration_conflict": Said(
            _("A platform that is connected tried to move to other hosts"),
            _("If that is right, correct its addresses on its page."),
        ),
        "platform_failed": Said(
            _("The LMS refused the registration or did not answer"),
            _("The facts show what it said. The link still works."),
        ),
    }
