"""Levels that learners take along: who vouches for them, and until when they hold."""

from __future__ import annotations

from dataclasses import dataclass

ESCO = ("http://data.europa.eu/esco/", "https://data.europa.eu/esco/")


@dataclass(frozen=True, slots=True)
class IssuerSettings:
    """What the operator says of who vouches; empty, it is the learner's learning platform."""

    name: str = ""
    website: str = ""


def still_holds(stated: int, confirmed: int | None) -> bool:
    """Return whether a credential of level ``stated`` holds, now that ``confirmed`` is confirmed.

    A higher level takes nothing from what somebody could do before.
    """
    return confirmed is not None and confirmed >= stated


def is_esco(uri: str) -> bool:
    """Return whether an address names a skill of ESCO, the European classification."""
    return uri.startswith(ESCO)
