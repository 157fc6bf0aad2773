"""CASE 1.1 as a program reads it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

from lti_tool.schemas.frameworks import Choices, read_framework
from lti_tool.services.container import Services
from tests.factories.frameworks import A1, DOCUMENT, A, as_bytes, case_package
from tests.factories.world import make_world

BASE = "/ims/case/v1p1"


def get(client: FlaskClient, path: str, status: int = 200) -> Any:
    answer = client.get(f"{BASE}/{path}")
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    return answer.get_json()


def test_every_object_that_is_linked_is_found_at_its_address(client: FlaskClient) -> None:
    listed = get(client, "CFDocuments")["CFDocuments"]
    assert [one["caseVersion"] for one in listed] == ["1.1"] * 4
    digcomp = next(one for one in listed if one["title"].startswith("DigComp"))
    package = get(client, f"CFPackages/{digcomp['identifier']}")
    assert len(package["CFItems"]) == len(package["CFAssociations"]) == 26
    item, link = package["CFItems"][1], package["CFAssociations"][1]
    alone = get(client, f"CFItems/{item['identifier'].upper()}")
    assert item.items() <= alone.items()
    assert alone["CFDocumentURI"]["identifier"] == digcomp["identifier"]
    assert link.items() <= get(client, f"CFAssociations/{link['identifier']}").items()
    around = get(client, f"CFItemAssociations/{package['CFItems'][0]['identifier']}")
    assert len(around["CFAssociations"]) == 1 + 3
    kind = get(client, f"CFItemTypes/{item['CFItemTypeURI']['identifier']}")["CFItemTypes"][0]
    assert kind["title"] == "Competence"
    licence = package["CFDefinitions"]["CFLicenses"][0]["identifier"]
    assert get(client, f"CFLicenses/{licence}")["title"] == "CC BY 4.0"
    rubric = get(client, f"CFRubrics/{package['CFRubrics'][0]['identifier']}")
    assert len(rubric["CFRubricCriteria"][0]["CFRubricCriterionLevels"]) == 8


def test_what_we_serve_we_can_import(client: FlaskClient, services: Services) -> None:
    for one in get(client, "CFDocuments")["CFDocuments"]:
        content = client.get(f"{BASE}/CFPackages/{one['identifier']}").data
        draft = read_framework(content, Choices(ours=services.framework_exports.base_url))
        plan = services.framework_imports.plan(None, draft)
        assert (plan.same + plan.quiet, plan.about, plan.warnings) == (plan.total, False, ())


def test_a_platforms_framework_is_served_once_it_is_public(
    client: FlaskClient, services: Services
) -> None:
    world = make_world(services.db)
    draft = read_framework(as_bytes(case_package()), Choices())
    done = services.framework_imports.apply(world.registration_id, draft)
    assert done.done_id is not None
    get(client, f"CFItems/{A1}", 404)
    services.frameworks.publish(done.done_id, True)
    told = get(client, f"CFPackages/{DOCUMENT}")
    assert [one["fullStatement"] for one in told["CFItems"]][:2] == ["People", "Welcomes readers"]
    assert len(get(client, f"CFItemAssociations/{A}")["CFAssociations"]) == 3
    assert get(client, "CFAssociations/c6f1a1f0-5b0e-4b7a-9f0a-000000000105")
    assert get(client, "CFAssociations/c6f1a1f0-5b0e-4b7a-9f0a-000000000103")["notes"] == "first"


def test_a_licence_that_forbids_it_keeps_a_framework_home(
    client: FlaskClient, services: Services
) -> None:
    package = case_package()
    package["CFDocument"] |= {"title": "SFIA 9", "licenseURI": None}
    done = services.framework_imports.apply(None, read_framework(as_bytes(package), Choices()))
    assert "permission" in done.warnings[0]
    get(client, f"CFDocuments/{DOCUMENT}", 404)
    assert len(get(client, "CFDocuments")["CFDocuments"]) == 4


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"CFItems/{uuid.UUID(int=1)}", 404, "unknownobject"),
        ("CFItems/x", 400, "invaliduuid"),
        ("CFNothing", 404, "unknownobject"),
        ("CFDocuments?limit=-1", 400, "invalid_selection_field"),
        ("CFDocuments?sort=nothing", 400, "invalid_sort_field"),
        ("CFDocuments?filter=title", 400, "invalid_selection_field"),
        ("CFDocuments?fields=nothing", 400, "invalid_selection_field"),
    ],
)
def test_errors_are_cases_own(client: FlaskClient, path: str, status: int, code: str) -> None:
    told = get(client, path, status)
    assert (told["imsx_codeMajor"], told["imsx_severity"]) == ("failure", "error")
    assert told["imsx_codeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"] == code


def test_lists_are_paged_sorted_filtered_and_cut(client: FlaskClient) -> None:
    answer = client.get(f"{BASE}/CFDocuments?limit=2&offset=1&sort=title&orderBy=desc&fields=title")
    titles = [one["title"] for one in answer.get_json()["CFDocuments"]]
    assert titles == sorted(titles, reverse=True) and len(titles) == 2
    assert answer.headers["X-Total-Count"] == "4"
    assert "offset=3" in answer.headers["Link"] and 'rel="next"' in answer.headers["Link"]
    found = get(client, "CFDocuments?filter=title~'digcomp' OR version='2017'")["CFDocuments"]
    assert len(found) == 2


@pytest.mark.parametrize("odd", ["endpoint=x", "_method=POST", "_external=1", "_anchor=a"])
def test_links_to_other_pages_take_any_parameter_as_it_is(client: FlaskClient, odd: str) -> None:
    answer = client.get(f"{BASE}/CFDocuments?limit=1&{odd}")
    assert answer.status_code == 200
    links = answer.headers["Link"].split(", ")
    assert all(odd in link and link.count("http") == 1 and "#" not in link for link in links)
