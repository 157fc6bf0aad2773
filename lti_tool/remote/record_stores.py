"""Learning record stores, as xAPI's statement resource is spoken to (xAPI Communication, 2.1).

Statements go in batches, all of which a store takes or refuses. Each carries its own identifier, so
that sending one again does no harm.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lti_tool.errors import PlatformRefusal, PlatformUnavailable, WhoCanFix
from lti_tool.http import Http

OPERATOR = WhoCanFix.OPERATOR
REFUSALS = {
    400: "records_not_valid",
    401: "records_unauthorized",
    403: "records_forbidden",
    404: "records_not_found",
    409: "records_known",
    412: "records_not_valid",
    413: "records_too_large",
}
LATER = {"server_error": "records_fault", "rate_limited": "records_slow_down"}
UNREACHABLE = "records_unreachable"
ELSEWHERE = frozenset({"bad_url", "forbidden_address", "redirected"})
"""Refusals before the store was reached: the address is not one that may be called."""
ABOUT_BATCH = frozenset({"records_not_valid", "records_known", "records_too_large"})
"""Refusals that one statement of a batch may have caused for the others."""
ABOUT_STORE = frozenset({"records_unauthorized", "records_forbidden", "records_not_found"})
"""Refusals that every statement would meet."""


@dataclass(frozen=True, slots=True)
class Store:
    """Where to send and as whom; the password never shows in texts of this object."""

    endpoint: str
    username: str
    password: str = field(repr=False)
    version: str

    @property
    def headers(self) -> dict[str, str]:
        """What each request carries."""
        pair = f"{self.username}:{self.password}".encode()
        return {
            "Authorization": f"Basic {base64.b64encode(pair).decode()}",
            "X-Experience-API-Version": self.version,
            "Accept": "application/json",
        }


@dataclass(frozen=True, slots=True)
class RecordStores:
    """Speaks to stores through the guarded session: public https hosts only, time-outs."""

    http: Http

    def send(self, store: Store, statements: Sequence[dict[str, Any]]) -> None:
        """Store a batch of statements; all of it, or none.

        Raises PlatformUnavailable where later may help, and PlatformRefusal with a reason of
        ``REFUSALS``, or ``records_refused`` for any other.
        """
        address = f"{store.endpoint}/statements"
        self._ask("POST", address, store, list(statements))

    def try_out(self, store: Store) -> None:
        """Ask a store for one statement, which needs the right address and a good account.

        Raises as ``send``; a store whose account may only write answers 403.
        """
        self._ask("GET", f"{store.endpoint}/statements?limit=1", store, None)

    def _ask(self, method: str, url: str, store: Store, body: Any) -> None:
        try:
            self.http.request(method, url, headers=store.headers, json=body, expect_json=False)
        except PlatformUnavailable as error:
            reason = LATER.get(error.reason, UNREACHABLE)
            wait = error.retry_after
            raise PlatformUnavailable(reason, error.status, error.body, wait) from error
        except PlatformRefusal as error:
            reason = REFUSALS.get(error.status or 0, "records_refused")
            if error.reason in ELSEWHERE:
                reason = "records_not_found"
            raise PlatformRefusal(reason, error.status, error.body, OPERATOR) from error
