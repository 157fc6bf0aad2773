"""What a form did not send is told in the reader's language, never in marshmallow's English."""

from __future__ import annotations

import pytest
from marshmallow import Schema

from lti_tool import i18n
from lti_tool.errors import InvalidInput
from lti_tool.schemas.evidence import EvidenceForm
from lti_tool.schemas.flags import FlagForm
from lti_tool.views.forms import MISSING, load


@pytest.mark.parametrize("schema", [FlagForm, EvidenceForm])
def test_what_was_not_sent_is_asked_for_in_the_readers_language(schema: type[Schema]) -> None:
    with i18n.use("fr"), pytest.raises(InvalidInput) as raised:
        load(schema(), {})
    told = {message for messages in raised.value.fields.values() for message in messages}
    assert told and MISSING not in told
    assert all("issez" in one or "Merci" in one for one in told), told


def test_a_choice_that_was_not_made_is_asked_for_in_its_own_words() -> None:
    with pytest.raises(InvalidInput) as raised:
        load(FlagForm(), {})
    assert raised.value.fields == {"reason": ["Choose one of these."]}
