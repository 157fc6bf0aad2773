"""A browser without a screen: walks through the sandbox and the tool over HTTP, page by page."""

from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from lti_tool.sandbox.webpages import Form, Page, WalkError, describe, read_page

__all__ = ["Form", "Page", "WalkError", "Walker", "read_page"]

_MAX_STEPS = 12
_TIMEOUT = 30
# A page whose only form posts nothing but these is a message on its way (OpenID's form_post).
_MESSAGE_FIELDS = {"JWT", "id_token", "state", "error", "error_description"}


class _Browser(requests.Session):
    """A session that, as browsers do on the own machine, keeps Secure cookies over http, too."""

    def __init__(self) -> None:
        super().__init__()
        self.cookies.set_policy(DefaultCookiePolicy(secure_protocols=("http", "https")))

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Prepare a request with our jar: requests' own copy of it forgets the policy."""
        prepared = super().prepare_request(request)
        prepared.headers.pop("Cookie", None)
        prepared.prepare_cookies(self.cookies.copy())
        return prepared


class Walker:
    """One browser with its cookies, in front of one sandbox."""

    def __init__(self, sandbox_url: str) -> None:
        self.sandbox_url = sandbox_url.rstrip("/")
        self.session: requests.Session = _Browser()
        self.session.headers["Accept"] = "text/html,application/xhtml+xml,*/*;q=0.8"
        self.session.headers["Accept-Language"] = "en"

    # ---- what every browser does -------------------------------------------------------------

    def get(self, url: str, **headers: str) -> Page:
        """Open an address (a path is one of the sandbox) and follow its redirects."""
        return read_page(self.session.get(self._full(url), headers=headers, timeout=_TIMEOUT))

    def submit(self, page: Page, form: Form, values: dict[str, Any] | None = None) -> Page:
        """Send a form with some of its fields changed; follows redirects."""
        pairs = form.filled(values or {})
        action = urljoin(page.url, form.action) if form.action else page.url
        headers = {"Referer": page.url, "Origin": _origin(page.url)}
        if form.method == "post":
            answer = self.session.post(action, data=pairs, headers=headers, timeout=_TIMEOUT)
        else:
            answer = self.session.get(action, params=pairs, headers=headers, timeout=_TIMEOUT)
        return read_page(answer)

    def fill(self, page: Page, values: dict[str, Any], *, action: str = "") -> Page:
        """Find the form that has these fields, fill them in and send it."""
        return self.submit(page, page.form(*values, action=action), values)

    def follow(self, page: Page, stop: str = "") -> Page:
        """Go on as scripts would: auto-submitting forms and ``<a id="continue">`` links.

        Stops at a page with neither, or before a form whose action contains ``stop``.
        """
        for _ in range(_MAX_STEPS):
            form = _auto_form(page)
            onward = next((a for a in page.links if a.get("id") == "continue"), None)
            if form is not None:
                if stop and stop in form.action:
                    return page
                page = self.submit(page, form)
            elif onward is not None:
                page = self.get(urljoin(page.url, onward["href"]), Referer=page.url)
            else:
                return page
        raise WalkError(f"the pages never come to an end: {describe(page)}")

    # ---- what people do in the sandbox ------------------------------------------------------

    def control(self, path: str, body: Any = None, method: str = "") -> Any:
        """Call the sandbox's control API (see control.py) and return its JSON."""
        answer = requests.request(
            method or ("GET" if body is None else "POST"),
            f"{self.sandbox_url}/control/{path.lstrip('/')}",
            json=body,
            timeout=_TIMEOUT,
        )
        if not answer.ok:
            raise WalkError(f"/control/{path}: {answer.status_code} {answer.text[:400]}")
        return answer.json()

    def be(self, who: str) -> None:
        """Be another person: an id, a user name or a full name."""
        answer = self.session.post(
            self._full("/person"), data={"person": who}, timeout=_TIMEOUT, allow_redirects=False
        )
        if answer.status_code >= 400:
            raise WalkError(f"there is no {who} in this sandbox")

    def register(
        self, link: str, values: dict[str, Any] | None = None, activate: bool = True
    ) -> dict[str, Any]:
        """Register a tool by its registration link and return it as the control API tells it.

        Goes through the tool's own page: sends the form that has the fields of ``values``, else the
        one that carries the registration on, else the first that posts.
        """
        before = {tool["client_id"] for tool in self.control("tools")}
        opened = self.control("registration-link", {"link": link})["url"]
        page = self.follow(self.get(opened))
        tools = self._new_tools(before)
        if not tools:
            form = page.form(*values) if values else _registration_form(page)
            page = self.follow(self.submit(page, form, values))
            tools = self._new_tools(before)
        if page.status >= 400 or not tools:
            raise WalkError(f"the tool did not register: {describe(page)}")
        if activate:
            return dict(self.control(f"tools/{tools[0]['client_id']}", {"active": True}))
        return dict(tools[0])

    def _new_tools(self, before: set[str]) -> list[dict[str, Any]]:
        return [tool for tool in self.control("tools") if tool["client_id"] not in before]

    def launch(self, link_id: str, *, window: bool = False) -> Page:
        """Open an activity as the current person and return the tool's page after the launch."""
        query = "?window=1" if window else ""
        return self.follow(self.get(f"/launch/link/{link_id}{query}"))

    def review(self, item_id: str, person_id: str = "") -> Page:
        """Open the review of a submission from the gradebook and return the tool's page."""
        return self.follow(self.get(f"/launch/review/{item_id}/{person_id}".rstrip("/")))

    def open_deep_linking(self, client_id: str, course_id: str = "") -> Page:
        """Open "Add an activity with …" and return the tool's page in which to choose."""
        course = course_id or self.control("courses")[0]["id"]
        return self.follow(self.get(f"/launch/deep-linking/{course}/{client_id}"))

    def finish_deep_linking(self, page: Page) -> Page:
        """Send the tool's final form (the one with the JWT) to the sandbox; return its answer."""
        page = self.follow(page, stop="/lti/deep-linking/return/")
        if page.url.startswith(f"{self.sandbox_url}/lti/deep-linking/return/"):
            return page
        return self.submit(page, page.form("JWT"))

    def links(self, course_id: str = "") -> list[dict[str, Any]]:
        """Return the activities as the control API tells them, of one course or of all."""
        found: list[dict[str, Any]] = self.control("links")
        return [link for link in found if course_id in ("", link["course_id"])]

    def _full(self, url: str) -> str:
        return self.sandbox_url + url if url.startswith("/") else url


def _registration_form(page: Page) -> Form:
    posting = [form for form in page.forms if form.method == "post"]
    if not posting:
        raise WalkError(f"the registration page has no form: {describe(page)}")
    carried = ("registration_token", "openid_configuration")
    likely = [f for f in posting if any(word in f.names or word in f.action for word in carried)]
    return (likely or posting)[0]


def _auto_form(page: Page) -> Form | None:
    """Return the form that a script of the page would send at once, if there is one.

    The sandbox marks it with ``data-auto-submit``; other sites' pages are known by having exactly
    one posting form of hidden fields only, the way OpenID Connect's form_post is written.
    """
    for form in page.forms:
        if "data-auto-submit" in form.attributes:
            return form
    posting = [form for form in page.forms if form.method == "post"]
    posting = [form for form in posting if "data-by-hand" not in form.attributes]
    if len(posting) == 1 and posting[0].names and posting[0].names <= _MESSAGE_FIELDS:
        return posting[0]
    return None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
