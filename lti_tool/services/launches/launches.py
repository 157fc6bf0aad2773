"""Launches: from the LMS's login request to a session that is bound to one browser (DESIGN 5)."""

from __future__ import annotations

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
from lti_tool.services.launches import logins
from lti_tool.services.launches import sessions as launch_sessions
from lti_tool.services.launches.acceptance import Acceptance
from lti_tool.services.launches.answers import refuse_other_answers
from lti_tool.services.launches.binding import (
    Arrival,
    bind,
    bind_by_word,
    confirmation_proof,
    handle_of,
    launch_of_ticket,
)
from lti_tool.services.launches.opening import Launched, Opening
from lti_tool.services.launches.registry import Registry
from lti_tool.services.launches.told import Told, told
from lti_tool.services.platforms.platform_clocks import PlatformClocks
from lti_tool.services.platforms.platform_keys import PlatformKeys


@dataclass(frozen=True, slots=True)
class Launches:
    """Logins, launches and the sessions that they open."""

    db: Database
    secrets: Secrets
    http: Http
    base_url: str
    registry: Registry = field(init=False)
    platform_keys: PlatformKeys = field(init=False)
    clocks: PlatformClocks = field(init=False)
    state_key: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "registry", Registry(self.db))
        object.__setattr__(self, "platform_keys", PlatformKeys(self.db, self.http))
        object.__setattr__(self, "clocks", PlatformClocks(self.db))
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
        trust = self._trust()
        refuse_other_answers(form, trust)
        accepted = accept(form, trust)
        opening = Opening(self.secrets, self.state_key, accepted, browser_secrets)
        launched = Acceptance(self.secrets, accepted, opening).record(self.db)
        self.clocks.note(accepted.platform.id, accepted.message.issued_at)
        return launched

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
            launch = launch_of_ticket(session, ticket, browser_secret)
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
            launch = launch_of_ticket(session, ticket, browser_secret)
            bind_by_word(launch, browser_secret)
            return handle_of(self.secrets, launch.id)

    def viewer(self, handle: str, arrival: Arrival | None = None) -> Viewer:
        """Return the person of a live, bound session; raises SessionEnded, ElsewhereOpened.

        ``arrival`` tells of the browser that asks; None is ourselves. Notes that the session was
        seen, at most once a minute.
        """
        return launch_sessions.viewer(self.db, handle, arrival)

    def told(self, viewer: Viewer) -> Told:
        """Return what the launch of this session told of the person."""
        with self.db.read() as session:
            return told(session, viewer)

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
