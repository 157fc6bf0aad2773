"""A tiny LTI tool of the tests: as little as the sandbox needs at its other end."""

import secrets
import time
from typing import Any
from urllib.parse import urlencode

import jwt
import requests
from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from lti_tool.sandbox import keys

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
SCOPES = (
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/score",
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
)


class MiniTool:
    """The tool's memory and its few answers; ``claims`` is what the last launch said."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.key = keys.make_key()
        self.private = keys.load_private(self.key)
        self.platform: dict[str, Any] = {}
        self.registered: dict[str, Any] = {}
        self.auth: dict[str, str] = {}
        self.login: dict[str, str] = {}
        self.form: dict[str, str] = {}
        self.claims: dict[str, Any] = {}

    def metadata(self) -> dict[str, Any]:
        host = self.url.removeprefix("http://")
        return {
            "application_type": "web",
            "response_types": ["id_token"],
            "grant_types": ["implicit", "client_credentials"],
            "initiate_login_uri": f"{self.url}/login",
            "redirect_uris": [f"{self.url}/launch"],
            "client_name": "Mini",
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_method": "private_key_jwt",
            "scope": " ".join(SCOPES),
            CONFIGURATION: {
                "domain": host,
                "description": "A tool of the tests",
                "target_link_uri": f"{self.url}/launch",
                "custom_parameters": {"user": "$User.id", "odd": "$Odd.variable"},
                "claims": ["iss", "sub", "name", "email"],
                "messages": [
                    {"type": "LtiDeepLinkingRequest", "target_link_uri": f"{self.url}/launch"},
                    {"type": "LtiResourceLinkRequest"},
                ],
            },
        }

    def key_set(self) -> dict[str, Any]:
        jwk = jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {"keys": [{**jwk, "kid": self.key.kid, "alg": "RS256", "use": "sig"}]}

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        return jwt.encode(claims, self.private, "RS256", headers={"kid": self.key.kid, **header})

    def response(self, items: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
        """Return the claims of a deep linking response to the last launch."""
        settings = self.claims[f"{DL}deep_linking_settings"]
        now = int(time.time())
        claims = {
            "iss": self.claims["aud"],
            "aud": self.claims["iss"],
            "iat": now,
            "exp": now + 300,
            "nonce": secrets.token_hex(8),
            f"{LTI}deployment_id": self.claims[f"{LTI}deployment_id"],
            f"{LTI}message_type": "LtiDeepLinkingResponse",
            f"{LTI}version": "1.3.0",
            f"{DL}content_items": items,
        }
        if "data" in settings:
            claims[f"{DL}data"] = settings["data"]
        claims.update(changes)
        return claims

    def return_url(self) -> str:
        return str(self.claims[f"{DL}deep_linking_settings"]["deep_link_return_url"])

    def assertion(self, **changes: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": self.registered["client_id"],
            "sub": self.registered["client_id"],
            "aud": self.platform["token_endpoint"],
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_hex(8),
            **changes,
        }
        return self.sign({name: value for name, value in claims.items() if value is not None})

    def ask_token(self, **changes: Any) -> requests.Response:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self.assertion(),
            "scope": " ".join(SCOPES),
            **changes,
        }
        return requests.post(self.platform["token_endpoint"], data=form, timeout=10)

    def headers(self, media_type: str = "") -> dict[str, str]:
        token = self.ask_token().json()["access_token"]
        found = {"Authorization": f"Bearer {token}"}
        return {**found, "Accept": media_type} if media_type else found


def make_app(tool: MiniTool) -> Flask:
    """Return the tool's site: /register, /jwks, /login, /launch."""
    app = Flask(__name__)

    @app.get("/register")
    def register() -> str:
        return (
            f'<form method="post"><input name="name"><button>{request.args["openid_configuration"]}'
        )

    @app.post("/register")
    def confirm() -> str:
        bearer = {"Authorization": f"Bearer {request.args['registration_token']}"}
        url = request.args["openid_configuration"]
        tool.platform = requests.get(url, headers=bearer, timeout=10).json()
        answer = requests.post(
            tool.platform["registration_endpoint"],
            json=tool.metadata(),
            headers=bearer,
            timeout=10,
        )
        tool.registered = answer.json()
        return f"registered: {answer.status_code}"

    @app.get("/jwks")
    def jwks() -> dict[str, Any]:
        return tool.key_set()

    @app.post("/login")
    def login() -> Response:
        tool.login = request.form.to_dict()
        tool.auth = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": tool.login["client_id"],
            "redirect_uri": f"{tool.url}/launch",
            "login_hint": tool.login["login_hint"],
            "lti_message_hint": tool.login["lti_message_hint"],
            "state": secrets.token_hex(8),
            "nonce": secrets.token_hex(8),
        }
        return redirect(f"{tool.platform['authorization_endpoint']}?{urlencode(tool.auth)}")

    @app.post("/launch")
    def launch() -> str:
        tool.form, tool.claims = request.form.to_dict(), {}
        if "id_token" not in tool.form:
            return f"error {tool.form.get('error')}"
        key_set = requests.get(tool.platform["jwks_uri"], timeout=10).json()
        header = jwt.get_unverified_header(tool.form["id_token"])
        jwk = next(each for each in key_set["keys"] if each["kid"] == header["kid"])
        tool.claims = jwt.decode(
            tool.form["id_token"],
            jwt.PyJWK(jwk).key,
            algorithms=["RS256"],
            audience=tool.auth["client_id"],
            issuer=tool.platform["issuer"],
        )
        return f"launched {tool.claims[f'{LTI}message_type']}"

    return app
