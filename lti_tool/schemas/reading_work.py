"""What programs read of reflections, responses and decisions: states, never a text."""

from __future__ import annotations

from marshmallow import Schema, fields

from lti_tool.rules.vocabulary import Step, WorkState
from lti_tool.schemas.reading import Listing, called, moment, one_of, said


class ReflectionState(Schema):
    """A reflection that was handed in, without its text."""

    id = fields.UUID(**said("Its id."))
    learner_id = fields.UUID(**said("“id” of the learner who wrote it."))
    name = called()
    state = one_of(WorkState, "Where it stands in moderation.")
    version = fields.Integer(**said("How often it was handed in."))
    responses = fields.Integer(**said("Responses that it got."))
    submitted_at = moment("When it was last handed in")
    released_at = moment("When others could read it")
    is_flagged = fields.Boolean(**said("Whether a flag waits for an answer."))
    is_appealed = fields.Boolean(**said("Whether an appeal waits for an answer."))


class ResponseState(Schema):
    """A response that was handed in, without its text."""

    id = fields.UUID(**said("Its id."))
    reflection_id = fields.UUID(**said("Which reflection it answers."))
    learner_id = fields.UUID(**said("“id” of the learner who wrote it.", nullable=True))
    name = called()
    is_by_tutor = fields.Boolean(**said("Whether a tutor wrote it."))
    state = one_of(WorkState, "Where it stands in moderation.")
    helpfulness = fields.Integer(**said("How helpful its reader found it, 1 to 4.", nullable=True))
    submitted_at = moment("When it was last handed in")
    released_at = moment("When its reader could see it")
    is_flagged = fields.Boolean(**said("Whether a flag waits for an answer."))
    is_appealed = fields.Boolean(**said("Whether an appeal waits for an answer."))


class Who(Schema):
    """A person in the history."""

    user_id = fields.UUID(**said("Null where names are hidden.", nullable=True))
    name = called()


class Decision(Schema):
    """A line of the moderation history, without the words that go with it."""

    id = fields.UUID(**said("Its id."))
    at = moment("When")
    by = fields.Nested(Who, allow_none=True, required=True)
    about = fields.Nested(Who, allow_none=True, required=True)
    subject = fields.String(**said("“reflection”, “response” or “person”."))
    work_id = fields.UUID(**said("Id of the reflection or response.", nullable=True))
    step = one_of(Step, "What was done.")
    from_state = one_of(WorkState, "State before.", nullable=True)
    to_state = one_of(WorkState, "State after.", nullable=True)


class Reflections(Listing):
    """A piece of the list of reflections."""

    items = fields.List(fields.Nested(ReflectionState), required=True)


class Responses(Listing):
    """A piece of the list of responses."""

    items = fields.List(fields.Nested(ResponseState), required=True)


class Decisions(Listing):
    """A piece of the moderation history, the newest first."""

    items = fields.List(fields.Nested(Decision), required=True)
