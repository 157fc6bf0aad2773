"""Where somebody finds an activity in their LMS, as far as LTI tells: for links in mails.

A link leads to the LMS and never to a launch session of ours: opening it there launches anew.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lti_tool.rules.vocabulary import PlatformFamily

_CANVAS_COURSE = re.compile(r"^/courses/\d+")
LONGEST = 1_000


def course_address(family: PlatformFamily, return_url: str) -> str:
    """Return what to keep of a launch's return URL (LTI Core 5.4.5): the way back to the course.

    Never a query: Moodle's holds a session key. Empty where nothing of use is left.
    """
    parts = urlsplit(return_url)
    if parts.scheme not in ("http", "https") or not parts.netloc or len(return_url) > LONGEST:
        return ""
    if family is PlatformFamily.MOODLE and parts.query:
        return ""  # its courses have addresses that we can tell, see below
    origin = f"{parts.scheme}://{parts.netloc}"
    if family is PlatformFamily.CANVAS:
        course = _CANVAS_COURSE.match(parts.path)
        return origin + course[0] if course else origin
    return origin if parts.query else origin + parts.path


def activity_address(
    family: PlatformFamily, issuer: str, course_id: str, link_id: str, course_url: str
) -> str:
    """Return where a resource link is opened in the LMS, else its course; empty if not known.

    Moodle names its external tools by the number that ``mod/lti/view.php`` takes as ``l``.
    """
    if family is PlatformFamily.MOODLE and not course_url:
        if link_id.isascii() and link_id.isdigit():
            return f"{issuer}/mod/lti/view.php?l={link_id}"
        if course_id.isascii() and course_id.isdigit():
            return f"{issuer}/course/view.php?id={course_id}"
        return ""
    return course_url
