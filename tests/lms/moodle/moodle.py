"""Everything that a test in Moodle needs: its people, the tool, and what they do there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.lms.moodle.administration import Administration
from tests.lms.moodle.album import Album
from tests.lms.moodle.course import Course
from tests.lms.moodle.gradebook import Gradebook
from tests.lms.moodle.site import People
from tests.lms.moodle.tool import Tool

PLATFORM = "Our Moodle"
"""What the operator calls this Moodle."""


@dataclass(frozen=True)
class Moodle:
    """A Moodle in which the tool is connected, seen in one of its courses."""

    people: People
    tool: Tool
    album: Album
    type_id: int
    """Moodle's number of the tool."""
    course: Course

    @property
    def administration(self) -> Administration:
        """What its administrator does."""
        return Administration(self.people)

    @property
    def gradebook(self) -> Gradebook:
        """The course's gradebook."""
        return Gradebook(self.course)

    def elsewhere(self, course_id: int) -> Moodle:
        """Return the same in another course."""
        return replace(self, course=Course(self.people, course_id))
