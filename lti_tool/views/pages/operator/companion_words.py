"""What the companion's self-test says, and what Moodle's administrator does about it.

Names of Moodle's pages stand as its English pages show them; they are no texts of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lti_tool.i18n import gettext as _
from lti_tool.remote.moodle_competencies import FOR_GROUPS, FOR_RATINGS
from lti_tool.services.companion.testing import Check

CAPABILITIES = (
    "webservice/rest:use",
    "moodle/course:view",
    "moodle/user:viewdetails",
    "moodle/competency:competencyview",
    "moodle/competency:coursecompetencyview",
    "moodle/competency:coursecompetencymanage",
    "moodle/competency:usercompetencyview",
    "moodle/competency:competencygrade",
)
FOR_GROUPS_TOO = ("moodle/course:managegroups",)
WEB_SERVICES = "Site administration > Server > Web services"


@dataclass(frozen=True, slots=True)
class CompanionRow:
    """A finding in words; ``names`` are to be added in Moodle, ``said`` is Moodle's own text."""

    name: str
    result: str
    text: str
    names: tuple[str, ...] = ()
    said: str = ""


def functions(groups: bool) -> tuple[str, ...]:
    """Return all functions that Moodle's service must hold."""
    return FOR_RATINGS + (FOR_GROUPS if groups else ())


def capabilities(groups: bool) -> tuple[str, ...]:
    """Return all capabilities that the account's role must have."""
    return CAPABILITIES + (FOR_GROUPS_TOO if groups else ())


def rows(findings: tuple[dict[str, str], ...]) -> list[CompanionRow]:
    """Return a run's findings in words."""
    return [_row(finding) for finding in findings]


def _row(finding: Mapping[str, str]) -> CompanionRow:
    check, code, names = Check(finding["check"]), finding["code"], finding["names"]
    listed = code in ("functions", "capabilities")
    text = _in_order(check) if finding["result"] == "ok" else reason(code)
    return CompanionRow(
        _names()[check],
        finding["result"],
        text,
        tuple(names.split()) if listed else (),
        "" if listed else names,
    )


def _names() -> dict[Check, str]:
    return {
        Check.ACCESS: _("Web services and token"),
        Check.SITE: _("The right Moodle"),
        Check.FUNCTIONS: _("Functions"),
        Check.COMPETENCIES: _("Competencies"),
        Check.CAPABILITIES: _("Capabilities"),
    }


def _in_order(check: Check) -> str:
    return {
        Check.ACCESS: _("Moodle takes the token."),
        Check.SITE: _("It is the Moodle that launches come from."),
        Check.FUNCTIONS: _("The service has all functions."),
        Check.COMPETENCIES: _("Competencies are on, and these frameworks are there:"),
        Check.CAPABILITIES: _("The account may do all that is needed, in the course tried."),
    }[check]


def reason(code: str) -> str:
    """Return what a reason means and what to do; Moodle's general one where it has no row."""
    return (_of_access() | _of_the_rest()).get(code) or _(
        "Moodle answered with an error. Its own words, and its server's log, say more."
    )


def _of_access() -> dict[str, str]:
    return {
        "moodle_off": _(
            "Web services or the REST protocol are off. In Moodle: Site administration > General"
            " > Advanced features > Enable web services; then Server > Web services > Manage"
            " protocols > REST protocol."
        ),
        "moodle_no_services": _("There are no web services of Moodle at this address."),
        "moodle_token": _(
            "Moodle does not know this token: it was withdrawn, or has expired. Make a new one"
            " (Server > Web services > Manage tokens) and set it here."
        ),
        "expired": _(
            "The token had expired, and Moodle has deleted it. Make a new one without an end"
            " (Server > Web services > Manage tokens, “Valid until” off) and set it here."
        ),
        "moodle_access": _(
            "Moodle lets this token call nothing, and does not say why. One of these, on Server >"
            " Web services: the service is disabled (External services); it is for authorised"
            " users and the account is not among them, or its time there is over; token or user"
            " are restricted to other IP addresses than Miroir's; the service has none of the"
            " functions below; or the account's role lacks webservice/rest:use."
        ),
        "moodle_account": _(
            "The account that the token belongs to is suspended, deleted or not confirmed."
        ),
        "unreadable": _(
            "The token was encrypted with another MIROIR_SECRET_KEY. Set it anew below."
        ),
        "moodle_resting": _("Moodle is in maintenance or being upgraded. Nothing is lost."),
    }


def _of_the_rest() -> dict[str, str]:
    return {
        "other_site": _(
            "Another site answered, with this address. The token must be of the Moodle that this"
            " platform's launches come from."
        ),
        "functions": _(
            "The service lacks these functions. Server > Web services > External services >"
            " Functions > Add functions:"
        ),
        "moodle_competencies_off": _(
            "Competencies are off. Site administration > Competencies > Competencies settings."
        ),
        "no_frameworks": _(
            "Moodle has no competency framework yet. Export one in Miroir (“For Moodle (CSV)”) and"
            " import it: Site administration > Competencies > Import competency framework."
        ),
        "capabilities": _(
            "The account's role lacks these capabilities. Users > Permissions > Define roles;"
            " assign the role for the whole site or for a category:"
        ),
        "no_course": _(
            "Known once a learner has launched an activity, or the course list was read."
        ),
        "before": _("Not tried because of what is above."),
        "no_answer": _("Moodle cannot be reached."),
        "timeout": _("Moodle did not answer in time."),
        "server_error": _("Moodle reports a fault of its own."),
        "tls": _("Moodle's certificate is not valid."),
        "not_json": _("A page came instead of data, for instance a login page of a proxy."),
        "forbidden_address": _("Moodle's address is not one that Miroir may call."),
        "bad_url": _("Moodle's address is not one that Miroir may call."),
        "redirected": _("Moodle sends Miroir to another address: the issuer is not its own."),
    }
