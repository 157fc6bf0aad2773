"""A credential's facts, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lti_tool.exports.open_badges import Achievement, Alignment, Badge, Holder, Issuer, Status, Step

AT = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
ADDRESS = "https://miroir.example/credentials"
NAME = "Finds & judges <sources>, with whoever asks for help and has no time at all for it"


def badge(competency: str = NAME, **holder: str) -> Badge:
    """Return a confirmed level as it goes into a credential; ``holder`` is what else is told."""
    achievement = Achievement(
        url=f"{ADDRESS}/achievements/1/en",
        name=competency,
        description="With whoever asks",
        criteria="A tutor confirmed it.",
        language="en",
        code="",
        framework="Library",
        steps=(Step(1, "Begins", ""), Step(2, "Does", "Alone")),
        scale="Level",
        alignments=(Alignment("Finds", "https://case.example/1", "Library", "1", "CFItem"),),
    )
    return Badge(
        url=f"{ADDRESS}/7",
        name="Finds – Does",
        issuer=Issuer(f"{ADDRESS}/issuers/1", "Library school"),
        achievement=achievement,
        level=2,
        holder=Holder("urn:uuid:6b7a4b58-63a9-5c28-8c3f-3f4b7b3d3a11", **holder),
        confirmed_at=AT - timedelta(days=1),
        issued_at=AT,
        status=Status(f"{ADDRESS}/issuers/1/status/1", 94),
    )
