"""Our own addresses, for an administrator who connects an LMS by hand."""

from __future__ import annotations

from lti_tool.views.session import services


def our_endpoints() -> dict[str, str]:
    """Return the addresses that an LMS has to know, by what LMSs call them."""
    base = services().platforms.base_url
    return {
        "login": f"{base}/lti/login",
        "launch": f"{base}/lti/launch",
        "jwks": f"{base}/lti/jwks",
        "register": f"{base}/lti/register",
    }
