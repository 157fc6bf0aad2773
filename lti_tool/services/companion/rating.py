"""Rating one learner in Moodle, step by step; whatever Moodle does ends in a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from lti_tool import clock
from lti_tool.errors import PlatformError, PlatformRefusal, WhoCanFix
from lti_tool.lti.families import Outcome, Shown, Verdict
from lti_tool.remote.moodle_competencies import MoodleCompetencies
from lti_tool.rules.moodle_scales import item_of
from lti_tool.services.companion.places import Memory, Missing, Wanted, find
from lti_tool.services.companion.verdicts import impossible, missing, verdict_of


@dataclass(frozen=True, slots=True)
class Order:
    """A rating to be made; plain values, usable outside any transaction."""

    course: str
    """The LMS's id of the course (context.id), in Moodle a number."""
    subject: str
    """The learner's ``sub``, in Moodle the user's number."""
    name: str
    """As launches tell it; empty if they do not."""
    wanted: Wanted
    label: Mapping[str, str]
    """The confirmed level's name, per language."""
    note: str


def rate(moodle: MoodleCompetencies, memory: Memory, order: Order) -> Verdict:
    """Rate a learner; the verdict's ``shown`` is what Moodle shows then, of what we sent.

    Its ``detail`` is the name of that level there.
    """
    if not _is_number(order.course):
        return impossible("moodle_no_course")
    if not _is_number(order.subject):
        return impossible("moodle_no_user", WhoCanFix.OPERATOR)
    try:
        return _rate(moodle, memory, order)
    except PlatformError as error:
        memory.forget(moodle.site.root, order.wanted)
        return verdict_of(error)


def permalink(root: str, link_id: str) -> str:
    """Return Moodle's own address of the activity behind a resource link, "" if it has none.

    A link's id there is the number of the external tool's instance (mod/lti/view.php?l=).
    """
    return f"{root.rstrip('/')}/mod/lti/view.php?l={quote(link_id)}" if _is_number(link_id) else ""


def competencies_page(root: str, course: str, subject: str) -> str:
    """Return Moodle's page of a learner's competencies in a course (report_competency, since 3.1).

    "" if the course has no number; without the learner's, Moodle offers all of them.
    """
    if not _is_number(course):
        return ""
    address = f"{root.rstrip('/')}/report/competency/index.php?id={course}"
    return f"{address}&user={subject}" if _is_number(subject) else address


def _rate(moodle: MoodleCompetencies, memory: Memory, order: Order) -> Verdict:
    course, user = int(order.course), int(order.subject)
    place = find(moodle, order.wanted, memory)
    if isinstance(place, Missing):
        return missing(place.reason, place.number)
    item = item_of(order.label, place.items)
    if item is None:
        memory.forget(moodle.site.root, order.wanted)
        return missing("moodle_scale", ", ".join(place.items))
    stranger = _check_person(moodle, memory, user, order.name)
    if stranger is not None:
        return stranger
    competency = place.competency.id
    try:
        moodle.grade(course, user, competency, item, order.note)
    except PlatformRefusal as error:
        if error.reason != "moodle_not_in_course":
            raise
        moodle.add(course, competency)
        moodle.grade(course, user, competency, item, order.note)
    return _read_back(moodle, course, user, competency, item)


def _read_back(
    moodle: MoodleCompetencies, course: int, user: int, competency: int, item: int
) -> Verdict:
    """Return that it was sent, with what Moodle shows; a reading that fails takes nothing back."""
    sent = Verdict(Outcome.SENT, status=200)
    try:
        rated = moodle.rated(course, user, competency)
    except PlatformError:
        return sent
    return Verdict(
        Outcome.SENT, status=200, detail=rated.label, shown=Shown(rated.item, float(item))
    )


def _check_person(
    moodle: MoodleCompetencies, memory: Memory, user: int, name: str
) -> Verdict | None:
    """Return why a person must not be rated, None if they are who launches told.

    A ``sub`` is Moodle's number of a user; after a site was set up anew under the same address it
    may be somebody else's, whose name then shares no word with the one we know.
    """
    if memory.knows(moodle.site.root, user):
        return None
    account = moodle.account(user)
    if account is None:
        return impossible("moodle_no_user", WhoCanFix.LMS_ADMIN)
    theirs, ours = set(account.name.casefold().split()), set(name.casefold().split())
    if theirs and ours and not theirs & ours:
        return impossible("moodle_other_person", WhoCanFix.OPERATOR)
    memory.people[moodle.site.root, user] = clock.now()
    return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()
