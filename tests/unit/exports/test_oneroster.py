"""OneRoster's gradebook files, against the column lists of its CSV binding 1.2."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from lti_tool.exports import oneroster
from lti_tool.exports.oneroster import (
    Category,
    Item,
    Objective,
    ObjectiveResult,
    Result,
    ScoreStatus,
)
from lti_tool.exports.streamed_archive import streamed_archive

COLUMNS = {
    "categories": "sourcedId,status,dateLastModified,title,weight",
    "lineItems": "sourcedId,status,dateLastModified,title,description,assignDate,dueDate,"
    "classSourcedId,categorySourcedId,academicSessionSourcedId,resultValueMin,resultValueMax,"
    "schoolSourcedId",
    "lineItemLearningObjectiveIds": "sourcedId,status,dateLastModified,lineItemSourcedId,source,"
    "learningObjectiveId",
    "results": "sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,"
    "score,scoreDate,comment,textScore,classSourcedId,inProgress,incomplete,late,missing",
    "resultLearningObjectiveIds": "sourcedId,status,dateLastModified,resultSourcedId,source,"
    "learningObjectiveId,score,textScore",
}
CASE = Objective("2f8e8a04-2c37-4a4f-8b57-3a5f3b6d8f11", is_case=True)
OWN = Objective("K1.2", is_case=False)
DAY, MOMENT = date(2026, 5, 4), datetime(2026, 5, 6, tzinfo=UTC)
ITEM = Item("i1", 'Reflect, "again"', "", DAY, DAY, "c", "k", "t", "s", (CASE, OWN))


def rows(pieces: Iterator[bytes]) -> list[list[str]]:
    return [*csv.reader(io.StringIO(b"".join(pieces).decode()))]


def test_each_file_has_the_bindings_columns_in_their_order() -> None:
    done = Result("r1", ITEM, "student-9", ScoreStatus.FULLY_GRADED, 86.66, DAY)
    begun = Result("r2", ITEM, "student-8", ScoreStatus.NOT_SUBMITTED, None, DAY)
    files = {
        "categories": rows(oneroster.categories([Category("k", "Peer reflection")])),
        "lineItems": rows(oneroster.line_items([ITEM])),
        "lineItemLearningObjectiveIds": rows(oneroster.line_item_objectives([ITEM])),
        "results": rows(oneroster.results([done, begun])),
        "resultLearningObjectiveIds": rows(
            oneroster.result_objectives([ObjectiveResult("r1", CASE, 3, "Leading")])
        ),
    }
    for name, found in files.items():
        assert ",".join(found[0]) == COLUMNS[name]
        assert {len(row) for row in found} == {len(found[0])}, name
        assert all(row[0] and row[1:3] == ["", ""] for row in found[1:]), name
    assert files["lineItems"][1][3] == ITEM.title and files["lineItems"][1][5] == "2026-05-04"
    case, own = files["lineItemLearningObjectiveIds"][1:]
    assert case[4:] == ["case", CASE.identifier] and own[4:] == ["unknown", "K1.2"]
    assert files["results"][1][5:8] == ["fully graded", "86.7", "2026-05-04"]
    assert files["results"][2][5:7] == ["not submitted", ""] and files["results"][2][11] == "true"
    assert files["resultLearningObjectiveIds"][1][3:] == [
        *("r1", "case", CASE.identifier, "3.0", "Leading"),
    ]


def test_what_people_wrote_is_never_a_formula_and_identifiers_stay() -> None:
    item = replace(ITEM, title="=1+1", description="@SUM(1)")
    result = Result("r1", item, "-student", ScoreStatus.FULLY_GRADED, 1, DAY)
    (_head, told) = rows(oneroster.line_items([item]))
    assert told[3:5] == ["'=1+1", "'@SUM(1)"]
    assert rows(oneroster.categories([Category("k", "+1")]))[1][3] == "'+1"
    assert rows(oneroster.results([result]))[1][4] == "-student"
    level = ObjectiveResult("r1", CASE, 3, "-1+1")
    assert rows(oneroster.result_objectives([level]))[1][-1] == "'-1+1"


def test_the_manifest_names_every_file_of_the_binding() -> None:
    heading, *told = rows(oneroster.manifest("Miroir", "7"))
    values = dict(told)
    assert heading == ["propertyName", "value"] and len(values) == len(told) == 25
    assert values["manifest.version"] == "1.0" and values["oneroster.version"] == "1.2"
    present = {name[5:] for name, value in values.items() if value == "bulk"}
    assert present == set(COLUMNS)
    assert {value for name, value in told if name.startswith("file.")} == {"bulk", "absent"}


def test_a_large_archive_never_stands_in_memory() -> None:
    def many() -> Iterator[Result]:
        for number in range(6_000):
            name = oneroster.derived("result", number)
            yield Result(name, ITEM, f"{number}", ScoreStatus.FULLY_GRADED, 1, DAY)

    sent = 0
    tracemalloc.start()
    for piece in streamed_archive([("results.csv", oneroster.results(many()))], MOMENT):
        sent += len(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent > 100_000 and peak < 700_000


def test_an_archive_is_read_by_others() -> None:
    pieces = streamed_archive([("a.csv", [b"1,2\n"]), ("b.csv", iter(()))], MOMENT)
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None and archive.namelist() == ["a.csv", "b.csv"]
        assert archive.read("a.csv") == b"1,2\n"
