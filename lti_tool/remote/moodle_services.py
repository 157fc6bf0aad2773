"""Moodle's web services over REST, as Moodle 4.5 speaks them: one POST, the token in its body.

Moodle answers 200 to nearly everything; what went wrong stands in the body as ``exception``,
``errorcode`` and ``message``. The message is in the account's language, so only the code counts,
but for errors of Moodle's own programmers, whose texts are English everywhere. Where web services
or the REST protocol are off, it answers 403 with nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lti_tool.errors import PlatformRefusal, PlatformUnavailable, WhoCanFix
from lti_tool.http import Http

PATH = "/webservice/rest/server.php"
MAX_BYTES = 8_000_000
"""A course's groups, or all frameworks of a site."""

Value: TypeAlias = "str | int | Sequence[Value] | Mapping[str, Value]"

ADMIN, TEACHER, OPERATOR = WhoCanFix.LMS_ADMIN, WhoCanFix.TEACHER, WhoCanFix.OPERATOR
REFUSALS = {
    "invalidtoken": ("moodle_token", OPERATOR),
    "accessexception": ("moodle_access", ADMIN),
    "competenciesarenotenabled": ("moodle_competencies_off", ADMIN),
    "nopermissions": ("moodle_permission", ADMIN),
    "requireloginerror": ("moodle_course_closed", ADMIN),
    "errorcoursecontextnotvalid": ("moodle_course_closed", ADMIN),
    "invalidrecord": ("moodle_record", TEACHER),
}
"""Moodle's code to ours, and who can remove the cause."""
ACCOUNT = "wsaccessuser"
"""Begins the codes that speak of the account: suspended, deleted, unconfirmed, expired."""
PASSING = frozenset({"sitemaintenance", "upgraderunning", "dbconnectionfailed", "ddlsequenceerror"})
SAID = (
    ("may not be rated", "moodle_not_gradable", TEACHER),
    ("does not belong to this course", "moodle_not_in_course", TEACHER),
)
"""What Moodle's own errors (``codingerror``) say, in English on every site."""


@dataclass(frozen=True, slots=True)
class MoodleSite:
    """Where to call and as whom; the token never shows in texts of this object."""

    root: str
    """The site's own address (wwwroot), which is a registration's issuer."""
    token: str = field(repr=False)

    @property
    def url(self) -> str:
        """The address of its web services."""
        return self.root.rstrip("/") + PATH


@dataclass(frozen=True, slots=True)
class MoodleServices:
    """Calls functions through the guarded session: public https hosts only, time-outs."""

    http: Http

    def call(self, site: MoodleSite, function: str, **arguments: Value) -> Any:
        """Call one function and return what it answered.

        Raises PlatformUnavailable where later may help, and PlatformRefusal with a reason of
        ``REFUSALS``, ``SAID``, ``moodle_off`` or ``moodle_error`` (the body holds Moodle's words).
        """
        fields = {
            "wstoken": site.token,
            "wsfunction": function,
            "moodlewsrestformat": "json",
            **dict(_flat(arguments)),
        }
        try:
            answer = self.http.request("POST", site.url, data=fields, max_bytes=MAX_BYTES).json()
        except PlatformRefusal as error:
            if error.status == 403:
                raise PlatformRefusal("moodle_off", 403, error.body, ADMIN) from error
            if error.reason == "refused":
                raise PlatformRefusal("moodle_no_services", error.status, "", ADMIN) from error
            raise
        if isinstance(answer, dict) and "exception" in answer:
            raise _error(answer)
        return answer


def _flat(value: Value, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield arguments as PHP reads them from a form: ``filters[0][column]``."""
    if isinstance(value, Mapping):
        pairs: Iterator[tuple[Any, Value]] = iter(value.items())
    elif isinstance(value, str | int):
        yield name, str(value)
        return
    else:
        pairs = iter(enumerate(value))
    for key, inner in pairs:
        yield from _flat(inner, f"{name}[{key}]" if name else str(key))


def _error(answer: Mapping[str, Any]) -> PlatformRefusal | PlatformUnavailable:
    """Return what an error of Moodle's means."""
    code, message = str(answer.get("errorcode", "")), str(answer.get("message", ""))
    if code in PASSING or (code.startswith("dml") and "missing_record" not in code):
        return PlatformUnavailable("moodle_resting", 200, message)
    if code.startswith(ACCOUNT):
        return PlatformRefusal("moodle_account", 200, message, ADMIN)
    if code in REFUSALS:
        reason, who = REFUSALS[code]
        return PlatformRefusal(reason, 200, message, who)
    for words, reason, who in SAID:
        if words in message:
            return PlatformRefusal(reason, 200, message, who)
    return PlatformRefusal("moodle_error", 200, f"{code}: {message}", ADMIN)
