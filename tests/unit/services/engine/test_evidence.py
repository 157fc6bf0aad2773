from __future__ import annotations

from lti_tool import i18n
from lti_tool.services.engine.evidence import path_of


def test_a_way_points_where_its_language_is_read_to() -> None:
    assert path_of(["Low", "High"]) == "Low → High"
    with i18n.use("ar"):
        assert path_of(["Low", "High"]) == "Low ← High"
