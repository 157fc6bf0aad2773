"""Our own values for an administrator who connects an LMS by hand."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from lti_tool.lti import claims as c
from lti_tool.lti.registration_families import ASKING, CUSTOM
from lti_tool.rules.vocabulary import PlatformFamily


@dataclass(frozen=True, slots=True)
class ToolValues:
    """What an LMS has to be told of us; LMSs call these by many names."""

    login_url: str
    launch_url: str
    """Redirect URI, target link URI and deep linking URL in one."""
    jwks_url: str
    icon_url: str
    configuration_url: str
    """The JSON from which Canvas makes a developer key."""
    domain: str
    custom_parameters: str
    """``name=value``, a line each."""
    scopes: tuple[str, ...]


def tool_values(base_url: str, family: PlatformFamily) -> ToolValues:
    """Return our values for a platform of this ``family``."""
    custom = {**CUSTOM, **ASKING[family].custom}
    return ToolValues(
        login_url=f"{base_url}/lti/login",
        launch_url=f"{base_url}/lti/launch",
        jwks_url=f"{base_url}/lti/jwks",
        icon_url=f"{base_url}/static/img/mark.svg",
        configuration_url=f"{base_url}/lti/config.json",
        domain=urlsplit(base_url).netloc,
        custom_parameters="\n".join(f"{name}={value}" for name, value in custom.items()),
        scopes=c.SCOPES,
    )
