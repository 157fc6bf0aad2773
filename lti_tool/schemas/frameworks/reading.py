"""Reading a file that tells a framework: which kind it is, what it says, what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from lti_tool.exports.case import PATH
from lti_tool.i18n import gettext as _
from lti_tool.rules.framework_tree import arranged
from lti_tool.rules.frameworks import FrameworkDraft, LevelDraft
from lti_tool.rules.scales import DEFAULT_SCALE, KEYS, OWN, scale_levels
from lti_tool.schemas.frameworks.case import read_case
from lti_tool.schemas.frameworks.choices import Choices
from lti_tool.schemas.frameworks.decoding import decoded
from lti_tool.schemas.frameworks.esco_csv import is_esco, read_esco
from lti_tool.schemas.frameworks.moodle_csv import is_moodle, read_moodle
from lti_tool.schemas.frameworks.plain_csv import read_plain
from lti_tool.schemas.frameworks.problems import Problems, fail
from lti_tool.schemas.frameworks.tables import Row, rows

CASE, MOODLE, CSV, ESCO = "case", "moodle", "csv", "esco"
EMPTY = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
"""Byte order marks and white space."""
FORMATS = (CASE, MOODLE, CSV, ESCO)
_READERS: dict[str, Callable[[Iterable[Row], Choices, Problems], FrameworkDraft]] = {
    MOODLE: read_moodle,
    CSV: read_plain,
    ESCO: read_esco,
}

__all__ = ["FORMATS", "Choices", "read_framework"]


def read_framework(content: bytes, choices: Choices) -> FrameworkDraft:
    """Return the framework that a file tells, its items in the order of the tree.

    Raises InvalidInput with every mistake under ``file``, each with its row and column.
    """
    if not content.strip(EMPTY):
        raise fail(_("The file is empty."))
    problems = Problems()
    draft = _read(content, choices, problems)
    if not draft.items:
        problems.add("", _("There is no competency in it."))
    draft.items = arranged(draft.items, problems.add)
    problems.stop()
    if choices.ours:
        _forget_our_addresses(draft, f"{choices.ours}{PATH}/")
    _give_scale(draft, choices)
    _complete(draft.levels)
    return draft


def _read(content: bytes, choices: Choices, problems: Problems) -> FrameworkDraft:
    kind = choices.format
    if kind == CASE or (not kind and content[:100].lstrip(EMPTY)[:1] in (b"{", b"[")):
        return read_case(content, choices, problems)
    text, warning = decoded(content)
    draft = _read_table(rows(text, problems), choices, problems)
    if warning:
        draft.warnings.append(warning)
    return draft


def _read_table(table: Iterator[Row], choices: Choices, problems: Problems) -> FrameworkDraft:
    kind = choices.format
    first = list(islice(table, 3))
    if not kind:
        kind = MOODLE if is_moodle(first) else ESCO if is_esco(first[0][1]) else CSV
    elif kind == ESCO and not is_esco(first[0][1]):
        raise fail(_("These are not ESCO’s columns: conceptUri and preferredLabel are missing."))
    return _READERS[kind](chain(first, table), choices, problems)


def _forget_our_addresses(draft: FrameworkDraft, folder: str) -> None:
    """Take back what an export of ours put in: we are named where there is no publisher."""
    draft.uri = "" if draft.uri.startswith(folder) else draft.uri
    draft.licence_url = "" if draft.licence_url.startswith(folder) else draft.licence_url
    for item in draft.items:
        item.uri = "" if item.uri.startswith(folder) else item.uri


def _complete(levels: tuple[LevelDraft, ...]) -> None:
    """See to it that some level counts as proficient, and one is given by completion."""
    if levels and not any(level.is_proficient for level in levels):
        levels[-1].is_proficient = True
    if levels and not any(level.is_default for level in levels):
        next(level for level in levels if level.is_proficient).is_default = True


def _give_scale(draft: FrameworkDraft, choices: Choices) -> None:
    """Give a framework the scale that was chosen, else its file's, else leave it open.

    Whether a framework that is there already keeps its scale is for the import to decide.
    """
    if choices.scale in KEYS:
        draft.scale, draft.levels = choices.scale, scale_levels(choices.scale)
    elif draft.levels:
        draft.scale = draft.scale if draft.scale in KEYS else OWN
    elif draft.scale in KEYS:
        draft.levels = scale_levels(draft.scale)
    else:
        draft.scale = DEFAULT_SCALE
