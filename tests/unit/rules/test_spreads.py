from __future__ import annotations

import statistics
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.rules.spreads import Band, band_of, bands, median

HOURS = st.lists(st.integers(0, 400), min_size=1, max_size=40)


@given(HOURS)
def test_the_median_is_that_of_the_values(hours: list[int]) -> None:
    assert median(Counter(hours)) == statistics.median(hours)
    assert sum(bands(Counter(hours)).values()) == len(hours)


def test_a_band_ends_before_its_length() -> None:
    ends = [band_of(hours) for hours in (0, 23, 24, 71, 72, 167, 168)]
    assert ends == [
        Band.DAY,
        Band.DAY,
        Band.THREE_DAYS,
        Band.THREE_DAYS,
        Band.WEEK,
        Band.WEEK,
        Band.LONGER,
    ]
    assert median({}) is None
