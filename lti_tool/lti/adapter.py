"""The one place that knows pylti1p3: the library's launch skeleton with our own checks in it.

``MessageLaunch.validate`` gives the order of steps, the parsing of the token and the lookup of the
registration. Overridden is what it leaves open: state and nonce are single use and tied to each
other, ``exp`` and ``iat`` are required, ``aud`` and ``azp`` are compared, keys come from our cache
and are RSA for RS256 only, messages are dispatched by our own table. Only names that pylti1p3 and
pylti1p3next share are used, and no object of the library leaves this module.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from pylti1p3.cookie import CookieService
from pylti1p3.exception import LtiException
from pylti1p3.message_launch import MessageLaunch
from pylti1p3.registration import Registration
from pylti1p3.request import Request
from pylti1p3.session import SessionService
from pylti1p3.tool_config.abstract import ToolConfAbstract

from lti_tool import clock
from lti_tool.errors import LaunchRefused, WhoCanFix
from lti_tool.lti import claims as c
from lti_tool.lti.messages import LtiMessage, read_message
from lti_tool.lti.platform import PlatformFacts
from lti_tool.lti.states import LoginState
from lti_tool.lti.validation import check_message, refusal
from lti_tool.secrecy import digest, same

ALGORITHM = "RS256"
LEEWAY_SECONDS = 30
MAX_AGE_SECONDS = 600
MAX_FACT = 255
MAX_TIME = 1e12
REQUIRED = ["exp", "iat", "iss", "aud", "nonce"]
REASONS: dict[type[jwt.InvalidTokenError], str] = {
    jwt.ExpiredSignatureError: "token_expired",
    jwt.ImmatureSignatureError: "token_from_future",
    jwt.InvalidIssuedAtError: "claim_malformed",
    jwt.InvalidSignatureError: "signature_bad",
}


@dataclass(frozen=True, slots=True)
class Trust:
    """What a launch is checked against; each raises LaunchRefused for what is not trusted."""

    open_state: Callable[[str], LoginState]
    platform_of: Callable[[uuid.UUID], PlatformFacts]
    key_of: Callable[[PlatformFacts, str], RSAPublicKey]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A launch that is genuine: what it says, which login it answers, what may be logged of it."""

    message: LtiMessage
    state: LoginState
    platform: PlatformFacts
    facts: dict[str, object]


def accept(form: Mapping[str, str], trust: Trust) -> Accepted:
    """Validate a launch that was posted to us (LTI security 1.0, 5.1.3; Core 5.3).

    Raises LaunchRefused; its facts tell issuer, client_id, deployment, kid and alg as the token
    claims them, proven or not.
    """
    launch = _Launch(form, trust)
    try:
        launch.validate()
    except LaunchRefused as refused:
        refused.facts = {**launch.facts(), **refused.facts}
        raise
    except LtiException as error:
        raise refusal("token_malformed", **launch.facts()) from error
    return launch.accepted()


class _Form(Request):
    """The posted form, as the library wants to see a request."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self._form = form

    @property
    def session(self) -> dict[str, object]:
        """There is no session: what a launch needs is in its state."""
        return {}

    def is_secure(self) -> bool:
        """Return True: cookies are our views' business."""
        return True

    def get_param(self, key: str) -> str:
        """Return a field; "" if it is missing."""
        return self._form.get(key, "")


class _NoCookies(CookieService):
    """No cookies of the library's."""

    def get_cookie(self, name: str) -> str | None:
        """Return nothing."""
        return None

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:
        """Refuse: nothing may be kept this way."""
        raise LtiException(f"no cookie {name}")


class _NoNetwork:
    """Stands where the library would make a requests session; key sets come from our cache."""


class _Platforms(ToolConfAbstract[_Form]):
    """The library's view of our registrations: the one for which the login was made."""

    def __init__(self) -> None:
        self.expected: PlatformFacts | None = None

    def check_iss_has_one_client(self, iss: str) -> bool:
        """Return False: issuers are shared (Canvas, Blackboard)."""
        return False

    def check_iss_has_many_clients(self, iss: str) -> bool:
        """Return True, see above."""
        return True

    def find_registration_by_issuer(
        self, iss: str, *args: object, **kwargs: object
    ) -> Registration:
        """Refuse: an issuer alone is not a registration."""
        raise refusal("issuer_mismatch", "iss")

    def find_deployment(self, iss: str, deployment_id: str) -> None:
        """Return nothing: deployments are the launch transaction's business."""

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *args: object, **kwargs: object
    ) -> None:
        """Return nothing, see above."""

    def find_registration_by_params(
        self, iss: str, client_id: str, *args: object, **kwargs: object
    ) -> Registration:
        """Return the login's registration; raises LaunchRefused if the token is of another."""
        if self.expected is None or iss != self.expected.issuer:
            raise refusal("issuer_mismatch", "iss")
        if client_id != self.expected.client_id:
            raise refusal("audience_mismatch", "aud")
        return Registration().set_issuer(iss).set_client_id(client_id)


class _Launch(MessageLaunch[_Form, _Platforms, SessionService, CookieService]):
    """One launch under validation, in the order of the library's ``validate``."""

    _state: LoginState
    _platform: PlatformFacts

    def __init__(self, form: Mapping[str, str], trust: Trust) -> None:
        request = _Form(form)
        super().__init__(
            request,
            _Platforms(),
            session_service=SessionService(request),
            cookie_service=_NoCookies(),
            requests_session=_NoNetwork(),  # type: ignore[arg-type]  # must never be used
        )
        self._trust = trust

    def _get_request_param(self, key: str) -> str:
        return self._request.get_param(key)

    def validate_state(self) -> _Launch:
        """Open the signed state: it names the registration, the nonce and the browser."""
        if not self._get_request_param("id_token"):
            raise refusal("token_missing")
        self._state = self._trust.open_state(self._get_request_param("state"))
        self._platform = self._trust.platform_of(self._state.registration_id)
        self._tool_config.expected = self._platform
        return self

    def validate_jwt_format(self) -> _Launch:
        """Let the library take the token apart; refuse parts that are no JSON objects."""
        super().validate_jwt_format()
        if not isinstance(self._jwt["header"], dict) or not isinstance(self._jwt["body"], dict):
            raise refusal("token_malformed")
        return self

    def validate_nonce(self) -> _Launch:
        """Compare the nonce with the one of this very login."""
        nonce = self._jwt["body"].get("nonce")
        if not isinstance(nonce, str) or not nonce:
            raise refusal("nonce_missing", "nonce")
        if not same(digest(nonce.encode(errors="replace").decode()), self._state.nonce_hash):
            raise LaunchRefused("nonce_mismatch", WhoCanFix.LEARNER)
        return self

    def get_client_id(self) -> str:
        """Return the client_id that the token is for (OpenID Connect Core 3.1.3.7, 3 to 5)."""
        body: Mapping[str, Any] = self._jwt["body"]
        audience, party = body.get("aud"), body.get("azp")
        audiences = [audience] if isinstance(audience, str) else audience
        if not isinstance(audiences, list) or not audiences:
            raise refusal("audience_mismatch", "aud")
        if party is None and len(audiences) > 1:
            raise refusal("audience_mismatch", "azp")
        client_id = audiences[0] if party is None else party
        if not isinstance(client_id, str) or client_id not in audiences:
            raise refusal("audience_mismatch", "azp")
        return client_id

    def validate_jwt_signature(self) -> _Launch:
        """Verify signature and times strictly; from here on the claims are the platform's own."""
        header: Mapping[str, Any] = self._jwt["header"]
        kid = header.get("kid")
        if header.get("alg") != ALGORITHM:
            raise refusal("alg_refused")
        if not isinstance(kid, str) or not kid:
            raise refusal("kid_missing")
        key = self._trust.key_of(self._platform, kid)
        try:
            verified: Any = jwt.decode(
                self._get_id_token(),
                key,
                algorithms=[ALGORITHM],
                audience=self._platform.client_id,
                issuer=self._platform.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": REQUIRED, "verify_sub": False, "verify_jti": False},
            )
        except jwt.MissingRequiredClaimError as error:
            raise refusal("claim_missing", error.claim) from error
        except jwt.InvalidTokenError as error:
            reason = next((r for kind, r in REASONS.items() if isinstance(error, kind)), None)
            raise refusal(reason or "token_malformed", **self._times()) from error
        except OverflowError as error:
            raise refusal("claim_malformed", "exp") from error
        self._jwt["body"] = verified
        self._check_age(verified["iat"])
        return self

    def _check_age(self, issued_at: object) -> None:
        """Refuse a token that was made long ago, however long it says it lives."""
        oldest = clock.now().timestamp() - MAX_AGE_SECONDS - LEEWAY_SECONDS
        if not isinstance(issued_at, int | float):
            raise refusal("claim_malformed", "iat")
        if not issued_at >= oldest:
            raise refusal("token_too_old", **self._times())

    def validate_deployment(self) -> _Launch:
        """Leave it to the launch's transaction, which knows deployments and parks new ones."""
        return self

    def validate_message(self) -> _Launch:
        """Check the shape of what we use, by our own table of messages."""
        check_message(self._jwt["body"])
        return self

    def save_launch_data(self) -> _Launch:
        """Keep nothing: the launch session in the database holds what later steps need."""
        return self

    def accepted(self) -> Accepted:
        """Return the validated launch."""
        message = read_message(self._jwt["body"])
        return Accepted(message, self._state, self._platform, self.facts())

    def facts(self) -> dict[str, object]:
        """Return what may be logged of the token, proven or not; never the token, no person."""
        header, body = self._jwt.get("header"), self._jwt.get("body")
        named = {
            "kid": (header, "kid"),
            "alg": (header, "alg"),
            "iss": (body, "iss"),
            "client_id": (body, "aud"),
            "deployment_id": (body, c.DEPLOYMENT_ID),
        }
        return {
            name: str(part.get(key))[:MAX_FACT]
            for name, (part, key) in named.items()
            if isinstance(part, dict) and part.get(key) is not None
        }

    def _times(self) -> dict[str, object]:
        """Return how far the token's times are from ours, in seconds, for the log."""
        now, body = clock.now().timestamp(), self._jwt["body"]
        times = {name: body.get(name) for name in ("iat", "exp")}
        return {
            f"{name}_offset": round(value - now)
            for name, value in times.items()
            if isinstance(value, int | float) and abs(value) < MAX_TIME
        }
