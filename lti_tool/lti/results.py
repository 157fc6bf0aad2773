"""Results read back (AGS 2.0, 3.3): what a column shows, of one person or of everybody."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from lti_tool.errors import PlatformRefusal, WhoCanFix
from lti_tool.lti.calls import Calls, under, with_query
from lti_tool.lti.families import FAMILIES, Shown
from lti_tool.lti.line_items import SCOPES, Course
from lti_tool.lti.tokens import Tenant
from lti_tool.rules.vocabulary import PlatformFamily

RESULT_SCOPE = SCOPES + "result.readonly"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
SAME = 0.001
"""Results that differ by less than this share of the maximum are the same."""


@dataclass(frozen=True, slots=True)
class Column:
    """A line item that scores go to; ``scopes`` are those of the launch that told it.

    ``course``, ``link`` (the platform's id) and ``resource_id`` (ours) are how it is found again.
    One that we made has no link but a ``tag``.
    """

    tenant: Tenant
    url: str
    scopes: tuple[str, ...]
    course: Course | None = None
    link: str = ""
    resource_id: str = ""
    tag: str = ""

    @property
    def ags_scopes(self) -> tuple[str, ...]:
        """The scopes that a token is asked for."""
        return tuple(scope for scope in self.scopes if scope.startswith(SCOPES))


@dataclass(frozen=True, slots=True)
class Results:
    """Reads what columns show; both methods raise PlatformError, also ``scope_missing``."""

    calls: Calls

    def of_person(self, column: Column, subject: str) -> Shown | None:
        """Return what a column shows for one person; None if it names no result of theirs."""
        for page in self._pages(column, result_url(column, subject)):
            for result in page if isinstance(page, list) else [page]:
                if isinstance(result, dict) and result.get("userId") == subject:
                    return read(result)
        return None

    def of_column(self, column: Column) -> Iterator[dict[str, Shown]]:
        """Return what a column shows by ``sub``, page by page: never more than that in memory."""
        for page in self._pages(column, all_url(column)):
            if not isinstance(page, list):
                raise PlatformRefusal("nonsense", 200, str(page), WhoCanFix.LMS_ADMIN)
            found = [result for result in page if isinstance(result, dict)]
            yield {str(result.get("userId") or ""): read(result) for result in found}

    def _pages(self, column: Column, url: str) -> Iterator[Any]:
        if RESULT_SCOPE not in column.scopes:
            raise PlatformRefusal("scope_missing", who=WhoCanFix.LMS_ADMIN)
        return self.calls.pages(column.tenant, column.ags_scopes, url, RESULTS_TYPE)


def read(result: Mapping[str, Any]) -> Shown:
    """Return what one result says; what is no number counts as not said."""
    return Shown(_number(result.get("resultScore")), _number(result.get("resultMaximum")))


def same(family: PlatformFamily, shown: Shown | None, payload: Mapping[str, Any]) -> bool:
    """Return whether a column shows the score of ``payload``, whatever maximum the column has.

    A payload without ``scoreGiven`` takes a grade away: then nothing to be seen is the same.
    """
    if payload.get("scoreGiven") is None:
        return shown is None or shown.points is None
    if shown is None:
        return False
    points = shown.points
    if points is None and FAMILIES[family].hides_zero:
        points = 0.0
    of = shown.of or float(payload["scoreMaximum"])
    if points is None or of <= 0:
        return False
    ours = float(payload["scoreGiven"]) / float(payload["scoreMaximum"])
    return abs(points / of - ours) < SAME


def result_url(column: Column, subject: str) -> str:
    """Return where one person's result is."""
    how = FAMILIES[column.tenant.family].result_filter
    if how == "path":
        return under(column.url, f"results/{quote(subject, safe='')}")
    if how == "limit":
        return all_url(column)
    return with_query(under(column.url, "results"), {"user_id": subject})


def all_url(column: Column) -> str:
    """Return where everybody's results are; Moodle must never be sent ``limit``."""
    wide = FAMILIES[column.tenant.family].result_filter == "limit"
    return with_query(under(column.url, "results"), {"limit": "1000"} if wide else {})


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
