"""What a self-test's findings mean, and which setting to change in which LMS.

Names of settings stand as the LMS's English pages show them; they are no texts of ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lti_tool.i18n import gettext as _
from lti_tool.i18n import ngettext
from lti_tool.lti.self_test import Check, Finding, Result
from lti_tool.rules.vocabulary import PlatformFamily
from lti_tool.views.pages.operator import words

F = PlatformFamily
KEYS, GRADES, ROSTER, AUDIENCE = "keys", "grades", "roster", "audience"
SETTINGS: dict[PlatformFamily, dict[str, str]] = {
    F.MOODLE: {
        KEYS: "Public key type: Keyset URL; Public keyset",
        GRADES: "IMS LTI Assignment and Grade Services: Use this service for grade sync and column"
        " management",
        ROSTER: "IMS LTI Names and Role Provisioning: Use this service to retrieve members'"
        " information as per privacy settings",
    },
    F.CANVAS: {
        KEYS: "Developer Keys > LTI key > JWK Method: Public JWK URL; State: ON",
        GRADES: "Developer Keys > LTI key > LTI Advantage Services: Can create and update"
        " submission results, Can create and view assignment data, Can view submission data",
        ROSTER: "Developer Keys > LTI key > LTI Advantage Services: Can retrieve user data"
        " associated with the context",
        AUDIENCE: "https://<canvas>/login/oauth2/token",
    },
    F.SAKAI: {
        KEYS: "LTI 1.3 Tool Keyset URL",
        GRADES: "Allow External Tool to return grades",
        ROSTER: "Provide Roster to External Tool",
    },
    F.BLACKBOARD: {
        KEYS: "developer.anthology.com > My Apps > LTI Advantage > Tool JWKS URL",
        GRADES: "LTI Tool Providers > Edit > Allow grade service access: Yes",
        ROSTER: "LTI Tool Providers > Edit > Allow Membership Service Access: Yes",
        AUDIENCE: "https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken",
    },
    F.D2L: {
        KEYS: "Manage Extensibility > LTI Advantage > Keyset URL; Enabled",
        GRADES: "Manage Extensibility > LTI Advantage > Extensions: Assignment and Grade Services"
        " (registration and deployment)",
        ROSTER: "Manage Extensibility > LTI Advantage > Extensions: Names and Role Provisioning"
        " Services (registration and deployment)",
        AUDIENCE: "Brightspace OAuth2 Audience: https://api.brightspace.com/auth/token",
    },
    F.OPENEDX: {
        KEYS: "LTI Consumer > Tool Public Key Mode: Keyset URL; Tool Keyset URL",
        GRADES: "LTI Consumer > LTI Assignment and Grades Service: Allow tools to manage and submit"
        " grades (programmatic)",
        ROSTER: "LTI Consumer > Enable LTI NRPS: True",
    },
    F.GENERIC: {
        KEYS: "Public key set URL (JWKS)",
        GRADES: "LTI Assignment and Grade Services 2.0",
        ROSTER: "LTI Names and Role Provisioning Services 2.0",
    },
}
APACHE = 'SetEnvIf Authorization "(.+)" HTTP_AUTHORIZATION=$1  /  CGIPassAuth On'
NO_ANSWER = ("timeout", "no_answer", "tls", "rate_limited", "server_error")


@dataclass(frozen=True, slots=True)
class Row:
    """One finding in words."""

    finding: Finding
    name: str
    text: str
    advice: tuple[str, ...]
    """What to do; each a sentence."""
    settings: tuple[str, ...]
    """Names of settings in the LMS, as it writes them."""


def rows(findings: Iterable[Finding], family: PlatformFamily) -> list[Row]:
    """Return findings in words, with what to change in an LMS of this ``family``."""
    return [
        Row(
            one, name_of(one.check), text_of(one), advice_on(one, family), settings_for(one, family)
        )
        for one in findings
    ]


def name_of(check: Check) -> str:
    """Return what a check tried."""
    return {
        Check.OWN_ADDRESS: _("Our own address"),
        Check.KEY_SET: _("The LMS's key set"),
        Check.TOKEN: _("Permission for services"),
        Check.ROSTER: _("A course's roster"),
        Check.LINE_ITEM: _("A gradebook column"),
        Check.CLOCK: _("The clocks"),
    }[check]


def result_word(result: Result) -> str:
    """Return a result in a word."""
    return {
        Result.OK: _("In order"),
        Result.WARN: _("To look at"),
        Result.FAILED: _("Fails"),
        Result.SKIPPED: _("Not tried"),
    }[result]


def text_of(finding: Finding) -> str:
    """Return what was found, as a sentence."""
    if finding.code == "ok":
        return _well(finding)
    by_check = {
        Check.OWN_ADDRESS: {
            "not_https": _("It is not https. LMSs refuse such an address outside of trials."),
            "foreign_keys": _("Something else answers there: the key set is not ours."),
            "forbidden_address": _(
                "Seen from this server it leads into a private network. Whether the LMS reaches it"
                " cannot be told from here."
            ),
        },
        Check.KEY_SET: {
            "no_usable_key": _("It holds no RSA key of 2048 bits or more that may sign launches."),
        },
        Check.TOKEN: {
            "no_deployment": _("No deployment is approved yet."),
            "invalid_client": _("The LMS does not know us by our key."),
            "invalid_scope": _("The LMS grants none of the services."),
            "token_refused": _("The LMS refused without a reason that we know."),
            "no_token": _("The LMS answered without a token."),
            "scopes_missing": _("Not granted: %(scopes)s", scopes=finding.detail),
        },
        Check.CLOCK: {
            "off": _("%(how)s. Launches are refused.", how=_clock(finding)),
            "drifts": _("%(how)s. Launches still work.", how=_clock(finding)),
            "unknown": _("Neither a launch nor the key set told the time."),
        },
    }
    return by_check.get(finding.check, {}).get(finding.code) or _common_text(finding)


def _well(finding: Finding) -> str:
    """Return what is in order."""
    if finding.check is Check.KEY_SET:
        many = int(finding.detail or 0)
        return ngettext("%(num)s key may sign launches.", "%(num)s keys may sign launches.", many)
    return {
        Check.OWN_ADDRESS: _("Our key set is there."),
        Check.TOKEN: _("All services that Miroir uses are granted."),
        Check.ROSTER: _("It can be read."),
        Check.LINE_ITEM: _("It can be read."),
    }.get(finding.check) or _("The LMS's clock is %(how)s.", how=_clock(finding))


def _clock(finding: Finding) -> str:
    """Return the difference in words; "" for a finding that is about something else."""
    return words.clock(int(finding.detail or 0)) if finding.check is Check.CLOCK else ""


def _common_text(finding: Finding) -> str:
    """Return the sentence for what can happen to any request."""
    return {
        "timeout": _("No answer in time."),
        "no_answer": _("No connection."),
        "tls": _("The certificate is not valid."),
        "rate_limited": _("The LMS asked us to slow down."),
        "server_error": _("The server has a fault of its own."),
        "bad_url": _("The address cannot be used."),
        "forbidden_address": _("The address leads into a private network, which is not allowed."),
        "redirected": _("The address leads on to another place, which is not followed."),
        "too_large": _("The answer is too large."),
        "not_json": _("The answer is a page, not data: a login page or a firewall's, perhaps."),
        "unauthorized": _("The LMS does not accept the token that it has just given us."),
        "forbidden": _("The LMS forbids it."),
        "not_found": _("There is nothing at this address."),
        "not_told": _("No course has told its address yet: open an activity once as a teacher."),
        "no_token": _("It needs a token, and there is none."),
        "scope_missing": _("The LMS does not grant this service."),
        "no_time": _("The time was up: an earlier step took too long."),
    }.get(finding.code) or _("The LMS refused.")


def advice_on(finding: Finding, family: PlatformFamily) -> tuple[str, ...]:
    """Return what to do about a finding."""
    lms, code, check = words.family(family), finding.code, finding.check
    if finding.result is Result.OK or code in ("no_time", "unknown", "not_told"):
        return ()
    if check is Check.OWN_ADDRESS:
        return (_("Check MIROIR_BASE_URL, the proxy in front of Miroir and its certificate."),)
    if check is Check.CLOCK:
        return (_("Set the time on both servers by NTP."),)
    if code == "no_deployment":
        return (_("Approve one on the platform's page; it appears with its first launch."),)
    if code == "invalid_client":
        return (
            _("In %(lms)s, our key set URL is missing or wrong, or its server cannot reach it.")
            % {"lms": lms},
            _("On the LMS's server, this address must show our keys:"),
            _("The client ID and, where there is one, the token audience must be right here, too."),
        )
    if code == "unauthorized" and family in (F.MOODLE, F.GENERIC):
        return (
            _(
                "The token is good, so the web server before the LMS takes the header"
                " “Authorization” away. In Apache, add one of these lines:"
            ),
        )
    if code in NO_ANSWER or code == "not_json":
        return (_("Look at the LMS's firewall, DNS and certificate; open the address by hand."),)
    if check is Check.KEY_SET or code in ("bad_url", "redirected", "not_found"):
        return (_("Correct the address on the platform's page."),)
    return (_("In %(lms)s, change this setting:") % {"lms": lms},)


def settings_for(finding: Finding, family: PlatformFamily) -> tuple[str, ...]:
    """Return the names of the settings that the advice is about."""
    names, code, check = SETTINGS[family], finding.code, finding.check
    if finding.result in (Result.OK, Result.SKIPPED) or check in (Check.OWN_ADDRESS, Check.CLOCK):
        return ()
    if code == "invalid_client":
        return tuple(names[one] for one in (KEYS, AUDIENCE) if one in names)
    if code == "unauthorized" and family in (F.MOODLE, F.GENERIC):
        return (APACHE,)
    if check is Check.TOKEN and code in ("scopes_missing", "invalid_scope", "token_refused"):
        wanted = [ROSTER] if finding.detail == "contextmembership.readonly" else [GRADES]
        if "contextmembership" in finding.detail or code != "scopes_missing":
            wanted.append(ROSTER)
        return tuple(names[one] for one in dict.fromkeys(wanted))
    if code in ("forbidden", "scope_missing", "unauthorized", "refused"):
        return (names[ROSTER if check is Check.ROSTER else GRADES],)
    return ()
