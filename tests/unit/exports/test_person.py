"""The archive of a person: written while it is sent, whatever happens meanwhile."""

from __future__ import annotations

import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path

from lti_tool import clock
from lti_tool.exports.person import PersonData, person_archive

SIZE = 1_000_000
PIECES = 64 * 1024


def test_many_files_take_the_memory_of_a_piece_of_one(tmp_path: Path) -> None:
    """One that was erased while others were sent is left out; what was sent stays a whole ZIP."""
    path, gone = tmp_path / "photo", tmp_path / "gone"
    path.write_bytes(bytes(SIZE))
    files = {f"files/{number}/a photo.jpg": path for number in range(12)}
    data = PersonData("Ada", "A school", clock.now(), {}, (), {**files, "files/x": gone})
    list(person_archive(replace(data, files={})))  # the languages are read once
    tracemalloc.start()
    first = tracemalloc.get_traced_memory()[0]
    target = tmp_path / "all.zip"
    with target.open("wb") as file:
        longest = max(map(file.write, person_archive(data)))
    most = tracemalloc.get_traced_memory()[1] - first
    tracemalloc.stop()
    assert longest < 3 * PIECES and most < SIZE
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["README.html", "data.json", *files]
        assert archive.getinfo(next(iter(files))).file_size == SIZE
