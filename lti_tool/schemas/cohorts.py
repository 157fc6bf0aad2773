"""What forms on cohorts send: names, people, tutors, times, lists."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates

from lti_tool.i18n import gettext as _
from lti_tool.rules.giving import ExclusionReason
from lti_tool.rules.name_lists import MAX_LINES, lines_of
from lti_tool.schemas.fields import Choice, LocalMoment, Ticked, Words
from lti_tool.services.cohorts.cohorts import NAME_LENGTH

MAX_NOTE = 2000
MAX_LIST = 400_000


class CohortForm(Schema):
    """A cohort's name, and whether learners may join it by themselves."""

    name = Words(most=NAME_LENGTH, required=True)
    is_open = Ticked()


class SeeingForm(Schema):
    """Whether tutors see every cohort."""

    to_all = Ticked()


class MoveForm(Schema):
    """Learners of a cohort, and the cohort they move to; empty for none."""

    people = fields.List(fields.UUID(), load_default=list)
    target = fields.UUID(load_default=None, allow_none=True)


class GroupsForm(Schema):
    """Groups of the LMS."""

    groups = fields.List(fields.UUID(), load_default=list)


class TutorForm(Schema):
    """Somebody of the staff, and what they should know."""

    user = fields.UUID(required=True)
    note = Words(most=MAX_NOTE, load_default="")

    def handle_error(self, error: ValidationError, data: Any, **_options: Any) -> None:
        """Say it in the reader's language."""
        messages = error.messages_dict
        if "user" in messages:
            raise ValidationError({**messages, "user": [_("Choose somebody.")]})
        raise error


class CoverForm(TutorForm):
    """Who stands in, from when (empty: now) until when."""

    from_at = LocalMoment()
    until_at = LocalMoment()

    @validates("until_at")
    def check(self, value: Any, **_options: object) -> None:
        """Refuse a cover without an end: that is another tutor."""
        if value is None:
            raise ValidationError(_("Please fill this in."))


class ListForm(Schema):
    """A pasted list of people, one a line."""

    people = Words(most=MAX_LIST, required=True)
    seen = Words(most=100, load_default="")

    @validates("people")
    def check(self, value: str, **_options: object) -> None:
        """Refuse a list that is too long to be looked over."""
        if len(lines_of(value)) > MAX_LINES:
            raise ValidationError(_("At most %(most)s lines, please.", most=MAX_LINES))


class ApartForm(ListForm):
    """People who are kept apart, those of one line from one another, and why."""

    why = Choice(ExclusionReason, load_default=ExclusionReason.OTHER)


class PairForm(Schema):
    """Two people who are kept apart."""

    one = fields.UUID(required=True)
    other = fields.UUID(required=True)


class JoinForm(Schema):
    """The cohort that a learner chooses."""

    cohort = fields.UUID(required=True)

    def handle_error(self, error: ValidationError, data: Any, **_options: Any) -> None:
        """Say it in the reader's language."""
        raise ValidationError({"cohort": [_("Choose one of these.")]})
