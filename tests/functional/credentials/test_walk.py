"""A learner takes a confirmed level along, others check it, and it is taken back."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from jsonschema import Draft202012Validator
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS, InvalidJWSSignature
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier
from sqlalchemy import select

from lti_tool import clock
from lti_tool.app import services_of
from lti_tool.models.activities import Activity
from lti_tool.models.credentials import Credential
from lti_tool.models.frameworks import Competency, CompetencyFramework
from lti_tool.models.people import User
from lti_tool.rules.vocabulary import TakenBack
from lti_tool.services.credentials.links import links_of
from lti_tool.services.desk.people import People
from lti_tool.services.engine.confirmations import Confirmation, seen_of
from lti_tool.services.privacy.erasure import erase
from tests.factories.learning import rate
from tests.factories.work import participation_of
from tests.factories.world import Person, World, make_world
from tests.support.open_badges import ACHIEVEMENT_CREDENTIAL
from tests.support.visitor import Visitor, visit

EMAIL, NOTE = "learner@example.org", "words of the tutor that stay within"


@pytest.fixture
def world(app: Flask) -> World:
    """Return a course whose first learner has level 2 of the first competency confirmed."""
    world = make_world(services_of(app).db, learners=2, offers_credentials=True)
    with world.database.write() as session:
        session.get_one(User, world.learners[0].user_id).email = EMAIL
    for learner in world.learners:
        rate(world, learner)
    confirm(world, world.learners[0], 2)
    return world


def confirm(world: World, learner: Person, level: int | None) -> None:
    with world.database.read() as session:
        way = participation_of(session, world, learner)
        stands = {one.competency_id: one for one in way.confirmed_levels}
        seen = seen_of(stands.get(world.competency_ids[0]))
    said = Confirmation(world.competency_ids[0], level, NOTE, seen)
    People(world.database).confirm(world.viewer(world.tutor), world.activity_id, way.id, [said])


def made(me: Visitor, **choices: str) -> dict[str, str]:
    """Make a credential of the one confirmed level; return its files by their ending."""
    me.get("/my-competencies")
    me.follow("Take along as a credential")
    assert NOTE not in me.page.text and "Nothing that you" in me.page.text
    me.send(action="/credential", **choices)
    assert "Here is your credential." in me.page.text
    links = re.findall(r'href="([^"]+/file\.(\w+))"', me.page.html)
    return {ending: me.client.get(link).text for link, ending in links}


def fetched(app: Flask, url: str) -> Any:
    """Ask for an address that a credential names; nobody is logged in."""
    base_url = services_of(app).public_credentials.signer.base_url
    assert url.startswith(f"{base_url}/credentials/")
    answer = app.test_client().get(url.removeprefix(base_url))
    assert answer.status_code == 200 and answer.headers["Access-Control-Allow-Origin"] == "*"
    return answer


def payload(app: Flask, signed: str) -> dict[str, Any]:
    """Verify a credential's signature as 8.2.5 has it: by the key to which its header leads."""
    token = JWS()
    token.deserialize(signed)
    assert set(token.jose_header) == {"alg", "kid", "typ"} and token.jose_header["alg"] == "RS256"
    key = fetched(app, token.jose_header["kid"]).json
    assert "d" not in key and key in app.test_client().get("/credentials/keys").json["keys"]
    token.verify(JWK(**key))
    found: dict[str, Any] = json.loads(token.payload)
    return found


def is_good(app: Flask, signed: str) -> bool:
    """Return what another Open Badges library says, the signed status list included."""
    kid = json.loads(JWS.from_jose_token(signed).objects["protected"])["kid"]
    pem = JWK(**fetched(app, kid).json).export_to_pem()
    try:
        OB3Verifier(pem).verify(
            signed, check_status=True, download=lambda url: fetched(app, url).data
        )
    except OB3VerificationError as error:
        assert "'revocation' is set" in str(error)
        return False
    return True


def page_of(app: Flask, document: dict[str, Any]) -> str:
    answer = app.test_client().get("/credentials/" + document["id"].rpartition("/")[2])
    assert answer.status_code == 200 and answer.headers["X-Robots-Tag"] == "noindex"
    return answer.text


def test_a_level_is_taken_along_checked_and_withdrawn(app: Flask, world: World) -> None:
    me = visit(app, world, world.learners[0])
    files = made(me, with_name="1", with_email="1")
    document = json.loads(files["json"])
    assert list(Draft202012Validator(ACHIEVEMENT_CREDENTIAL).iter_errors(document)) == []
    claims = payload(app, files["jwt"])
    assert {name: claims[name] for name in document} == document
    subject = document["credentialSubject"]
    assert (claims["iss"], claims["sub"]) == (document["issuer"]["id"], subject["id"])
    email, name = subject["identifier"]
    assert name["identityHash"] == "Learner 1" and email["identityHash"].startswith("sha256$")
    assert OB3Verifier.extract_token_from_svg(files["svg"].encode()) == files["jwt"]
    everything = files["json"] + files["svg"] + page_of(app, document)
    assert not [told for told in (EMAIL, NOTE, "Tariq") if told in everything]

    achievement = subject["achievement"]
    assert achievement["alignment"][0]["targetType"] == "CFItem"
    for url in (achievement["id"], document["issuer"]["id"]):
        assert fetched(app, url).json["id"] == url
    page = page_of(app, document)
    assert "This credential is valid" in page and "Learner 1" in page and "Library school" in page
    assert is_good(app, files["jwt"])
    services_of(app).keys.rotate()
    assert payload(app, files["jwt"]) == claims
    head, body, signature = files["jwt"].split(".")
    with pytest.raises(InvalidJWSSignature):
        payload(app, f"{head}.{body[:-4]}AAAA.{signature}")

    me.get("/my-competencies")
    assert "Open the credential" in me.page.text
    me.follow("Open the credential")
    me.send(action="/withdraw")
    assert "Withdrawn." in me.page.text and "You can make another" in me.page.text
    page = page_of(app, document)
    assert "not valid any more" in page and "Learner 1" not in page
    assert not is_good(app, files["jwt"])
    assert me.client.get(f"/s/{me.handle}/my-competencies").status_code == 200


def test_what_becomes_of_the_level_becomes_of_the_credential(app: Flask, world: World) -> None:
    learner = world.learners[0]
    me = visit(app, world, learner)
    first = made(me)
    document = json.loads(first["json"])
    assert "identifier" not in document["credentialSubject"]
    confirm(world, learner, 3)
    assert is_good(app, first["jwt"])  # more takes nothing away
    second = made(me)
    confirm(world, learner, 2)
    assert (is_good(app, first["jwt"]), is_good(app, second["jwt"])) == (True, False)
    kept = services_of(app).privacy.export(world.registration_id, learner.user_id)
    with zipfile.ZipFile(io.BytesIO(b"".join(kept))) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist()]
    assert any(document["credentialSubject"]["id"] in text for text in texts)
    with world.database.read() as session:
        links = links_of(session, [participation_of(session, world, learner).id])
        assert [document["id"].endswith(one.path) for one in links] == [True]
    withdraw = ["credentials", "withdraw", document["id"].rpartition("/")[2]]
    assert "no longer valid" in app.test_cli_runner().invoke(args=withdraw).output
    assert app.test_cli_runner().invoke(args=withdraw).exit_code == 1
    assert not is_good(app, first["jwt"])
    me.get("/my-competencies")
    assert "Who runs this server" in me.follow("Practising").text


def test_a_credential_outlasts_its_course_but_not_its_person(app: Flask, world: World) -> None:
    learner, privacy = world.learners[0], services_of(app).privacy
    me = visit(app, world, learner)
    gone = made(me, with_name="1")
    me.send(action="/withdraw")
    kept = made(me, with_name="1")
    told = b"".join(privacy.export(world.registration_id, learner.user_id))
    document = json.loads(kept["json"])
    with zipfile.ZipFile(io.BytesIO(told)) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist()]
    assert any(document["credentialSubject"]["id"] in text for text in texts)

    with time_machine.travel(clock.now() + timedelta(days=400)):
        assert privacy.purge(365, dry_run=False).courses
        assert not privacy.purge(365, dry_run=False).rows
    with world.database.read() as session:
        user = session.get_one(User, learner.user_id)
        assert (user.name, user.email, user.erased_at) == ("", "", None)
        assert not user.sub.startswith("erased:")  # else nobody could withdraw it any more
    assert (is_good(app, kept["jwt"]), is_good(app, gone["jwt"])) == (True, False)
    assert "Learner 1" in page_of(app, document)

    with world.database.write() as session:
        erase(session, session.get_one(User, learner.user_id))
    assert not is_good(app, kept["jwt"]) and "Learner 1" not in page_of(app, document)
    with world.database.read() as session:
        rows = session.scalars(select(Credential).order_by(Credential.taken_back_at)).all()
        assert [one.document for one in rows] == [{}, {}]
        assert [one.taken_back_by for one in rows] == [TakenBack.LEARNER, TakenBack.ERASURE]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_where_there_is_none_to_take(app: Flask, world: World) -> None:
    """Not where the educator offers none, not of words that may not be used, not another's."""
    me, peer = (visit(app, world, one) for one in world.learners)
    with world.database.write() as session:
        competency = session.get_one(Competency, world.competency_ids[0])
        framework = session.get_one(CompetencyFramework, competency.framework_id)
        framework.licence = "SFIA"
    assert "does not let others use its words" in me.get("/my-competencies").text
    with world.database.write() as session:
        framework = session.get_one(CompetencyFramework, competency.framework_id)
        framework.licence = "CC BY 4.0"
    preview = me.get("/my-competencies").link("Take along as a credential")
    path = preview.split(me.handle)[1]
    assert peer.get(path).status == 404
    with world.database.write() as session:
        session.get_one(Activity, world.activity_id).offers_credentials = False
    assert "Take along" not in me.get("/my-competencies").text
    assert me.get(path).status == 404
    assert app.test_client().get(f"/credentials/{world.activity_id}").status_code == 404


def test_addresses_that_no_database_could_hold_lead_nowhere(app: Flask) -> None:
    some = "/credentials/issuers/5f6f2a5e-6a35-4f0e-a8f5-3b6b4cbd6a11/status/"
    odd = (f"{some}{2**31}", f"{some}{2**70}", "/credentials/keys/%00", "/shared/%00%ff")
    where = "/credentials/achievements/5f6f2a5e-6a35-4f0e-a8f5-3b6b4cbd6a11/"
    for path in (*odd, f"{some}0", f"{where}%00", f"{where}%ed%a0%80"):
        assert app.test_client().get(path).status_code == 404, path
