"""Reading members, page by page, from a client that answers from memory."""

from __future__ import annotations

import json
import tracemalloc
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, cast

from lti_tool.http import Answer, Http
from lti_tool.lti.containers import Containers, with_query
from lti_tool.lti.nrps import MEMBERS_TYPE, SCOPE, Nrps, Status, read_member
from lti_tool.lti.tokens import Tenant, Tokens
from lti_tool.rules.vocabulary import PlatformFamily, Role

URL = "https://m.example/memberships"
TENANT = Tenant(
    uuid.uuid4(), uuid.uuid4(), "1", "client", "https://m/t", "https://m/t", PlatformFamily.MOODLE
)


class Memory:
    """Stands for session and tokens: ``count`` members, ``size`` in each page."""

    def __init__(self, count: int, size: int) -> None:
        self.count, self.size = count, size
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    def get(self, tenant: Tenant, scopes: tuple[str, ...]) -> str:
        assert (tenant, scopes) == (TENANT, (SCOPE,))
        return "token"

    def request(self, method: str, url: str, *, headers: Mapping[str, str], **_: Any) -> Answer:
        self.asked.append((url, headers))
        start = int(url.rpartition("from=")[2]) if "from=" in url else 0
        members = [
            {"user_id": str(number), "roles": ["Learner"], "name": f"Person {number}" * 5}
            for number in range(start, min(start + self.size, self.count))
        ]
        last = start + self.size >= self.count
        link = "" if last else f'<{URL}?from={start + self.size}>; rel="next"'
        return Answer(url, 200, {"Link": link}, json.dumps({"members": members}).encode())


def nrps(memory: Memory) -> Nrps:
    return Nrps(Containers(cast(Http, memory), cast(Tokens, memory)))


def test_what_is_asked_and_how() -> None:
    memory = Memory(5, 3)
    pages = list(nrps(memory).members(TENANT, f"{URL}?type=2", rlid="7 8"))
    assert [len(page.members) for page in pages] == [3, 2]
    assert [page.is_last for page in pages] == [False, True]
    first, second = memory.asked
    assert first[0] == f"{URL}?type=2&rlid=7+8&limit=500"
    assert second[0] == f"{URL}?from=3"
    assert first[1] == {"Accept": MEMBERS_TYPE, "Authorization": "Bearer token"}


def peak_of(pages: Iterator[Any]) -> int:
    tracemalloc.start()
    for _page in pages:
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_twenty_thousand_members_need_the_memory_of_a_page() -> None:
    few = peak_of(nrps(Memory(1_000, 500)).members(TENANT, URL))
    many = peak_of(nrps(Memory(20_000, 500)).members(TENANT, URL))
    assert many < 1.5 * few


def test_short_role_names_and_missing_status() -> None:
    member = read_member({"user_id": "5", "roles": ["Instructor"]})
    assert (member.role, member.status) == (Role.EDUCATOR, Status.ACTIVE)
    assert (member.name, member.email, member.groups) == ("", "", None)


def test_groups_of_a_member() -> None:
    told = [{"group_id": "a"}, {"group_id": 5}, "b", {"group_id": "a"}]
    member = read_member({"user_id": "5", "roles": [], "group_enrollments": told})
    assert member.groups == ("a",)


def test_a_query_grows_and_what_stands_in_it_stays() -> None:
    assert with_query("https://p/x?a=%20", limit=5, rlid=None) == "https://p/x?a=%20&limit=5"
    assert with_query("https://p/x") == "https://p/x"
