"""Reading everything that a person can reach: every link followed, every form sent once."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from lti_tool.sandbox.webpages import Form, Page, read_page

MOST = 400
"""Pages after which a crawl gives up: something then makes addresses without end."""
SKIPPED = ("/language", "/time-zone", "/unmask")
"""Forms that change how all pages look, or what their reader may know."""


def crawl(client: FlaskClient, handle: str, typed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what each request was and all that was answered: status, headers and body.

    Follows all links first, then sends all forms with ``typed`` in the fields of these names; what
    a form leads to is read, too.
    """
    home = f"/s/{handle}"
    forms: dict[str, tuple[Form, list[tuple[str, str]]]] = {}
    for request, page, text in _links(client, home):
        yield request, text
        for form in page.forms:
            target = urlsplit(form.action or request).path
            if form.method == "post" and not target.endswith(SKIPPED):
                for button in form.buttons or [("", "")]:
                    forms.setdefault(f"{target} {button}", (form, [button]))
    for name, (form, button) in forms.items():
        yield f"POST {name}", _told(_send(client, name.split()[0], form, button, typed))


def _links(client: FlaskClient, home: str) -> Iterator[tuple[str, Page, str]]:
    waiting, met = [f"{home}/"], {f"{home}/"}
    while waiting:
        url = waiting.pop()
        answer = client.get(url, follow_redirects=True)
        page = _page(answer)
        yield url, page, _told(answer)
        for link in page.links:
            found = urlsplit(link["href"])
            target = found.path + (f"?{found.query}" if found.query else "")
            if target.startswith(home) and target not in met:
                met.add(target)
                waiting.append(target)
        assert len(met) < MOST, sorted(met)[-20:]


def _send(
    client: FlaskClient,
    target: str,
    form: Form,
    button: list[tuple[str, str]],
    typed: Mapping[str, str],
) -> TestResponse:
    known = {name: value for name, value in typed.items() if name in form.names}
    chosen = {
        name: values[-1]
        for name, values in form.choices.items()
        if name not in known and name not in dict(form.fields)
    }
    pairs = MultiDict([*form.filled({**chosen, **known}), *(one for one in button if one[0])])
    return client.post(target, data=pairs, follow_redirects=True)


def _told(answer: TestResponse) -> str:
    steps = [*answer.history, answer]
    heads = [f"{step.request.path} {step.status} {step.headers}" for step in steps]
    return "\n".join([*heads, *_texts(answer)])


def _texts(answer: TestResponse) -> list[str]:
    """Return what an answer says, that of each file of an archive, too."""
    if answer.mimetype == "application/zip":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            return [archive.read(name).decode() for name in archive.namelist()]
    return [answer.get_data().decode(errors="replace")]  # a PDF, for instance, is no text


def _page(answer: TestResponse) -> Page:
    html = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
    response = SimpleNamespace(
        headers=answer.headers,
        text=html,
        url=answer.request.url,
        status_code=answer.status_code,
    )
    return read_page(response)  # type: ignore[arg-type]
