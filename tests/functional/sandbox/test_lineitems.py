"""Line items: made, found, changed, deleted, paged."""

from typing import Any

import pytest
import requests

from tests.functional.sandbox.conftest import MakeWorld, World
from tests.functional.sandbox.minitool import AGS

ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"


class Columns:
    """All columns of a course, as the tool sees them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.link = world.link()
        world.launch(link=self.link)
        self.url = str(world.tool.claims[AGS]["lineitems"])
        self.headers = world.tool.headers()

    def make(self, label: str = "Column", **values: Any) -> requests.Response:
        headers = {**self.headers, "Content-Type": ITEM_TYPE}
        body = {"label": label, "scoreMaximum": 10, "resourceId": "r", **values}
        return requests.post(self.url, json=body, headers=headers, timeout=10)

    def find(self, **query: str) -> requests.Response:
        headers = {**self.headers, "Accept": ITEMS_TYPE}
        return requests.get(self.url, query, headers=headers, timeout=10)

    def labels(self, **query: str) -> list[str]:
        return [item["label"] for item in self.find(**query).json()]


@pytest.fixture
def columns(world: World) -> Columns:
    return Columns(world)


def test_columns_are_found_by_each_filter(columns: Columns) -> None:
    columns.make("A", tag="t1", resourceId="r1", resourceLinkId=columns.link["id"])
    columns.make("B", tag="t2", resourceId="r1")
    assert columns.labels() == ["A", "B"]
    assert columns.labels(tag="t2") == ["B"]
    assert columns.labels(resource_id="r1") == ["A", "B"]
    assert columns.labels(resource_link_id=columns.link["id"]) == ["A"]
    assert columns.labels(tag="t2", resource_link_id=columns.link["id"]) == []


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"label": ""}, 400),
        ({"scoreMaximum": None}, 400),
        ({"scoreMaximum": 0}, 400),
        ({"scoreMaximum": "ten"}, 400),
        ({"resourceLinkId": "999"}, 403),
    ],
)
def test_bad_columns_are_refused(columns: Columns, values: dict[str, Any], status: int) -> None:
    assert columns.make(**{"label": "X", **values}).status_code == status


def test_a_column_is_replaced_wholly_and_scores_follow(columns: Columns) -> None:
    url = columns.make(tag="t", resourceLinkId=columns.link["id"]).json()["id"]
    item = columns.world.walker.control("line-items")[0]
    columns.world.walker.control(
        "scores", {"line_item_id": item["id"], "person": "amina", "value": 5}
    )
    headers = {**columns.headers, "Content-Type": ITEM_TYPE}
    answer = requests.put(
        url, json={"label": "New", "scoreMaximum": 100}, headers=headers, timeout=10
    )
    assert answer.status_code == 200
    assert answer.json() == {
        "id": url,
        "label": "New",
        "scoreMaximum": 100.0,
        "resourceId": "",
        "tag": "",
    }
    assert columns.world.walker.control("scores")[0]["value"] == 50


def test_a_column_is_read_and_deleted(columns: Columns) -> None:
    url = columns.make("A").json()["id"]
    headers = {**columns.headers, "Accept": ITEM_TYPE}
    assert requests.get(url, headers=headers, timeout=10).json()["label"] == "A"
    assert requests.delete(url, headers=headers, timeout=10).status_code == 204
    assert requests.get(url, headers=headers, timeout=10).status_code == 404


def test_another_tools_columns_are_not_found(columns: Columns) -> None:
    url = columns.make("A").json()["id"]
    other = columns.world.walker.register(f"{columns.world.tool.url}/register")
    order = {"client_id": other["client_id"]}
    token = columns.world.walker.control("access-token", order)["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": ITEM_TYPE}
    assert requests.get(url, headers=headers, timeout=10).status_code == 404


def test_moodles_link_header_is_unreadable(columns: Columns) -> None:
    for label in "ABC":
        columns.make(label)
    assert len(columns.labels()) == 3 and "Link" not in columns.find().headers
    limited = columns.find(limit="2")
    header = limited.headers["Link"].encode("latin-1").decode()
    assert "rel=“next”" in header and "&amp;from=2" in header
    assert limited.links.get("next") is None


def test_canvas_pages_are_opaque(make_world: MakeWorld) -> None:
    columns = Columns(make_world("canvas"))
    for number in range(23):
        assert columns.make(f"C{number}").status_code == 201
    answer, found, pages = columns.find(), [], 0
    while True:
        found += [item["label"] for item in answer.json()]
        pages += 1
        if "next" not in answer.links:
            break
        assert "page=bookmark%3A" in answer.links["next"]["url"]
        answer = requests.get(answer.links["next"]["url"], headers=columns.headers, timeout=10)
    assert (pages, len(found), len(set(found))) == (3, 23, 23)


def test_open_edx_is_strict(world: World) -> None:
    world.walker.control("personality", {"name": "openedx"})
    columns = Columns(world)
    assert columns.make(resourceId="").status_code == 400
    assert columns.make(scoreMaximum=9.5).status_code == 400
    url = columns.make().json()["id"]
    assert requests.delete(url, headers=columns.headers, timeout=10).status_code == 403
    headers = {**columns.headers, "Accept": "application/json"}
    assert requests.get(columns.url, headers=headers, timeout=10).status_code == 406
    wrong = requests.post(columns.url, json={}, headers=columns.headers, timeout=10)
    assert wrong.status_code == 415
