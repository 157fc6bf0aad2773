"""Plain words for every reason why a launch or a registration is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from lti_tool.errors import LaunchRefused, RegistrationRefused, WhoCanFix
from lti_tool.i18n import gettext as _
from lti_tool.i18n import span
from lti_tool.lti.registration import PlatformConfiguration

MAX_SPAN = 10 * 365 * 86_400
"""Seconds; what is further away is no clock that goes wrong."""
FORBIDDEN = {
    "platform_unknown",
    "platform_disabled",
    "deployment_pending",
    "deployment_disabled",
    "privacy_not_yours",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened, and what to do now."""

    title: str
    text: str
    advice: str


def status_of(reason: str) -> int:
    """Return the HTTP status of a refused launch."""
    if reason in FORBIDDEN:
        return 403
    return 409 if reason == "login_used" else 400


def who_can_fix(who: WhoCanFix) -> str:
    """Return who can remove the cause, in words."""
    return {
        WhoCanFix.LEARNER: _("You: go back to your course and open the activity again."),
        WhoCanFix.TEACHER: _("Your educator."),
        WhoCanFix.LMS_ADMIN: _("The administrator of your learning platform."),
        WhoCanFix.OPERATOR: _("The people who run Miroir."),
    }[who]


def of_launch(error: LaunchRefused) -> Explanation:
    """Return the explanation of a refused launch, in the language in force."""
    by_reason = _for_learners(error) | _for_operators() | _for_administrators() | _clocks(error)
    return by_reason.get(error.reason) or Explanation(
        _("Your learning platform sent something incomplete"),
        _("The message that should open the activity does not follow the LTI 1.3 standard."),
        _("Pass the details below to the administrator of your learning platform."),
    )


def _for_learners(error: LaunchRefused) -> dict[str, Explanation]:
    again = _("Go back to your course and open the activity again.")
    too_late = Explanation(
        _("That took too long"),
        _("For your safety an activity must be opened within a few minutes."),
        again,
    )
    unknown = Explanation(
        _("We could not tell that this is your launch"),
        _("It did not begin in this browser, or something on the way changed it."),
        again,
    )
    return {
        "state_expired": too_late,
        "ticket_expired": too_late,
        "state_missing": unknown,
        "state_unknown": unknown,
        "nonce_mismatch": unknown,
        "login_used": Explanation(
            _("This page was already opened"),
            _("Each time you open an activity, its address works once only."),
            again,
        ),
        "browser_mismatch": Explanation(
            _("Your browser does not keep our cookie"),
            _("Without it we cannot be sure that this launch is yours."),
            _("Allow cookies for this site, then open the activity from your course again."),
        ),
        "direct_visit": Explanation(
            _("Miroir opens from your course"),
            _("This address is for learning platforms; it shows nothing by itself."),
            _("Go to your course and open the activity there."),
        ),
        "platform_error": _platform_error(str(error.facts.get("error", "")), error.who),
    }


def _platform_error(code: str, who: WhoCanFix) -> Explanation:
    """Return words for an OpenID Connect error answer of the LMS."""
    if code in ("login_required", "interaction_required"):
        return Explanation(
            _("You are no longer signed in to your learning platform"),
            _("It did not recognise you, perhaps because it may not use cookies in this frame."),
            _("Sign in there again, or open the activity in a new window."),
        )
    if who is WhoCanFix.LMS_ADMIN:
        return Explanation(
            _("Your learning platform did not accept our request"),
            _("Miroir is probably not set up there as it should be; its reason is below."),
            _("Pass the details below to the administrator of your learning platform."),
        )
    return Explanation(
        _("Your learning platform did not let you in"),
        _("It stopped the launch and told us why; its reason is below."),
        _("Try again from your course. If you changed your account meanwhile, sign in again."),
    )


def _for_operators() -> dict[str, Explanation]:
    unknown = Explanation(
        _("This learning platform is not connected"),
        _("Miroir does not know the platform from which you came."),
        _("The people who run Miroir can connect it; pass the details below to them."),
    )
    stopped = Explanation(
        _("This learning platform is switched off here"),
        _("The people who run Miroir have stopped launches from it."),
        _("What was saved is kept. Ask them, and pass on the details below."),
    )
    return {
        "platform_unknown": unknown,
        "platform_disabled": stopped,
        "deployment_disabled": stopped,
        "deployment_pending": Explanation(
            _("This place is waiting for approval"),
            _(
                "The tool was installed in a part of your learning platform that is new to us."
                " It is on the list of the people who run Miroir, who can approve it."
            ),
            _("Nothing more is needed from you. Pass the details below on to speed it up."),
        ),
    }


def _for_administrators() -> dict[str, Explanation]:
    tell = _("Pass the details below to the administrator of your learning platform.")
    signature = Explanation(
        _("The signature of your learning platform is not right"),
        _("We could not prove that the message comes from it, so we did not open it."),
        tell,
    )
    return {
        "lti_1_1": Explanation(
            _("This link uses the old LTI 1.1"),
            _("Miroir speaks LTI 1.3 only."),
            _("Ask your administrator to add Miroir as an LTI 1.3 tool, then replace this link."),
        ),
        "privacy_not_yours": Explanation(
            _("This is about somebody else’s data"),
            _(
                "Only an administrator of the whole learning platform may see, export or erase"
                " what is kept of another person."
            ),
            _("Ask your administrator to open this page, or open it about yourself."),
        ),
        "key_set_unavailable": Explanation(
            _("We could not reach your learning platform"),
            _("Its public keys are needed to check the launch, and it did not give them to us."),
            _("Try again in a few minutes. If it stays like this, pass the details below on."),
        ),
        **dict.fromkeys(("signature_bad", "kid_missing", "kid_unknown", "alg_refused"), signature),
    }


def _clocks(error: LaunchRefused) -> dict[str, Explanation]:
    """Return words for times that do not fit, with how far they are from ours."""
    name = "exp_offset" if error.reason == "token_expired" else "iat_offset"
    offset = error.facts.get(name)
    text = _("By our clock, the message of your learning platform is too old or not valid yet.")
    if isinstance(offset, int) and abs(offset) < MAX_SPAN:
        far = span(timedelta(seconds=abs(offset)))
        text = {
            "token_from_future": _("Your learning platform's clock is ahead of ours by %(far)s."),
            "token_expired": _("By our clock, its message has not been valid for %(far)s."),
        }.get(error.reason, _("By our clock, its message was made %(far)s ago.")) % {"far": far}
    words = Explanation(
        _("The clocks do not agree"),
        text,
        _("Pass the details below to the administrator of your learning platform."),
    )
    return dict.fromkeys(("token_expired", "token_from_future", "token_too_old"), words)


def of_registration(error: RegistrationRefused) -> Explanation:
    """Return the explanation of a registration that did not come about."""
    ask = _("Ask the people who run Miroir for a new link.")
    invite = _("Each registration link connects one learning platform, once.")
    known = {
        "invite_unknown": Explanation(_("This registration link is not valid"), invite, ask),
        "invite_used": Explanation(_("This registration link was already used"), invite, ask),
        "invite_expired": Explanation(_("This registration link has expired"), invite, ask),
        "issuer_foreign": Explanation(
            _("This configuration belongs to another platform"),
            _("A learning platform may register itself only."),
            _("Start the registration from the platform's own administration pages."),
        ),
        "registration_conflict": Explanation(
            _("This platform is connected already, with other addresses"),
            _("To keep its courses safe, a registration cannot move it to another server."),
            _("Ask the people who run Miroir; they can change it by hand."),
        ),
        "registration_known": Explanation(
            _("This platform is connected already"),
            _("A link for a new connection never changes one that is there."),
            _("Ask the people who run Miroir for a link that updates your connection."),
        ),
        "invite_other_platform": Explanation(
            _("This link updates another connection"),
            _("It works only from the learning platform, and the tool there, that it names."),
            _("Open it from there, or ask the people who run Miroir for another link."),
        ),
        "platform_failed": Explanation(
            _("Your learning platform did not accept the registration"),
            _("It gave no answer, or refused; what it said is below. Nothing was kept here."),
            _("Start the registration again from its administration pages; this link still works."),
        ),
    }
    return known.get(error.reason) or Explanation(
        _("Your learning platform's configuration cannot be used"),
        _("Something that the LTI standard asks for is missing in it, or is not safe."),
        _("Pass the details below to the people who run it, or connect it by hand."),
    )


def asked_of(platform: PlatformConfiguration) -> list[str]:
    """Return what a registration asks the LMS for, in words."""
    told = [_("The names of people who open an activity. No e-mail addresses.")]
    scopes = {scope.rpartition("/")[2] for scope in platform.scopes}
    if "score" in scopes:
        told.append(_("To send each learner's score and completion to the gradebook."))
    if "lineitem" in scopes:
        told.append(_("To make and change its own columns in the gradebook."))
    if "result.readonly" in scopes:
        told.append(_("To read back the results in its own columns."))
    if "contextmembership.readonly" in scopes:
        told.append(_("To read who takes part in a course where it is used."))
    if "contextgroup.readonly" in scopes:
        told.append(_("To read the groups of such a course."))
    return told
