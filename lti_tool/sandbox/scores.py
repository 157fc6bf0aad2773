"""Assignment and Grade Services 2.0: scores in, results out, by the personality's rules."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from flask import Response, abort, request

from lti_tool.sandbox import gradebook, log, people, services
from lti_tool.sandbox import vocabulary as v
from lti_tool.sandbox.claims import line_item_url
from lti_tool.sandbox.lineitems import bp, own_item
from lti_tool.sandbox.records import LineItem, Person, Score
from lti_tool.sandbox.state import sandbox

_ACTIVITY = ("Initialized", "Started", "InProgress", "Submitted", "Completed")
_GRADING = ("FullyGraded", "Pending", "PendingManual", "Failed", "NotReady")
_NEEDED = ("userId", "timestamp", "activityProgress", "gradingProgress")
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")


@dataclass(frozen=True)
class _Posted:
    """A score message that is complete and well-formed."""

    person: Person
    moment: float
    finished: bool
    value: float | None
    comment: str | None
    activity_progress: str
    grading_progress: str


@bp.post("/lineitems/<item_id>/lineitem/scores")
def post_score(course_id: str, item_id: str) -> Response:
    """Take a score, or refuse it as the platform of this personality would."""
    log.describe("Score")
    services.check_content_type(v.TYPE_SCORE, always_lax=True)
    item = own_item(course_id, item_id, services.calling_tool(v.SCOPE_SCORE))
    body = services.json_body()
    posted = _read(body, item)
    with sandbox().store.lock:
        known = gradebook.score_of(sandbox(), item.id, posted.person.id)
        _check_moment(posted, known)
        if item.locked or (known is not None and known.locked):
            services.fail(500, "the column or the grade is locked")
        gradebook.save_score(sandbox(), _merged(item, posted, known))
    return _accepted(item, body)


def _read(body: dict[str, Any], item: LineItem) -> _Posted:
    if any(not isinstance(body.get(name), str) or not body[name] for name in _NEEDED):
        _incorrect(body, "a required field is missing")
    if not _ISO.fullmatch(body["timestamp"]):
        _incorrect(body, "timestamp is not ISO 8601 with a zone")
    _check_progress(body)
    return _Posted(
        person=_gradable(body, item),
        moment=_moment(body),
        finished=body["gradingProgress"] == "FullyGraded",
        value=_value(body, item),
        comment=body.get("comment"),
        activity_progress=body["activityProgress"],
        grading_progress=body["gradingProgress"],
    )


def _moment(body: dict[str, Any]) -> float:
    try:
        return datetime.fromisoformat(body["timestamp"]).timestamp()
    except ValueError:
        _incorrect(body, "timestamp is not a date")


def _check_progress(body: dict[str, Any]) -> None:
    if sandbox().personality.name == "moodle":
        return
    good = body["activityProgress"] in _ACTIVITY and body["gradingProgress"] in _GRADING
    if not good:
        _incorrect(body, "unknown progress")


def _value(body: dict[str, Any], item: LineItem) -> float | None:
    given, maximum = body.get("scoreGiven"), body.get("scoreMaximum")
    if given is None:
        return None
    points, most = _number(given), _number(maximum)
    if points < 0 or most <= 0:
        _incorrect(body, "scoreGiven needs a scoreMaximum; both are numbers")
    return points * item.maximum / most


def _number(value: Any) -> float:
    """Return the value as a number; -1, which no score may be, for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return -1.0
    return float(value)


def _gradable(body: dict[str, Any], item: LineItem) -> Person:
    here = sandbox()
    course = services.course_or_fail(item.course_id)
    person = here.person_of(body["userId"])
    if person is None or people.role_in(course, person) not in ("learner", "inactive"):
        status = here.personality.not_gradable_status
        if status == 500:
            abort(Response("<h1>Server Error (500)</h1>", 500, content_type="text/html"))
        _incorrect(body, "the user cannot be graded in this course", status)
    return person


def _incorrect(body: dict[str, Any], reason: str, status: int | None = None) -> NoReturn:
    here = sandbox()
    if here.personality.name != "moodle":
        services.fail(
            status or (422 if here.personality.name in ("canvas", "d2l") else 400), reason
        )
    answer = services.json_answer(
        {"status": 400, "reason": "Incorrect score received", "request": body}, "application/json"
    )
    echoed = request.get_data(as_text=True).encode("ascii", "replace").decode()
    answer.status = "400 Incorrect score received " + " ".join(echoed.split())[:300]
    abort(answer)


def _check_moment(posted: _Posted, known: Score | None) -> None:
    if known is None:
        return
    personality = sandbox().personality
    before, now = known.changed, posted.moment
    if personality.whole_seconds:
        before, now = float(int(before)), float(int(now))
    if before > now or (before == now and personality.refuses_same_timestamp):
        services.fail(personality.old_timestamp_status, "Refusing score with an earlier timestamp")


def _merged(item: LineItem, posted: _Posted, known: Score | None) -> Score:
    personality = sandbox().personality
    old_value = known.value if known else None
    value = posted.value if posted.finished else old_value
    if not posted.finished and personality.wipes_unfinished:
        value = None
    overridden = known is not None and known.overridden
    if overridden and item.coupled:
        value = old_value
    return Score(
        line_item_id=item.id,
        person_id=posted.person.id,
        value=value,
        comment=_comment(posted.comment, known.comment if known else ""),
        changed=posted.moment,
        activity_progress=posted.activity_progress,
        grading_progress=posted.grading_progress,
        overridden=overridden,
        published=posted.finished and (personality.publishes_zero or bool(value)),
    )


def _comment(sent: str | None, known: str) -> str:
    personality = sandbox().personality
    if sent is None:
        return "" if personality.wipes_comment else known
    if personality.appends_comments and known:
        return f"{known}\n{sent}"
    return str(sent)


def _accepted(item: LineItem, body: dict[str, Any]) -> Response:
    here = sandbox()
    if here.personality.name == "moodle":
        return Response("null", status=200, content_type=v.TYPE_SCORE)
    answer: dict[str, Any] = dict(body)
    if here.personality.name == "canvas":
        answer = {"resultUrl": f"{line_item_url(here, item)}/results/{body['userId']}"}
    return services.json_answer(answer, v.TYPE_SCORE, here.personality.score_status)


@bp.get("/lineitems/<item_id>/lineitem/results")
@bp.get("/lineitems/<item_id>/lineitem/results/<subject>")
def read_results(course_id: str, item_id: str, subject: str = "") -> Response:
    """Return the results of a column, of everybody or of one person."""
    log.describe("Results")
    here = sandbox()
    if here.personality.media_types == "moodle":
        services.check_accept(v.TYPE_RESULTS)
    item = own_item(course_id, item_id, services.calling_tool(v.SCOPE_RESULT))
    if here.personality.name == "moodle" and "limit" in request.args:
        abort(Response("<h1>Error: Call to a member function out() on null</h1>", 500))
    found = [score for score in gradebook.scores_of(here, item) if score.value is not None]
    wanted = _wanted_person(subject)
    if wanted is not None:
        found = [score for score in found if score.person_id == wanted]
    style = "none" if here.personality.ags_paging != "bookmark" else "bookmark"
    page, link = services.page_of(found, here.personality.ags_page_size, style)
    answer = services.json_answer([_result(item, score) for score in page], v.TYPE_RESULTS)
    if link:
        answer.headers["Link"] = link
    return answer


def _wanted_person(subject: str) -> str | None:
    """Return the person id to filter by, "" for an unknown one, None for everybody."""
    here = sandbox()
    asked = subject or request.args.get("user_id", "")
    if not asked or (here.personality.name == "openedx" and not subject):
        return None
    person = here.person_of(asked)
    return person.id if person else ""


def _result(item: LineItem, score: Score) -> dict[str, Any]:
    here = sandbox()
    person = here.store.people.get(score.person_id)
    subject = here.subject(person) if person else score.person_id
    url = line_item_url(here, item)
    path, mark, query = url.partition("?")
    result: dict[str, Any] = {
        "id": f"{path}/results{mark}{query}{'&' if mark else '?'}user_id={subject}",
        "scoreOf": url,
        "userId": subject,
        "resultMaximum": item.maximum,
        "timestamp": datetime.fromtimestamp(score.changed).astimezone().isoformat(),
    }
    if score.value or not here.personality.hides_zero:
        result["resultScore"] = score.value
    if score.comment:
        result["comment"] = score.comment
    return result
