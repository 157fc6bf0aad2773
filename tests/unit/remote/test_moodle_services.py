"""What goes to Moodle's web services, and what their errors mean."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lti_tool.errors import PlatformError, PlatformUnavailable
from lti_tool.http import Answer, Http
from lti_tool.remote.moodle_services import MoodleServices, MoodleSite

SITE = MoodleSite("https://moodle.example/sub/", "secret")


class Told(Http):
    """Answers with what it was given, and keeps what was sent."""

    def __init__(self, answer: object) -> None:
        super().__init__()
        self.answer = json.dumps(answer).encode()

    def request(self, method: str, url: str, **options: Any) -> Answer:
        self.sent = method, url, options
        return Answer(url, 200, {}, self.answer)


def test_arguments_are_nested_as_php_reads_them_and_the_token_is_no_part_of_the_address() -> None:
    http = Told([])
    filters = [{"column": "idnumber", "value": "C1"}]
    MoodleServices(http).call(SITE, "list", filters=filters, values=[7], skip=0)
    method, url, options = http.sent
    assert (method, url) == ("POST", "https://moodle.example/sub/webservice/rest/server.php")
    assert options["data"] == {
        "wstoken": "secret",
        "wsfunction": "list",
        "moodlewsrestformat": "json",
        "filters[0][column]": "idnumber",
        "filters[0][value]": "C1",
        "values[0]": "7",
        "skip": "0",
    }
    assert "secret" not in repr(SITE)


@pytest.mark.parametrize(
    ("code", "message", "reason"),
    [
        ("invalidtoken", "Invalid token - token not found", "moodle_token"),
        ("accessexception", "Zugriffsfehler", "moodle_access"),
        ("wsaccessusersuspended", "", "moodle_account"),
        ("wsaccessuserdeleted", "", "moodle_account"),
        ("nopermissions", "", "moodle_permission"),
        ("requireloginerror", "", "moodle_course_closed"),
        ("invalidrecord", "", "moodle_record"),
        (
            "codingerror",
            "Fehler: The competency may not be rated at this time.",
            "moodle_not_gradable",
        ),
        (
            "codingerror",
            "…: The competency does not belong to this course: 1, 2",
            "moodle_not_in_course",
        ),
        ("codingerror", "Something else", "moodle_error"),
        ("", "Call to a member function load_items() on bool", "moodle_error"),
    ],
)
def test_an_error_is_known_by_its_code_in_any_language(
    code: str, message: str, reason: str
) -> None:
    told = {"exception": "moodle_exception", "errorcode": code, "message": message}
    with pytest.raises(PlatformError) as refused:
        MoodleServices(Told(told)).call(SITE, "grade")
    assert refused.value.reason == reason


@pytest.mark.parametrize("code", ["sitemaintenance", "upgraderunning", "dmlreadexception"])
def test_what_passes_is_tried_again(code: str) -> None:
    with pytest.raises(PlatformUnavailable):
        MoodleServices(Told({"exception": "x", "errorcode": code, "message": ""})).call(SITE, "x")
