"""LTI Advantage Conformance Certification Guide 1.3, 6.1.2 and 6.1.3: valid launches, by name.

All must succeed and show the right role, with whatever the platform shares of the person.
"""

from __future__ import annotations

import pytest

from lti_tool.rules.vocabulary import Role
from lti_tool.sandbox.tampering import VARIANTS
from tests.certification.conftest import Suite

LEAST = {"unknown_role", "no_role"}
PEOPLE = {"instructor": ("claire", Role.EDUCATOR), "student": ("amina", Role.LEARNER)}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("kind", ["instructor", "student"])
def test_valid_launch(suite: Suite, kind: str, variant: str) -> None:
    who, role = PEOPLE[kind]
    expected = Role.PARTICIPANT if variant in LEAST else role
    suite.pair.walker.control("persona", {"role": kind, "variant": variant})
    page = suite.launch(who)
    assert page.status == 200
    viewer = suite.viewer(page)
    assert viewer.role is expected
    assert viewer.context_id is not None


def test_somebody_without_a_name_is_asked_for_one(suite: Suite) -> None:
    suite.pair.walker.control("people", {"count": 1})
    newest = suite.pair.walker.control("people")[-1]["id"]
    suite.pair.walker.control("persona", {"role": "student", "variant": "no_pii"})
    page = suite.launch(newest)
    named = suite.pair.walker.fill(page, {"name": "Blue Heron"})
    assert named.status == 200
    assert suite.viewer(named).display_name == "Blue Heron"


def test_an_administrator_of_the_site_is_no_learner(suite: Suite) -> None:
    system = "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"
    suite.pair.tamper(set={"roles": [system]})
    assert suite.viewer(suite.launch("claire")).role is Role.EDUCATOR
