"""Whose words a framework's are: said wherever they are shown, as open licences ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lti_tool import i18n
from lti_tool.models.frameworks import CompetencyFramework


@dataclass(frozen=True, slots=True)
class Attribution:
    """Author, title and licence of a framework in one line; empty where its file told none."""

    source: str
    unofficial: tuple[str, ...]
    """Languages in which its words are translations of Miroir."""
    title: Mapping[str, str]
    language: str
    """The language that its publisher wrote it in."""

    @property
    def is_own_translation(self) -> bool:
        """Whether the reader sees words that the publisher has not approved."""
        return i18n.current() in self.unofficial and i18n.current() in self.title


def attribution_of(framework: CompetencyFramework | None) -> Attribution | None:
    """Return whose words a framework's are; None where there is no framework."""
    if framework is None:
        return None
    return Attribution(
        framework.source, tuple(framework.unofficial), framework.title, framework.language
    )
