"""A credential as a picture that carries it: an SVG with the signed text inside.

Open Badges 3.0, section 5.3.2.1 ("baking"). The picture names no font and loads nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from textwrap import wrap
from typing import Any

from markupsafe import Markup

WIDTH = 30
"""Characters of the competency in one line."""
STYLE = """text { font-family: system-ui, sans-serif; text-anchor: middle; fill: #1d2433; }
.name { font-size: 24px; font-weight: 600; }
.level { font-size: 30px; font-weight: 700; fill: #8f5200; }
.small { font-size: 15px; fill: #545c6b; }"""
PICTURE = Markup(
    """<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"
 viewBox="0 0 480 480"><openbadges:credential verify="{signed}"></openbadges:credential>
<title>{title}</title><style>{style}</style>
<g fill="#fbfaf7" stroke="#0b6670" stroke-width="8"><rect x="4" y="4" width="472" height="472"
 rx="48"/></g>
<g transform="translate(204 40) scale(3)" fill="none" stroke="#0b6670" stroke-width="2.6"
 stroke-linecap="round"><path d="M9.6 3.6a9 9 0 0 0 0 16.8M14.4 3.6a9 9 0 0 1 0 16.8"/></g>
<g direction="{direction}">{texts}</g></svg>
"""
)
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters with which it would be no XML (1.0, section 2.2), whoever brought them."""
TEXT = Markup('<text class="{}" x="240" y="{}">{}</text>')


def picture(
    signed: str, document: Mapping[str, Any], lines: tuple[str, ...], direction: str
) -> str:
    """Return the picture of a signed credential.

    ``lines`` stand small below competency and level; ``direction`` is ``ltr`` or ``rtl``.
    """
    subject = document["credentialSubject"]
    name = wrap(subject["achievement"]["name"], WIDTH, max_lines=4, placeholder=" …")
    top = 200 - 15 * (len(name) - 1)
    rows = [("name", top + 30 * row, text) for row, text in enumerate(name)]
    rows.append(("level", 310, subject["result"][0]["value"]))
    rows += [("small", 366 + 26 * row, text) for row, text in enumerate(lines)]
    texts = Markup("").join(TEXT.format(*row) for row in rows)
    title = document["name"]
    drawn = PICTURE.format(
        signed=signed, title=title, style=STYLE, direction=direction, texts=texts
    )
    return NOT_IN_XML.sub("", drawn)
