"""The one way out to platforms: time-outs, size limits, public hosts only.

Whoever registers a platform chooses its URLs, so every URL is hostile until proven otherwise.

Without ``allow_local`` only https to public addresses is possible. With it, https also reaches
private networks (an LMS inside the institution) and http reaches this machine (the sandbox).
Link-local addresses, where clouds keep their credentials, are never reached.
"""

from lti_tool.http.client import Answer, Http, retry_after

__all__ = ["Answer", "Http", "retry_after"]
