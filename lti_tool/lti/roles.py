"""Roles of an LTI message to roles of ours (LTI Core 1.3, 5.3.7 and appendix A.2).

A context role decides: it says what the person is in this course. System and institution roles
(an administrator of the site) count only where no known context role is given, and never make a
learner. What we do not know gives no rights: a participant.
"""

from __future__ import annotations

from collections.abc import Iterable

from lti_tool.rules.vocabulary import Role

CONTEXT = "http://purl.imsglobal.org/vocab/lis/v2/membership"
ELSEWHERE = (
    "http://purl.imsglobal.org/vocab/lis/v2/institution/person#",
    "http://purl.imsglobal.org/vocab/lis/v2/system/person#",
    "urn:lti:sysrole:ims/lis/",
    "urn:lti:instrole:ims/lis/",
)
OLD_CONTEXT = "urn:lti:role:ims/lis/"

TUTORS = {
    "TeachingAssistant",
    "TeachingAssistantGroup",
    "TeachingAssistantOffering",
    "TeachingAssistantSection",
    "TeachingAssistantSectionAssociation",
    "TeachingAssistantTemplate",
    "Grader",
    "GuestInstructor",
    "Mentor",
}
BY_PRINCIPAL = {
    "Instructor": Role.EDUCATOR,
    "ContentDeveloper": Role.EDUCATOR,
    "Administrator": Role.EDUCATOR,
    "Manager": Role.EDUCATOR,
    "Mentor": Role.TUTOR,
    "TeachingAssistant": Role.TUTOR,
    "Learner": Role.LEARNER,
    "Member": Role.PARTICIPANT,
    "Officer": Role.PARTICIPANT,
}
RANK = list(Role)


SYSTEM = ("http://purl.imsglobal.org/vocab/lis/v2/system/person#", "urn:lti:sysrole:ims/lis/")
SYSTEM_ADMINISTRATORS = {
    f"{prefix}{name}" for prefix in SYSTEM for name in ("Administrator", "SysAdmin")
}


def administers_platform(roles: Iterable[str]) -> bool:
    """Return whether a person is an administrator of the whole LMS.

    Of the system, not of an institution: several may share one LMS.
    """
    return not SYSTEM_ADMINISTRATORS.isdisjoint(roles)


def role_of(roles: Iterable[str]) -> Role:
    """Return what a person with these LTI ``roles`` may do in the context of the launch."""
    given = list(roles)
    in_context = {pair for pair in map(_context_role, given) if pair is not None}
    if any(principal == "Instructor" and sub in TUTORS for principal, sub in in_context):
        # A platform that names a sub-role names its principal as well (Core A.2.3.1).
        in_context.discard(("Instructor", ""))
    if in_context:
        return max((_ours(*pair) for pair in in_context), key=RANK.index)
    if any(_administers(role) for role in given):
        return Role.EDUCATOR
    return Role.PARTICIPANT


def _context_role(role: str) -> tuple[str, str] | None:
    """Return (principal, sub-role) of a context role that we know: URI, short name or 1.1 urn."""
    name = role
    if role.startswith(OLD_CONTEXT):
        name = role.removeprefix(OLD_CONTEXT)
    elif role.startswith((f"{CONTEXT}#", f"{CONTEXT}/")):
        name = role[len(CONTEXT) + 1 :]
    principal, _, sub_role = name.replace("#", "/").partition("/")
    return (principal, sub_role) if principal in BY_PRINCIPAL else None


def _ours(principal: str, sub_role: str) -> Role:
    """Return the role of ours for a principal role and its sub-role."""
    return Role.TUTOR if sub_role in TUTORS else BY_PRINCIPAL[principal]


def _administers(role: str) -> bool:
    """Return whether a system or institution role is that of an administrator."""
    if not role.startswith(ELSEWHERE):
        return False
    return role.replace("#", "/").rpartition("/")[2] in ("Administrator", "SysAdmin")
