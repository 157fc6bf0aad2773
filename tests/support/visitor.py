"""Somebody with one launch session who reads pages, follows links and sends their forms."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from lti_tool.rules.vocabulary import SessionKind
from lti_tool.sandbox.webpages import Page, read_page
from tests.factories.world import Person, World


@dataclass
class Visitor:
    """A person's browser: no script, redirects are followed."""

    client: FlaskClient
    handle: str
    page: Page = None  # type: ignore[assignment]

    def get(self, path: str, **query: Any) -> Page:
        """Open ``path`` below the session's handle."""
        return self._keep(
            self.client.get(f"/s/{self.handle}{path}", query_string=query, follow_redirects=True)
        )

    def follow(self, text: str = "", part: str = "") -> Page:
        """Follow the first link of the page with this text and this part of an address."""
        return self._keep(self.client.get(self.page.link(text, part), follow_redirects=True))

    def send(
        self, *names: str, action: str = "", button: tuple[str, str] | None = None, **values: Any
    ) -> Page:
        """Fill in and send the page's form that has these fields; dots in names as ``__``."""
        form = self.page.form(*names, action=action)
        typed = {name.replace("__", "."): value for name, value in values.items()}
        pairs = MultiDict([*form.filled(typed), *([button] if button else [])])
        return self._keep(
            self.client.post(form.action.split("#")[0], data=pairs, follow_redirects=True)
        )

    def _keep(self, answer: TestResponse) -> Page:
        response = SimpleNamespace(
            headers=answer.headers,
            text=answer.text,
            url=answer.request.url,
            status_code=answer.status_code,
        )
        self.page = read_page(response)  # type: ignore[arg-type]
        return self.page


def visit(
    app: Flask, world: World, person: Person, kind: SessionKind = SessionKind.RESOURCE_LINK
) -> Visitor:
    """Return a visitor with a launch session of ``person``."""
    return Visitor(app.test_client(), world.handle(person, kind))
