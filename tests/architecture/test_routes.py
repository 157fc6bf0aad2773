"""Every route of a launch session says who may call it, and every other route is a known one."""

from __future__ import annotations

from flask import Flask

PUBLIC = {
    "/static/<path:filename>",
    "/calendar/<string(length=64):token>.ics",
    "/shared/<token>",
    "/mail/<string:what>/<string(length=97):token>",
    "/credentials/<uuid:credential_id>",
    "/credentials/keys",
    "/credentials/keys/<kid>",
    "/credentials/issuers/<uuid:registration_id>",
    "/credentials/issuers/<uuid:registration_id>/status/<int(max=2147483647):number>",
    "/credentials/achievements/<uuid:competency_id>/<locale>",
    "/healthz",
    "/readyz",
    "/metrics",
    "/lti/login",
    "/lti/launch",
    "/lti/bind",
    "/lti/confirm",
    "/lti/confirmed",
    "/lti/config.json",
    "/lti/jwks",
    "/lti/frame-test/<uuid:platform_id>",
    "/lti/register",
    "/lti/register/<invite>",
    "/api/docs",
    "/api/v1/openapi.json",
}


def test_every_session_route_has_a_guard(app: Flask) -> None:
    bare = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/s/<handle>")
        and not getattr(app.view_functions[rule.endpoint], "allowed_roles", None)
    ]
    assert bare == []


def test_no_route_outside_a_session_is_unknown(app: Flask) -> None:
    known = ("/s/<handle>", "/operator/", "/ims/case/v1p1/", "/xapi/")  # the last two: everybody
    outside = {
        r.rule
        for r in app.url_map.iter_rules()
        if not r.rule.startswith(known) and not r.endpoint.startswith("reading.")  # by tokens
    }
    assert outside - PUBLIC == set()


def test_no_two_routes_answer_to_one_address(app: Flask) -> None:
    answering: dict[tuple[str, str], list[str]] = {}
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answering.setdefault((method, rule.rule), []).append(rule.endpoint)
    assert {place: ends for place, ends in answering.items() if len(ends) > 1} == {}


def test_every_error_has_an_answer(app: Flask) -> None:
    from lti_tool import errors
    from lti_tool.views.errors import table

    def leaves(kind: type[Exception]) -> list[type[Exception]]:
        below = [leaf for sub in kind.__subclasses__() for leaf in leaves(sub)]
        return below or [kind]

    with app.test_request_context():
        answered = tuple(table())
    assert [k for k in leaves(errors.MiroirError) if not issubclass(k, answered)] == []
