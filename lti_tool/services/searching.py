"""Finding rows by a part of a text, on both databases alike."""

from __future__ import annotations

from sqlalchemy import ColumnElement, SQLColumnExpression, or_

ESCAPE = "\\"
MOST = 100
"""Characters of a search that count."""


def holds(text: SQLColumnExpression[str], search: str) -> ColumnElement[bool]:
    """Tell that ``text`` holds ``search``, upper and lower case alike.

    SQLite folds the case of ASCII letters only, so other spellings of the search are tried too.
    """
    part = search.strip()[:MOST]
    for sign in (ESCAPE, "%", "_"):
        part = part.replace(sign, ESCAPE + sign)
    spellings = dict.fromkeys((part, part.lower(), part.upper(), part.title()))
    return or_(*(text.ilike(f"%{one}%", escape=ESCAPE) for one in spellings))
