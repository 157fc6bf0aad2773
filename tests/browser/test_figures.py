"""Plots of an activity's figures: drawn from the tables below them, which stand without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.people import AXE, RUN_AXE
from tests.factories.varied import add_varied
from tests.factories.world import make_world
from tests.support.servers import Pair

DRAWN = """[...document.querySelectorAll("[data-plot]")].map(plot => {
    const chart = Chart.getChart(plot.querySelector("canvas"));
    const table = document.getElementById(plot.dataset.table).tBodies[0];
    const columns = plot.dataset.columns.split(",").map(Number);
    return columns.every((column, series) => [...table.rows].every((row, place) => {
        const told = row.cells[column + 1].dataset.value;
        return chart.data.datasets[series].data[place] === (told === undefined ? null : +told);
    }));
})"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_plots_draw_their_tables_and_nothing_that_is_hidden(
    pair: Pair, blocking_browser: Browser
) -> None:
    world = make_world(pair.services.db, learners=0)
    add_varied(world, 43)
    handle = world.handle(world.educator, locale="ar")
    url = f"{pair.tool_url}/s/{handle}/activities/{world.activity_id}/figures"
    faults: list[str] = []
    page = blocking_browser.new_page(
        viewport={"width": 320, "height": 800}, color_scheme="dark", reduced_motion="reduce"
    )
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.goto(url)
    page.wait_for_selector("[data-plot] canvas[role=img][aria-label]")
    drawn = page.evaluate(DRAWN)
    assert len(drawn) >= 6 and all(drawn)
    assert page.locator(".figures-kept").count() > 0
    page.emulate_media(color_scheme="light")
    page.evaluate(AXE)
    assert page.evaluate(RUN_AXE) == [] and faults == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()
    plain = blocking_browser.new_context(java_script_enabled=False).new_page()
    plain.goto(url)
    assert plain.locator("table").count() > len(drawn) and plain.locator("canvas").count() == 0
    plain.context.close()
