"""Staff never see whom a learner shares with: nothing of theirs knows of it."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2] / "lti_tool"
KNOWING = {
    "services/building.py",
    "services/container.py",
    "services/privacy/purge.py",
    "services/sweeps.py",
    "views/pages/learner/competencies.py",
    "views/pages/learner/mine.py",
    "views/pages/learner/sharing.py",
    "views/pages/shared.py",
}
"""Who may know, outside sharing itself: what builds, forgets, and the learner's own pages."""
SIGNS = ("lti_tool.models.sharing", "lti_tool.services.sharing", "().shares", "().shared_pages")


def test_only_learners_pages_know_of_shares() -> None:
    knowing = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if any(sign in path.read_text() for sign in SIGNS) and "services/sharing" not in str(path)
    }
    assert knowing - KNOWING == set()
