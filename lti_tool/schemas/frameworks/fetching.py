"""Getting the file of a framework from an address, and saying in words why that failed."""

from __future__ import annotations

from collections.abc import Callable

from lti_tool.errors import InvalidInput, PlatformError
from lti_tool.i18n import gettext as _
from lti_tool.schemas.frameworks.case import package_address

FIELD = "url"


def fetched(download: Callable[[str], bytes], url: str) -> bytes:
    """Return the file at ``url``; the address of a CASE document leads on to its package.

    Raises InvalidInput under ``url``.
    """
    content = _get(download, url)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        onward = package_address(content)
        if onward and onward != url:
            return _get(download, onward)
    return content


def _get(download: Callable[[str], bytes], url: str) -> bytes:
    try:
        return download(url)
    except PlatformError as error:
        raise InvalidInput({FIELD: [_reason(error.reason, error.status, url)]}) from error


def _reason(reason: str, status: int | None, url: str) -> str:
    told = {
        "bad_url": _("Only public addresses that begin with https:// can be read."),
        "forbidden_address": _("Only public addresses that begin with https:// can be read."),
        "timeout": _("The server did not answer in time. Try again later, or upload the file."),
        "no_answer": _("There is no answer from that server."),
        "tls": _("The server’s certificate is not valid."),
        "too_large": _("The file is too large to be read from there. Download and upload it."),
        "redirected": _("The address leads on and on. Use the one that it leads to."),
    }
    known = told.get(reason)
    if known is None and status:
        known = _("The server refused with status %(status)s.", status=status)
    known = known or _("The server’s answer could not be read.")
    return f"{known} ({url[:200]})"
