"""The platform's side of a launch: its key set on loopback, and the tokens that it signs."""

from __future__ import annotations

import json
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from bench.servers import free_port

KID = "bench-1"
DEPLOYMENT = "1"
COURSE = "course-1"
LINK = "link-1"
TITLE = "What I take from this month"
"""Of the link and of the activity that it opens: every tool's first page shows it."""
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
SCORE_SCOPES = tuple(
    f"{AGS}/scope/{name}" for name in ("lineitem", "lineitem.readonly", "result.readonly", "score")
)
LIFE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Learner:
    """A person of the course, as the platform knows them."""

    sub: str
    name: str


def new_key() -> rsa.RSAPrivateKey:
    """Make an RSA key of 2048 bits, the size that platforms use."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _pem_pair() -> tuple[str, str]:
    key = new_key()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


@dataclass
class Platform:
    """An LMS with one course; use it as a context manager, which serves its key set."""

    key: rsa.RSAPrivateKey = field(default_factory=new_key)
    client_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    url: str = ""
    key_set_requests: int = 0
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        platform, keys = self, self._key_set()

        class Keys(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                platform.key_set_requests += 1
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(keys)))
                self.end_headers()
                self.wfile.write(keys)

            def log_message(self, *_args: object) -> None:
                """Stay silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", free_port()), Keys)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def _key_set(self) -> bytes:
        jwk = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        jwk = {name: jwk[name] for name in ("kty", "n", "e")}
        return json.dumps({"keys": [{**jwk, "kid": KID, "alg": "RS256", "use": "sig"}]}).encode()

    @property
    def line_item_url(self) -> str:
        """The activity's own column of the gradebook."""
        return f"{self.url}/mod/lti/services.php/2/lineitems/7/lineitem?type_id=1"

    def described(self) -> dict[str, str]:
        """Return what a tool must know of this platform, with a pair of keys for the tool."""
        private, public = _pem_pair()
        return {
            "issuer": self.url,
            "client_id": self.client_id,
            "authorization_endpoint": f"{self.url}/auth",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "deployment_id": DEPLOYMENT,
            "tool_private_key": private,
            "tool_public_key": public,
        }

    def token(
        self, learner: Learner, nonce: str, target: str, key: rsa.RSAPrivateKey | None = None
    ) -> str:
        """Sign the id_token of a launch; with a foreign ``key`` it is a forgery."""
        claims = self._claims(learner, nonce, target)
        return jwt.encode(claims, key or self.key, algorithm="RS256", headers={"kid": KID})

    def _claims(self, learner: Learner, nonce: str, target: str) -> dict[str, Any]:
        """Return what Moodle tells of a learner's launch, services and custom values included."""
        now = int(time.time())
        given, _, family = learner.name.partition(" ")
        services = f"{self.url}/mod/lti/services.php"
        return {
            "iss": self.url,
            "aud": self.client_id,
            "sub": learner.sub,
            "nonce": nonce,
            "iat": now,
            "exp": now + LIFE_SECONDS,
            "name": learner.name,
            "given_name": given,
            "family_name": family,
            "email": f"{learner.sub}@lms.example",
            f"{LTI}version": "1.3.0",
            f"{LTI}message_type": "LtiResourceLinkRequest",
            f"{LTI}deployment_id": DEPLOYMENT,
            f"{LTI}target_link_uri": target,
            f"{LTI}roles": [
                "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Learner",
                "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner",
            ],
            f"{LTI}context": {
                "id": COURSE,
                "label": "LIB-1",
                "title": "Library practice",
                "type": ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"],
            },
            f"{LTI}resource_link": {"id": LINK, "title": TITLE},
            f"{LTI}custom": {"context_memberships_url": f"{services}/memberships"},
            f"{LTI}launch_presentation": {
                "document_target": "window",
                "locale": "en",
                "return_url": f"{self.url}/mod/lti/return.php?course=2&sesskey=x",
            },
            f"{LTI}tool_platform": {
                "guid": "lms.example",
                "name": "LMS",
                "version": "2024100706",
                "product_family_code": "moodle",
                "url": self.url,
            },
            f"{AGS}/claim/endpoint": {
                "scope": list(SCORE_SCOPES),
                "lineitems": f"{services}/2/lineitems?type_id=1",
                "lineitem": self.line_item_url,
            },
            NRPS: {
                "context_memberships_url": f"{services}/CourseSection/2/bindings/1/memberships",
                "service_versions": ["1.0", "2.0"],
            },
        }
