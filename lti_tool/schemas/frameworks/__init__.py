"""Files that tell a competency framework: CASE, Moodle's CSV, our own CSV, ESCO's CSV."""

from lti_tool.schemas.frameworks.reading import FORMATS, Choices, read_framework

__all__ = ["FORMATS", "Choices", "read_framework"]
