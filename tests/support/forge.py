"""A platform that exists in the database only: signs whatever a test wants, without a server."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool import clock
from lti_tool.lti import claims as c
from lti_tool.lti.keysets import to_document
from lti_tool.models.keys import PlatformKeySet
from lti_tool.models.platforms import Deployment, Registration
from lti_tool.rules.vocabulary import DeploymentState
from lti_tool.services.container import Services

ISSUER, CLIENT_ID, DEPLOYMENT, KID = "https://lms.example", "miroir-client", "1", "lms-key"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
NO = object()
"""Value of a claim that is to be left out."""


@cache
def rsa_key(name: str = "platform") -> RSAPrivateKey:
    """Return a key that is made once per name and process."""
    return generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True)
class Begun:
    """A login that was begun: what the LMS got to see."""

    state: str
    nonce: str
    query: dict[str, str]
    response: TestResponse


@dataclass
class Forge:
    """One registration, and a browser in front of the tool."""

    app: Flask
    browser: FlaskClient
    issuer: str = ISSUER
    client_id: str = CLIENT_ID
    deployment_id: str = DEPLOYMENT
    registration_id: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def services(self) -> Services:
        services: Services = self.app.extensions["miroir"]
        return services

    def connect(self, state: DeploymentState | None = DeploymentState.APPROVED) -> Forge:
        """Keep the registration, its key set (fresh) and, with a ``state``, its deployment."""
        registration = Registration(
            id=self.registration_id,
            name="Forged LMS",
            issuer=self.issuer,
            client_id=self.client_id,
            authorization_endpoint=f"{self.issuer}/auth",
            token_endpoint=f"{self.issuer}/token",
            jwks_uri=f"{self.issuer}/jwks",
        )
        keys = to_document({KID: rsa_key().public_key()})
        with self.services.db.write() as session:
            session.add(registration)
            session.flush()
            session.add(
                PlatformKeySet(registration_id=registration.id, keys=keys, fetched_at=clock.now())
            )
            if state is not None:
                session.add(
                    Deployment(
                        registration_id=registration.id,
                        deployment_id=self.deployment_id,
                        state=state,
                    )
                )
        return self

    def other_browser(self) -> Forge:
        """Return the same platform in front of another browser."""
        return Forge(
            self.app,
            self.app.test_client(),
            self.issuer,
            self.client_id,
            self.deployment_id,
            self.registration_id,
        )

    def login(self, **parameters: str) -> Begun:
        """Begin a login at top level, as the LMS asks for it."""
        form = {
            "iss": self.issuer,
            "login_hint": "hint",
            "target_link_uri": "http://127.0.0.1:5000/lti/launch",
            "client_id": self.client_id,
            **parameters,
        }
        response = self.browser.post(
            "/lti/login", data=form, headers={"Sec-Fetch-Dest": "document"}
        )
        query = {
            name: values[0]
            for name, values in parse_qs(urlsplit(response.headers["Location"]).query).items()
        }
        return Begun(query["state"], query["nonce"], query, response)

    def claims(self, nonce: str, /, **changes: Any) -> dict[str, Any]:
        """Return the claims of a learner's launch, with ``changes`` (short claim names)."""
        now = int(clock.now().timestamp())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "learner-1",
            "iat": now,
            "exp": now + 60,
            "nonce": nonce,
            "name": "Lea Learner",
            c.MESSAGE_TYPE: c.RESOURCE_LINK_MESSAGE,
            c.LTI_VERSION: "1.3.0",
            c.DEPLOYMENT_ID: self.deployment_id,
            c.TARGET_LINK_URI: "http://127.0.0.1:5000/lti/launch",
            c.RESOURCE_LINK: {"id": "link-1", "title": "A link"},
            c.CONTEXT: {"id": "course-1", "title": "A course"},
            c.ROLES: [LEARNER],
        }
        claims.update({getattr(c, name, name): value for name, value in changes.items()})
        return {name: value for name, value in claims.items() if value is not NO}

    def token(
        self,
        claims: dict[str, Any],
        *,
        key: Any = None,
        algorithm: str = "RS256",
        headers: dict[str, Any] | None = None,
    ) -> str:
        """Sign claims."""
        named = {"kid": KID} if headers is None else headers
        return jwt.encode(claims, key or rsa_key(), algorithm=algorithm, headers=named)

    def post(self, id_token: str, state: str) -> TestResponse:
        """Post a launch to the tool."""
        return self.browser.post("/lti/launch", data={"id_token": id_token, "state": state})

    def launch(self, **changes: Any) -> TestResponse:
        """Log in and launch, with some claims changed."""
        begun = self.login()
        return self.post(self.token(self.claims(begun.nonce, **changes)), begun.state)


def handle_in(response: TestResponse) -> str:
    """Return the session handle that a bound launch redirects to."""
    assert response.status_code == 303, response.text
    return urlsplit(response.headers["Location"]).path.removeprefix("/s/").partition("/")[0]


def reason_in(response: TestResponse) -> str:
    """Return the reason code on a refused launch's page."""
    assert 400 <= response.status_code < 500, response.text
    return response.text.partition("Reason: ")[2].partition(">")[2].partition("<")[0]
