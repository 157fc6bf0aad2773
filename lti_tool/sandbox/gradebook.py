"""The gradebook itself: columns and scores, whoever changes them."""

import time
from typing import Any

from lti_tool.sandbox.records import LineItem, Link, Score
from lti_tool.sandbox.state import Sandbox


def add_line_item(sandbox: Sandbox, course_id: str, client_id: str, **values: Any) -> LineItem:
    """Make a column; ``values`` are fields of LineItem (label and maximum are needed)."""
    number = sandbox.store.next_number("line_item")
    item = LineItem(id=str(number), course_id=course_id, client_id=client_id, **values)
    return sandbox.store.line_items.put(item.id, item)


def couple(sandbox: Sandbox, link: Link, label: str, maximum: float, **values: Any) -> LineItem:
    """Make the column that belongs to a link and completes its activity."""
    return add_line_item(
        sandbox,
        link.course_id,
        link.client_id,
        label=label,
        maximum=maximum,
        link_id=link.id,
        coupled=True,
        **values,
    )


def replace_line_item(sandbox: Sandbox, item: LineItem, **values: Any) -> None:
    """Change a column; scores keep their share of the maximum."""
    factor = float(values.get("maximum", item.maximum)) / item.maximum
    for name, value in values.items():
        setattr(item, name, value)
    sandbox.store.line_items.put(item.id, item)
    if factor == 1:
        return
    for score in scores_of(sandbox, item):
        if score.value is not None:
            score.value *= factor
            save_score(sandbox, score)


def delete_line_item(sandbox: Sandbox, item: LineItem) -> None:
    """Remove a column with its scores."""
    for score in scores_of(sandbox, item):
        sandbox.store.scores.pop(_key(item.id, score.person_id))
    sandbox.store.line_items.pop(item.id)


def scores_of(sandbox: Sandbox, item: LineItem) -> list[Score]:
    """Return all scores of a column."""
    return [score for score in sandbox.store.scores.all() if score.line_item_id == item.id]


def score_of(sandbox: Sandbox, item_id: str, person_id: str) -> Score | None:
    """Return one person's score in a column, or None."""
    return sandbox.store.scores.get(_key(item_id, person_id))


def save_score(sandbox: Sandbox, score: Score) -> Score:
    """Save a score, new or changed."""
    return sandbox.store.scores.put(_key(score.line_item_id, score.person_id), score)


def grade_by_hand(
    sandbox: Sandbox, item: LineItem, person_id: str, value: float | None, comment: str
) -> Score:
    """Set a score as a teacher does; in a coupled column it overrides the tool's."""
    return save_score(
        sandbox,
        Score(
            line_item_id=item.id,
            person_id=person_id,
            value=value,
            comment=comment,
            changed=time.time(),
            overridden=item.coupled,
        ),
    )


def is_complete(sandbox: Sandbox, link: Link, person_id: str) -> bool:
    """Tell whether an activity is done for a person: a grade in its coupled column."""
    coupled = [
        item for item in sandbox.store.line_items.all() if item.link_id == link.id and item.coupled
    ]
    scores = [score_of(sandbox, item.id, person_id) for item in coupled]
    return any(score is not None and score.value is not None for score in scores)


def _key(item_id: str, person_id: str) -> str:
    return f"{item_id} {person_id}"
