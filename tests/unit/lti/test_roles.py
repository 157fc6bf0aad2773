"""Roles of a launch to roles of ours."""

from __future__ import annotations

import pytest

from lti_tool.lti.roles import role_of
from lti_tool.rules.vocabulary import Role

CONTEXT = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person"

CASES = {
    "learner": ([f"{CONTEXT}#Learner"], Role.LEARNER),
    "short learner": (["Learner"], Role.LEARNER),
    "old urn": (["urn:lti:role:ims/lis/Learner"], Role.LEARNER),
    "instructor": ([f"{CONTEXT}#Instructor"], Role.EDUCATOR),
    "short instructor": (["Instructor"], Role.EDUCATOR),
    "old urn of an instructor": (["urn:lti:role:ims/lis/Instructor"], Role.EDUCATOR),
    "content developer": ([f"{CONTEXT}#ContentDeveloper"], Role.EDUCATOR),
    "administrator of the course": ([f"{CONTEXT}#Administrator"], Role.EDUCATOR),
    "mentor": ([f"{CONTEXT}#Mentor"], Role.TUTOR),
    "assistant of Open edX": (
        [f"{CONTEXT}#Learner", f"{CONTEXT}/Instructor#TeachingAssistant"],
        Role.TUTOR,
    ),
    "assistant of Canvas": (
        [f"{CONTEXT}#Instructor", f"{CONTEXT}/Instructor#TeachingAssistant", f"{SYSTEM}#User"],
        Role.TUTOR,
    ),
    "old urn of an assistant": (["urn:lti:role:ims/lis/TeachingAssistant/Grader"], Role.TUTOR),
    "assistant who also builds": (
        [f"{CONTEXT}/Instructor#TeachingAssistant", f"{CONTEXT}#ContentDeveloper"],
        Role.EDUCATOR,
    ),
    "primary instructor": (
        [f"{CONTEXT}#Instructor", f"{CONTEXT}/Instructor#PrimaryInstructor"],
        Role.EDUCATOR,
    ),
    "administrator of the site who learns": (
        [f"{CONTEXT}#Learner", f"{SYSTEM}#Administrator", f"{INSTITUTION}#Administrator"],
        Role.LEARNER,
    ),
    "administrator of the site only": ([f"{INSTITUTION}#Administrator"], Role.EDUCATOR),
    "old urn of an administrator": (["urn:lti:sysrole:ims/lis/SysAdmin"], Role.EDUCATOR),
    "teacher of the school, nothing here": ([f"{INSTITUTION}#Instructor"], Role.PARTICIPANT),
    "student of the school, nothing here": ([f"{INSTITUTION}#Student"], Role.PARTICIPANT),
    "member": ([f"{CONTEXT}#Member"], Role.PARTICIPANT),
    "unknown": (["http://purl.example/vocab#Wizard", "Wizard", ""], Role.PARTICIPANT),
    "none": ([], Role.PARTICIPANT),
    "looks like a context role": (["http://evil.example/membership#Instructor"], Role.PARTICIPANT),
}


@pytest.mark.parametrize("name", CASES)
def test_role(name: str) -> None:
    roles, expected = CASES[name]
    assert role_of(roles) is expected
