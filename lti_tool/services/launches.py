"""Launches: from the LMS's login request to a session that is bound to one browser (DESIGN 5)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import update

from lti_tool.errors import LaunchRefused, WhoCanFix
from lti_tool.http import Http
from lti_tool.lti.adapter import Trust, accept
from lti_tool.lti.states import unseal
from lti_tool.models.database import Database
from lti_tool.models.people import User
from lti_tool.rules.viewer import Viewer
from lti_tool.rules.vocabulary import BoundBy
from lti_tool.secrecy import Secrets, digest, same
from lti_tool.services import launch_sessions, logins
from lti_tool.services.launch_acceptance import Acceptance, Launched
from lti_tool.services.launch_binding import bind, confirmation_proof, handle_of, launch_of_ticket
from lti_tool.services.platform_keys import PlatformKeys
from lti_tool.services.registry import Registry

MAX_TOLD = 200
"""Characters of a platform's own error that we show and log."""


@dataclass(frozen=True, slots=True)
class Launches:
    """Logins, launches and the sessions that they open."""

    db: Database
    secrets: Secrets
    http: Http
    base_url: str
    registry: Registry = field(init=False)
    platform_keys: PlatformKeys = field(init=False)
    state_key: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "registry", Registry(self.db))
        object.__setattr__(self, "platform_keys", PlatformKeys(self.db, self.http))
        object.__setattr__(self, "state_key", self.secrets.signing_key("login state"))

    def start_login(
        self, parameters: Mapping[str, str], browser_secrets: Sequence[str]
    ) -> logins.Login:
        """Answer a login initiation, see ``logins.start``."""
        redirect_uri = f"{self.base_url}/lti/launch"
        return logins.start(
            self.registry, parameters, browser_secrets, redirect_uri, self.state_key
        )

    def accept(self, form: Mapping[str, str], browser_secrets: Sequence[str]) -> Launched:
        """Validate a launch, keep what it tells, open its session.

        The session is bound at once if a cookie proves the browser. Raises LaunchRefused; an
        unknown deployment is kept for the operator all the same.
        """
        _refuse_other_answers(form)
        accepted = accept(form, self._trust())
        launch = Acceptance(self.secrets, self.state_key, accepted, browser_secrets)
        return launch.record(self.db)

    def bind(self, ticket: str, secret: str, bound_by: BoundBy) -> str:
        """Bind a launch by what the browser had stored at login; return the session's handle.

        Raises LaunchRefused: ``ticket_expired``, ``browser_mismatch``.
        """
        with self.db.write() as session:
            launch = launch_of_ticket(session, ticket)
            if not same(digest(secret), launch.browser_hash):
                raise LaunchRefused("browser_mismatch", WhoCanFix.LEARNER)
            bind(launch, bound_by)
            return handle_of(self.secrets, launch.id)

    def confirmation(self, ticket: str, browser_secret: str) -> launch_sessions.Confirmation:
        """Return what a person must see before a launch is bound in a new tab.

        Raises LaunchRefused ``ticket_expired``.
        """
        proof = confirmation_proof(self.secrets, ticket, browser_secret)
        with self.db.read() as session:
            launch = launch_of_ticket(session, ticket)
            return launch_sessions.confirmation(session, launch, proof)

    def confirm(self, ticket: str, browser_secret: str, proof: str) -> str:
        """Bind a launch that a person has confirmed; return the session's handle.

        Raises LaunchRefused: ``ticket_expired``; ``browser_mismatch`` if the confirm page was not
        shown in this browser, or it keeps no cookies.
        """
        expected = confirmation_proof(self.secrets, ticket, browser_secret)
        if not browser_secret or not same(proof, expected):
            raise LaunchRefused("browser_mismatch", WhoCanFix.LEARNER)
        with self.db.write() as session:
            launch = launch_of_ticket(session, ticket)
            bind(launch, BoundBy.CONFIRMATION)
            return handle_of(self.secrets, launch.id)

    def viewer(self, handle: str) -> Viewer:
        """Return the person of a live, bound session; raises SessionEnded.

        Notes that the session was seen, at most once a minute.
        """
        return launch_sessions.viewer(self.db, handle)

    def reviewed_user(self, viewer: Viewer) -> uuid.UUID | None:
        """Return whose work a submission review is about; None if the LMS named nobody we know.

        Staff see the named learner, a learner only themselves.
        """
        if not viewer.role.moderates:
            return viewer.user_id
        with self.db.read() as session:
            return launch_sessions.reviewed_user(session, viewer)

    def choose_name(self, viewer: Viewer, name: str) -> None:
        """Keep what the person wants to be called here."""
        self._change_user(viewer, chosen_name=" ".join(name.split()))

    def choose_language(self, viewer: Viewer, locale: str) -> None:
        """Keep the language that the person chose; it wins over what launches tell."""
        self._change_user(viewer, chosen_locale=locale)

    def set_time_zone(self, viewer: Viewer, time_zone: str) -> None:
        """Keep the time zone of the person's browser, an IANA name."""
        self._change_user(viewer, time_zone=time_zone)

    def _trust(self) -> Trust:
        return Trust(
            open_state=partial(unseal, key=self.state_key),
            platform_of=self.registry.by_id,
            key_of=self.platform_keys.key,
        )

    def _change_user(self, viewer: Viewer, **values: str) -> None:
        with self.db.write() as session:
            session.execute(update(User).where(User.id == viewer.user_id).values(**values))


def _refuse_other_answers(form: Mapping[str, str]) -> None:
    """Raise LaunchRefused for what comes to the launch address and is no launch.

    ``platform_error`` is an OpenID Connect error answer (Core 3.1.2.6), ``lti_1_1`` a launch of
    the old protocol, ``direct_visit`` a request with nothing in it.
    """
    logins.refuse_lti_1_1(form)
    if form.get("error"):
        told = {key: form.get(key, "")[:MAX_TOLD] for key in ("error", "error_description")}
        raise LaunchRefused("platform_error", WhoCanFix.LEARNER, **told)
    if not form.get("id_token") and not form.get("state"):
        raise LaunchRefused("direct_visit", WhoCanFix.LEARNER)
