"""What a tutor sends who reminds learners: whom, in which words, and what they want to do."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load

from lti_tool.i18n import LOCALES
from lti_tool.i18n import gettext as _
from lti_tool.rules.interventions import InterventionKind
from lti_tool.schemas.fields import Choice, Words
from lti_tool.services.desk.nudge_words import NudgeText
from lti_tool.services.desk.nudges import AT_ONCE

MAX_SUBJECT, MAX_BODY = 150, 4000


class NudgeStep(StrEnum):
    """What a button of the form asks for."""

    PREVIEW = "preview"
    CHANGE = "change"
    INSERT = "insert"
    SEND = "send"


class Texts(fields.Field[dict[str, NudgeText]]):
    """Subject and words by language, from fields ``subject_fr``, ``body_fr`` and so on."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> dict[str, NudgeText]:
        subject, body = Words(most=MAX_SUBJECT), Words(most=MAX_BODY)
        return {
            tag: NudgeText(" ".join(subject.deserialize(one).split()), body.deserialize(two))
            for tag, (one, two) in dict(value).items()
        }


class NudgeForm(Schema):
    """A reminder to some learners; ``place`` are participations, or users who have not begun."""

    place = fields.List(fields.UUID(), load_default=list)
    kind = Choice(InterventionKind, load_default=InterventionKind.MOTIVATIONAL)
    step = Choice(NudgeStep, required=True)
    reply = fields.String(load_default="")
    texts = Texts(load_default=dict)

    @pre_load
    def gather(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """Put the words of each language together; raise ValidationError without anybody."""
        if not 0 < len(data.get("place", ())) <= AT_ONCE:
            raise ValidationError(_("Choose at least one person."), "")
        texts = {
            tag: (data.get(f"subject_{tag}", ""), data.get(f"body_{tag}", ""))
            for tag in LOCALES
            if f"body_{tag}" in data
        }
        return {**data, "texts": texts}
