"""Signing what anybody may verify for years: with our keys, named by their public address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lti_tool.errors import NotFound
from lti_tool.lti.signing import sign
from lti_tool.services.credentials.facts import FOLDER
from lti_tool.services.platforms.keys import SigningKeys

KEYS = f"{FOLDER}/keys"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs as VC-JWT (Open Badges 3.0, section 8.2): RS256, and a ``kid`` that is a key's URL."""

    keys: SigningKeys
    base_url: str

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return the claims as a compact JWS."""
        pair = self.keys.current()
        return sign(claims, replace(pair, kid=self._url(pair.kid)))

    def key_set(self) -> dict[str, list[dict[str, str]]]:
        """Return all public keys that ever signed: what was taken along outlasts them."""
        told = self.keys.jwks(ever=True)["keys"]
        return {"keys": [{**one, "kid": self._url(one["kid"])} for one in told]}

    def key(self, kid: str) -> dict[str, str]:
        """Return one public key; raises NotFound."""
        for one in self.key_set()["keys"]:
            if one["kid"] == self._url(kid):
                return one
        raise NotFound("key")

    def _url(self, kid: str) -> str:
        return f"{self.base_url}{KEYS}/{kid}"
