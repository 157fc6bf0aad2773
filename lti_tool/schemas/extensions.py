"""What staff send who give more time, keep a note, or count somebody as complete."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from lti_tool.i18n import gettext as _
from lti_tool.rules.clocks import NAMES, DueDates, ExtensionScope
from lti_tool.rules.interventions import InterventionKind
from lti_tool.schemas.fields import Choice, LocalMoment, Whole, Words
from lti_tool.services.desk.extensions import Draft

MAX_REASON = 500
MAX_NOTE = 2000


class ExtensionForm(Schema):
    """Who gets more time, until when, and why; loads as ``Draft``."""

    scope = Choice(ExtensionScope, required=True)
    people = fields.List(fields.UUID(), load_default=list)
    cohort = fields.String(load_default="")
    now_due_at = LocalMoment()
    new_due_at = LocalMoment()
    next_due_at = LocalMoment()
    reason = Words(most=MAX_REASON, required=True)

    @validates_schema
    def check_whom(self, data: dict[str, Any], **_options: object) -> None:
        """Refuse a choice that names nobody."""
        if data["scope"] is ExtensionScope.CHOSEN and not data["people"]:
            raise ValidationError(_("Choose at least one person."), "people")

    @post_load
    def make(self, data: dict[str, Any], **_options: object) -> Draft:
        """Return what was asked for."""
        cohort_id = None
        if data["scope"] is ExtensionScope.COHORT:
            try:
                cohort_id = fields.UUID().deserialize(data["cohort"])
            except ValidationError as error:
                raise ValidationError(_("Choose a cohort."), "cohort") from error
        return Draft(
            scope=data["scope"],
            dates=DueDates(**{name: data[name] for name in NAMES}),
            reason=data["reason"],
            people=tuple(data["people"]),
            cohort_id=cohort_id,
        )


class NoteForm(Schema):
    """A note on a learner, and on which plane it supports them."""

    kind = Choice(InterventionKind, required=True)
    note = Words(most=MAX_NOTE, load_default="")


class OverrideForm(Schema):
    """That somebody is complete by a tutor's word."""

    override_points = Whole(0, 100, required=True)
    override_reason = Words(most=MAX_REASON, required=True)
