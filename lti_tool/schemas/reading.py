"""What programs read by ``/api/v1``: its shape, and what its document says of each part.

Descriptions are for people who write programs, in English alone, as the names are.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from marshmallow import Schema, fields, validate

from lti_tool.rules.completion import ItemKey, ItemState
from lti_tool.rules.vocabulary import ActivityState, Anonymity, OutboxState, WorkState
from lti_tool.services.outbox.shown import Drift

USUAL, MOST = 50, 200
"""Things in a piece of a list, unless asked for otherwise, and at most."""
MOST_CURSOR = 1000


def said(text: str, nullable: bool = False) -> dict[str, Any]:
    """Return what is common to fields: what they mean, and whether they may be null."""
    return {"metadata": {"description": text}, "allow_none": nullable, "required": True}


def one_of(kind: type[Enum], text: str, nullable: bool = False) -> fields.Enum[Any]:
    """Return a field of a closed vocabulary."""
    return fields.Enum(kind, by_value=True, **said(text, nullable))


def moment(text: str) -> fields.AwareDateTime:
    """Return a field of a moment, which may be null."""
    return fields.AwareDateTime(**said(f"{text} (RFC 3339, UTC).", nullable=True))


def texts(text: str, nullable: bool = False) -> fields.Dict:
    """Return a field of texts by language."""
    common = said(f"{text}, by language tag.", nullable)
    return fields.Dict(keys=fields.String(), values=fields.String(), **common)


def called() -> fields.String:
    """Return the field of what a person is called."""
    text = "What staff call the person; where names are hidden from staff, a pseudonym or null."
    return fields.String(**said(text, nullable=True))


class ListQuery(Schema):
    """Which piece of a list is asked for."""

    limit = fields.Integer(
        load_default=USUAL,
        validate=validate.Range(1, MOST),
        metadata={"description": "How many at most."},
    )
    cursor = fields.String(
        load_default="",
        validate=validate.Length(max=MOST_CURSOR),
        metadata={"description": "“next” of the piece before; none for the first."},
    )


class Competency(Schema):
    """A competency that an activity is about."""

    id = fields.UUID(**said("Its id in Miroir."))
    identifier = fields.String(**said("Its CASE identifier; see /ims/case/v1p1."))
    code = fields.String(**said("Its short code, if it has one."))
    statement = texts("What it says")


class Activity(Schema):
    """An activity of the course."""

    id = fields.UUID(**said("Its id."))
    title = fields.String(**said("Its title."))
    language = fields.String(**said("Language tag of its questions."))
    state = one_of(ActivityState, "Whether a link of the course has opened it.")
    anonymity = one_of(Anonymity, "Who is told whose work it is.")
    days_only = fields.Boolean(
        **said("Whether moments about learners tell their day alone: names are hidden from staff.")
    )
    created_at = moment("When it was made")
    opens_at = moment("From when on learners can begin")
    now_due_at = moment("Until when the reflection is due")
    new_due_at = moment("Until when responses are due")
    next_due_at = moment("Until when everything is due")
    closed_at = moment("When it was archived")
    responses_required = fields.Integer(**said("Responses that each learner gives."))
    learners_begun = fields.Integer(**said("Learners who opened it."))
    competencies = fields.List(fields.Nested(Competency), **said("What it is about."))


class Item(Schema):
    """A line of a learner's checklist."""

    key = one_of(ItemKey, "Which one.")
    state = one_of(ItemState, "How it stands.")
    done = fields.Integer(**said("How many are done."))
    of = fields.Integer(**said("Of how many."))


class Level(Schema):
    """A level that a tutor confirmed."""

    competency_id = fields.UUID(**said("Of which competency."))
    code = fields.String(**said("Its short code, if it has one."))
    level = fields.Integer(**said("Place on the framework's scale, from 1."))
    confirmed_at = moment("When a tutor confirmed it")


class Learner(Schema):
    """A learner, and where they stand in an activity."""

    id = fields.UUID(**said("Their id in this activity; null before they begin.", nullable=True))
    user_id = fields.UUID(
        **said("Their id in all activities; null where names are hidden.", nullable=True)
    )
    name = called()
    cohort = fields.String(**said("Their cohort, empty if none."))
    reflection = one_of(WorkState, "State of their reflection.", nullable=True)
    progress = fields.List(fields.Nested(Item), **said("Their checklist; empty before they begin."))
    score = fields.Float(**said("Points of 100 as they are now.", nullable=True))
    is_overridden = fields.Boolean(**said("Whether a tutor set the score."))
    completed_at = moment("When they had done everything")
    levels = fields.List(fields.Nested(Level), **said("What tutors confirmed."))
    last_seen_at = moment("When they last came from the LMS")
    left_at = moment("Since when they are no longer in the course")


class Shown(Schema):
    """What the LMS showed when it was last asked."""

    points = fields.Float(**said("On our scale; null: no grade.", nullable=True))
    of = fields.Float(**said("Out of how many."))
    drift = one_of(Drift, "How it differs from what was sent.")
    read_at = moment("When it was read")


class Score(Schema):
    """How a learner's score fares on its way to the LMS."""

    learner_id = fields.UUID(**said("“id” of the learner."))
    name = called()
    state = one_of(OutboxState, "How far it is.")
    points = fields.Float(**said("What was promised last."))
    of = fields.Float(**said("Out of how many."))
    attempts = fields.Integer(**said("Tries so far."))
    reason = fields.String(**said("Stable code of the last failure; empty if none."))
    who_can_fix = fields.String(**said("Who can remove its cause; empty if none."))
    http_status = fields.Integer(**said("What the LMS answered last.", nullable=True))
    promised_at = moment("When it was earned")
    next_attempt_at = moment("When it is tried next")
    sent_at = moment("When the LMS accepted it")
    shown = fields.Nested(Shown, allow_none=True, required=True)


class FigureRow(Schema):
    """A row of a table of figures."""

    key = fields.String(**said("What it is about; a competency's code."))
    words = texts("Statement of a competency", nullable=True)
    cells = fields.List(
        fields.Raw(metadata={"type": ["number", "string", "null"]}),
        **said("Numbers; null: nothing to tell; “hidden”: of fewer than five people. Shares 0–1."),
    )


class FigureTable(Schema):
    """A table of figures."""

    key = fields.String(**said("Which one."))
    levels = fields.List(
        fields.Dict(keys=fields.String(), values=fields.String()),
        **said("Columns that come from a scale, by language tag."),
    )
    rows = fields.List(fields.Nested(FigureRow), **said("Its rows."))


class Figures(Schema):
    """The figures of an activity, the same as on its page."""

    learners = fields.Integer(**said("How many learners they are about."))
    tables = fields.List(fields.Nested(FigureTable), **said("Empty for fewer than five learners."))


class Problem(Schema):
    """What went wrong (RFC 9457)."""

    type = fields.String(**said("Stable name of the kind of error."))
    title = fields.String(**said("What happened, in words."))
    detail = fields.String(**said("What to do."))
    status = fields.Integer(**said("The HTTP status."))
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "Of a parameter that cannot be: why, by its name."},
    )


class Listing(Schema):
    """A piece of a list."""

    next = fields.String(
        **said("Send it as “cursor” for what follows; null after the last.", nullable=True)
    )


class Activities(Listing):
    """A piece of the list of activities, the newest first."""

    items = fields.List(fields.Nested(Activity), required=True)


class Learners(Listing):
    """A piece of the list of learners, by name."""

    items = fields.List(fields.Nested(Learner), required=True)


class Scores(Listing):
    """A piece of the list of scores: of as many learners as asked for, those who have one."""

    items = fields.List(fields.Nested(Score), required=True)
