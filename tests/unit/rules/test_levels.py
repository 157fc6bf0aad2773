"""Evidence as it is kept, plots of levels, gaps, depths, addresses."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from lti_tool import i18n
from lti_tool.rules.depths import DEEPEST, depth_of, depths_of, following
from lti_tool.rules.evidence import MOST_KEPT, Piece, PieceKind, beginning, kept, read
from lti_tool.rules.level_gaps import Cell, gaps, missing
from lti_tool.rules.level_plots import MARGIN, plot
from lti_tool.rules.vocabulary import DepthRubric
from lti_tool.rules.web_addresses import web_address

START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Point:
    at: datetime
    source: str
    level: int


def test_a_piece_is_kept_as_it_was() -> None:
    for piece in (
        Piece(PieceKind.LINK, "link:1", "Guide", "Shows it", "https://example.org"),
        Piece(PieceKind.RECEIVED, "received:1"),
    ):
        assert read(kept(piece)) == piece
    assert kept(Piece(PieceKind.RECEIVED, "received:1")) == {
        "kind": "received",
        "key": "received:1",
    }
    assert Piece(PieceKind.GIVEN, "given:1").as_gone().is_gone
    long = kept(Piece(PieceKind.ANSWER, "answer:1", text="word " * 400))["text"]
    assert len(long) <= MOST_KEPT + 1 and long.endswith("word…")
    assert beginning("a\n b") == "a b" and len(beginning("x" * 999)) == MOST_KEPT + 1


def test_a_plot_lets_time_run_as_the_reader_reads() -> None:
    points = [
        Point(START, "before", 1),
        Point(START + timedelta(days=5), "confirmed", 2),
        Point(START + timedelta(days=10), "confirmed", 4),
    ]
    there, back = plot(points, 4), plot(points, 4, mirrored=True)
    assert [mark.x for mark in there.marks] == [MARGIN, 50, 100 - MARGIN]
    assert [mark.x for mark in back.marks] == [100 - MARGIN, 50, MARGIN]
    assert [mark.y for mark in there.marks] == [there.rungs[0], there.rungs[1], there.rungs[3]]
    assert there.rungs[0] > there.rungs[3]
    assert [(one.y, two.y) for one, two in there.lines] == [(there.rungs[1], there.rungs[3])]
    assert [tick.at for tick in there.ticks] == [point.at for point in points]


def test_a_plot_of_one_day_of_nothing_and_of_a_shortened_scale() -> None:
    one = plot([Point(START, "before", 2), Point(START, "after", 3)], 4)
    assert [mark.x for mark in one.marks] == [50, 50] and len(one.ticks) == 1
    assert plot([], 4).marks == () and plot([], 0).height > 0
    assert len(plot([Point(START, "confirmed", 6)], 4).rungs) == 6


def test_gaps_count_who_is_short_and_name_the_widest_first() -> None:
    near, far, none = (uuid.uuid4() for _ in range(3))
    cells = [
        (near, Cell(target=3, confirmed=3)),
        (near, Cell(target=2, confirmed=4)),
        (far, Cell(target=4, confirmed=1)),
        (far, Cell(target=4)),
        (uuid.uuid4(), Cell(target=4, confirmed=1)),
    ]
    found = gaps([near, far, none], cells)
    assert [one.competency_id for one in found] == [far, near, none]
    widest = found[0]
    assert (widest.below, widest.measured, widest.unconfirmed, widest.mean) == (1, 1, 1, 3)
    assert found[1].mean == 0 and found[2].mean is None
    assert missing({near: Cell(target=2, confirmed=4), far: Cell(target=4, confirmed=1)}) == 3
    assert missing({near: Cell(target=4)}) is None
    assert Cell(claimed=2, confirmed=3).shown == 3 and Cell(claimed=2).shown == 2


@pytest.mark.parametrize("rubric", [DepthRubric.KEMBER, DepthRubric.HATTON_SMITH])
def test_each_depth_says_what_the_next_one_looks_like(rubric: DepthRubric) -> None:
    steps = depths_of(rubric)
    assert [step.level for step in steps] == list(range(1, DEEPEST + 1))
    assert all(step.name and step.looks for step in steps)
    assert [bool(step.deeper) for step in steps] == [True, True, True, False]
    assert following(rubric, 2) == depth_of(rubric, 3) and following(rubric, DEEPEST) is None
    assert depths_of(DepthRubric.NONE) == ()


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (" https://example.org/a?b=c#d ", True),
        ("http://localhost:8000/x", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://", False),
        ("https://me:secret@example.org", False),
        ("https://example.org/a b", False),
        ("https://example.org/\u202eevil", False),
        ("https://exam\nple.org", False),
        ("https://example.org:x/", False),
        ("https://[", False),
        ("//example.org", False),
        ("https://example.org/" + "x" * 2000, False),
    ],
)
def test_only_addresses_on_the_web_become_links(text: str, is_one: bool) -> None:
    assert web_address(text) == (text.strip() if is_one else "")


def test_a_text_has_the_direction_of_its_language_not_of_its_first_word() -> None:
    both = {"en": "DigComp 2.2: the framework", "ar": "DigComp 2.2: إطار"}
    with i18n.use("ar"):
        assert i18n.way(both) == "rtl" and i18n.way({"en": "Only English"}) == "ltr"
    with i18n.use("fr"):
        assert i18n.way(both) == "ltr" and i18n.way({"fa-IR": "x"}) == "rtl"
        assert i18n.way({}) == "ltr"
