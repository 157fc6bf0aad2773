"""Launches that are wrong, or unusual, on order: for tests of what a tool refuses and accepts."""

import json
import time
from typing import Any

import jwt
from jwt.api_jws import PyJWS

from lti_tool.sandbox import keys
from lti_tool.sandbox import vocabulary as v
from lti_tool.sandbox.personalities import INSTITUTION, INSTRUCTOR, LEARNER, MEMBERSHIP
from lti_tool.sandbox.state import Sandbox

VARIANTS = (
    "plain",
    "multiple_roles",
    "short_role",
    "unknown_role",
    "no_role",
    "email_only",
    "names_only",
    "no_pii",
    "email_without_context",
)
_NAMES = ("name", "given_name", "family_name")


def persona(role: str, variant: str) -> dict[str, Any]:
    """Return the tampering for one of the 9 + 9 valid launches of the 1EdTech certification suite.

    ``role`` is instructor or student; raises ValueError for an unknown role or variant.
    """
    if role not in ("instructor", "student") or variant not in VARIANTS:
        raise ValueError(f"a persona is instructor or student with one of {', '.join(VARIANTS)}")
    uri = INSTRUCTOR if role == "instructor" else LEARNER
    short = uri.removeprefix(f"{MEMBERSHIP}#")
    second = f"{INSTITUTION}#{'Faculty' if role == 'instructor' else 'Student'}"
    roles = {
        "multiple_roles": [uri, second],
        "short_role": [short],
        "unknown_role": ["http://purl.example/vocab/unknown#Helper"],
        "no_role": [],
    }.get(variant, [uri])
    changes: dict[str, Any] = {"set": {"roles": roles}, "remove": []}
    changes["remove"] += _NAMES if variant in ("email_only", "no_pii") else ()
    changes["remove"] += ("email",) if variant in ("names_only", "no_pii") else ()
    if variant == "email_without_context":
        changes["remove"] += [*_NAMES, "context", "ags", "nrps"]
    return changes


def alter_claims(order: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
    """Return the claims with the order's ``set``, ``remove``, ``persona`` and time offsets."""
    if "persona" in order:
        role, _, variant = str(order["persona"]).partition(":")
        claims = alter_claims(persona(role, variant or "plain"), claims)
    changed = dict(claims)
    changed.update({v.full_claim(name): value for name, value in order.get("set", {}).items()})
    for name in order.get("remove", []):
        changed.pop(v.full_claim(name), None)
    for name, key in (("iat", "issued_at_offset"), ("exp", "expires_at_offset")):
        if key in order:
            changed[name] = int(time.time()) + int(order[key])
    return changed


def sign(sandbox: Sandbox, order: dict[str, Any], claims: dict[str, Any]) -> str:
    """Return the id_token: signed well unless the order says otherwise."""
    if "raw" in order:
        return str(order["raw"])
    key = sandbox.keyring.active()
    header: dict[str, Any] = {"kid": key.kid}
    signing: Any = sandbox.keyring.private(key)
    if order.get("sign_with") in ("unknown-key", "same-kid-other-key"):
        other = keys.make_key()
        signing = keys.load_private(other)
        if order["sign_with"] == "unknown-key":
            header["kid"] = other.kid
    if order.get("header") == "no_kid" or order.get("no_kid"):
        header.pop("kid")
    elif isinstance(order.get("header"), dict):
        header.update(order["header"])
    payload = json.dumps(order.get("payload", claims)).encode()
    return _broken(order, _encode(payload, str(order.get("alg", "RS256")), signing, header))


def _encode(payload: bytes, algorithm: str, key: Any, header: dict[str, Any]) -> str:
    jws = PyJWS()
    named = {name: value for name, value in header.items() if name != "alg"}
    if algorithm == "none":
        return jws.encode(payload, "", algorithm=None, headers=named)
    if algorithm.startswith("HS"):
        # The classical confusion: the public key, as text, used as the shared secret.
        secret = json.dumps(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
        return jws.encode(payload, secret.encode(), algorithm=algorithm, headers=named)
    return jws.encode(payload, key, algorithm=algorithm, headers=named)


def _broken(order: dict[str, Any], token: str) -> str:
    if not order.get("break_signature"):
        return token
    head, _, signature = token.rpartition(".")
    other = "A" if signature[20] != "A" else "B"
    return f"{head}.{signature[:20]}{other}{signature[21:]}"


def take(orders: list[dict[str, Any]], sandbox: Sandbox) -> dict[str, Any]:
    """Return the next order and count it down; an empty dict when there is none."""
    with sandbox.lock:
        if not orders:
            return {}
        order = orders[0]
        order["times"] = int(order.get("times", 1)) - 1
        if order["times"] <= 0:
            orders.pop(0)
        return dict(order)
