"""Status lists: which credentials do not hold any more, without telling whose.

W3C Bitstring Status List 1.0: a long string of bits, one for each credential, compressed.
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from lti_tool.exports.open_badges import CONTEXTS, moment

BITS = 131_072
"""In a list; the specification wants as many at least, so that one credential hides among them."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""It is valid since then, so that nobody refuses it whose clock goes a little behind ours."""
GOOD_FOR = timedelta(days=1)
"""An older copy is refused, so that nobody shows one from before a credential was taken back."""


def encoded(indices: Iterable[int]) -> str:
    """Return the list in which these bits are set (Bitstring Status List 1.0, section 3.3)."""
    bits = bytearray(BITS // 8)
    for index in indices:
        bits[index // 8] |= 0x80 >> index % 8
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def claims(url: str, issuer: str, indices: Iterable[int], now: datetime) -> dict[str, Any]:
    """Return what is signed of a BitstringStatusListCredential as a JWT."""
    start, end = now - CLOCKS_DIFFER, now + GOOD_FOR
    return {
        "@context": [CONTEXTS[0]],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": moment(start),
        "validUntil": moment(end),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(indices),
        },
        "iss": issuer,
        "sub": f"{url}#list",
        "jti": url,
        "nbf": int(start.timestamp()),
        "exp": int(end.timestamp()),
    }
