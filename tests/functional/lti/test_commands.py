"""The operator's commands for platforms and keys."""

from __future__ import annotations

import pytest
from click.testing import Result
from flask import Flask

from lti_tool.app import services_of
from tests.support.forge import Forge, handle_in, reason_in

ADD = (
    "platforms add --name Edx --issuer https://edx.example --client-id c1"
    " --auth-url https://edx.example/auth --token-url https://edx.example/token"
    " --jwks-url https://edx.example/jwks --family openedx --deployment 1"
)


def run(app: Flask, command: str) -> Result:
    return app.test_cli_runner().invoke(args=command.split())


def test_an_invitation_is_the_last_line(app: Flask) -> None:
    result = run(app, "platforms invite --name University --hours 2")
    assert result.exit_code == 0
    link = result.output.splitlines()[-1]
    assert link.startswith("http://127.0.0.1:5000/lti/register/")
    assert app.test_client().get(link.removeprefix("http://127.0.0.1:5000")).status_code == 200


def test_a_platform_added_by_hand(app: Flask) -> None:
    assert run(app, ADD).exit_code == 0
    assert "Edx  [openedx]  https://edx.example  c1" in run(app, "platforms list").output
    shown = run(app, "platforms show c1").output
    assert "deployment 1: approved" in shown
    assert "token audience: https://edx.example/token" in shown


def test_adding_again_changes_but_never_moves_a_platform(app: Flask) -> None:
    run(app, ADD)
    assert run(app, ADD.replace("Edx", "Renamed")).exit_code == 0
    moved = run(app, ADD.replace("https://edx.example/jwks", "https://evil.example/jwks"))
    assert moved.exit_code == 1
    assert "another platform" in moved.output


def test_every_value_is_shown_and_can_be_changed(app: Flask) -> None:
    more = " --token-audience https://edx.example/aud --frame-origin https://mfe.edx.example"
    assert run(app, ADD + more).exit_code == 0
    moved = "--jwks-url https://new.example/jwks --family generic --name Moved"
    assert run(app, f"platforms update c1 {moved}").exit_code == 0
    shown = run(app, "platforms show c1").output
    for line in (
        "name: Moved",
        "family: generic",
        "issuer: https://edx.example",
        "authentication request URL: https://edx.example/auth",
        "key set URL: https://new.example/jwks",
        "token audience: https://edx.example/aud",
        "frame origins: https://mfe.edx.example",
        "deployment 1: approved",
    ):
        assert line in shown
    assert run(app, "platforms update c1 --token-audience=").exit_code == 0
    assert "token audience: https://edx.example/token" in run(app, "platforms show c1").output


def test_bad_addresses_are_refused(app: Flask) -> None:
    bad = run(app, ADD.replace("https://edx.example/jwks", "ftp://edx.example/jwks"))
    assert (bad.exit_code, "jwks_uri must be an https URL" in bad.output) == (1, True)
    run(app, ADD)
    assert run(app, "platforms update c1 --auth-url nonsense").exit_code == 1
    assert run(app, "platforms frames c1 https://host.example/path").exit_code == 2
    assert run(app, "platforms update nobody --name X").exit_code == 1


def test_an_invitation_to_update(app: Flask) -> None:
    run(app, ADD)
    assert run(app, "platforms invite").exit_code == 2
    assert run(app, "platforms invite --update nobody").exit_code == 1
    lines = run(app, "platforms invite --update c1").output.splitlines()
    assert "updates Edx" in lines[0]
    token = lines[-1].rpartition("/")[2]
    assert services_of(app).platforms.invitation(token).updates == "Edx"


def test_disabling_and_approving(forge: Forge) -> None:
    run(forge.app, "platforms disable miroir-client")
    forge.services.launches.registry._kept.clear()
    form = {"iss": forge.issuer, "login_hint": "x", "target_link_uri": "x"}
    assert reason_in(forge.browser.post("/lti/login", data=form)) == "platform_disabled"
    run(forge.app, "platforms disable miroir-client --undo")
    assert reason_in(forge.launch(DEPLOYMENT_ID="2")) == "deployment_pending"
    assert "waits for approval: 2" in run(forge.app, "platforms list").output
    assert run(forge.app, "platforms approve miroir-client 2").exit_code == 0
    assert handle_in(forge.launch(DEPLOYMENT_ID="2"))
    run(forge.app, "platforms approve miroir-client 2 --undo")
    assert reason_in(forge.launch(DEPLOYMENT_ID="2")) == "deployment_disabled"


@pytest.mark.parametrize("command", ["show", "disable", "frames"])
def test_an_unknown_platform_is_one_clear_line(app: Flask, command: str) -> None:
    result = run(app, f"platforms {command} nobody")
    assert (result.exit_code, "nobody" in result.output) == (1, True)


def test_keys_are_listed_and_rotated(app: Flask) -> None:
    assert run(app, "keys list").output.count("signs from") == 1
    assert "it signs from" in run(app, "keys rotate --days 0.5").output
    listed = run(app, "keys list").output
    assert (listed.count("signs from"), listed.count("retires")) == (2, 1)
