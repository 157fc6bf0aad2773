"""Everything that can go wrong in the product, without HTTP.

MiroirError
├── NotFound                 nothing here for this person (also: foreign ids)
├── Forbidden                the person's role does not allow it
│   └── NotSignedIn          the operator's console without a link or session that is good
├── InvalidInput             fields with messages; what was typed is shown again
├── IllegalTransition        the thing is not in a state that allows this step
├── Stale                    somebody else changed it first
├── TokenRefused             a program came without an access token that is good
├── SessionEnded             the launch session is unknown or over
│   └── ElsewhereOpened      it lives, but in another browser or window
├── LaunchRefused            an LTI message that is not accepted
├── RegistrationRefused      a registration link or answer that is not accepted
└── PlatformError            an LMS that was asked something
    ├── PlatformUnavailable  later may help: no answer, 5xx, 429
    └── PlatformRefusal      later will not help: 4xx with a cause

One table in ``lti_tool.views.errors`` maps each class to a page and a status.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any


class WhoCanFix(StrEnum):
    """The person who can remove the cause of a refused launch or service call."""

    LEARNER = "learner"
    TEACHER = "teacher"
    LMS_ADMIN = "lms_admin"
    OPERATOR = "operator"


class MiroirError(Exception):
    """Base of all errors that the product raises on purpose."""


class NotFound(MiroirError):
    """There is no such thing within what this person may see."""


class Forbidden(MiroirError):
    """The person's role does not allow the step."""


class NotSignedIn(Forbidden):
    """The operator's console was asked for without a session, or with a link that is not good."""


class InvalidInput(MiroirError):
    """Input that cannot be accepted.

    ``fields`` maps a field's name to its messages, already translated; the key ``""`` holds
    messages about the whole form.
    """

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        super().__init__(", ".join(sorted(fields)))
        self.fields = {name: list(messages) for name, messages in fields.items()}


class IllegalTransition(MiroirError):
    """The thing's state does not allow this step; ``subject``, ``state`` and ``step`` say which."""

    def __init__(self, subject: str, state: str, step: str) -> None:
        super().__init__(f"{subject} in state {state} does not allow {step}")
        self.subject, self.state, self.step = subject, state, step


class Stale(MiroirError):
    """Somebody else changed the thing first; ``current`` is what stands there now."""

    def __init__(self, subject: str, current: Mapping[str, object] | None = None) -> None:
        super().__init__(f"{subject} was changed meanwhile")
        self.subject = subject
        self.current = dict(current or {})


class SessionEnded(MiroirError):
    """The launch session does not exist, is over, or belongs to another browser."""


class ElsewhereOpened(SessionEnded):
    """The session's address was carried into a browser or window that it was not opened in."""


class TokenRefused(MiroirError):
    """A program came without an access token, or with one that is not good; ``sent`` says which."""

    def __init__(self, sent: bool) -> None:
        super().__init__("token" if sent else "no token")
        self.sent = sent


class LaunchRefused(MiroirError):
    """An LTI message that is not accepted.

    ``reason`` is a stable snake_case code for the log and the page; ``who`` can remove the cause;
    ``facts`` are loggable details (iss, client_id, kid…), never the token or personal data.
    """

    def __init__(self, reason: str, who: WhoCanFix, **facts: object) -> None:
        super().__init__(reason)
        self.reason, self.who, self.facts = reason, who, facts
        self.dialog: Mapping[str, Any] | None = None
        """Of a deep linking request that is genuine all the same: whose it was and where an answer
        goes (fields of ``lti.deep_linking.Dialog``)."""


class RegistrationRefused(MiroirError):
    """A registration link or answer that is not accepted; fields as in LaunchRefused."""

    def __init__(self, reason: str, who: WhoCanFix, **facts: object) -> None:
        super().__init__(reason)
        self.reason, self.who, self.facts = reason, who, facts


class PlatformError(MiroirError):
    """An LMS did not do what it was asked.

    ``reason`` is a stable code, ``status`` the HTTP status if there was an answer, ``body`` at most
    its first 500 characters.
    """

    def __init__(self, reason: str, status: int | None = None, body: str = "") -> None:
        super().__init__(f"{reason} ({status})" if status else reason)
        self.reason, self.status, self.body = reason, status, body[:500]


class PlatformUnavailable(PlatformError):
    """The call may succeed later; ``retry_after`` is what the LMS asked for, if it did."""

    def __init__(
        self,
        reason: str,
        status: int | None = None,
        body: str = "",
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(reason, status, body)
        self.retry_after = retry_after


class PlatformRefusal(PlatformError):
    """The call will not succeed unless somebody changes something; ``who`` says who."""

    def __init__(
        self,
        reason: str,
        status: int | None = None,
        body: str = "",
        who: WhoCanFix = WhoCanFix.TEACHER,
    ) -> None:
        super().__init__(reason, status, body)
        self.who = who
