"""Cut a minified stylesheet down to the parts that Miroir's pages use.

Bootstrap's own builds (left-to-right and right-to-left) are cut by the same rule, so both stay in
step. Nothing is rewritten: a selector that names a component we do not use is left out, and a rule
without selectors goes.
"""

import re
from collections.abc import Iterator

# Components we do not use, and every class that would carry a colour besides our own tokens.
_COLOURS = "primary|secondary|success|danger|warning|info|light|dark"
_UNUSED = re.compile(
    r"\.(?:"
    r"accordion|alert|bs-(?:popover|tooltip)|carousel|collaps|dropdown|dropup|dropend|dropstart|modal|navbar"
    r"|offcanvas|pagination|page-(?:item|link)|placeholder|popover|progress|spinner|toast|tooltip|list-group"
    r"|btn-(?:group|toolbar|check|close)|form-(?:floating|range)|icon-link|focus-ring|figure|img-|initialism"
    r"|card-(?:img|group)|blockquote|display-|fs-|lead|small|h[1-6]\b|mark|ratio|sticky|fixed|vr\b|fade|shadow"
    rf"|(?:btn|btn-outline)-(?:{_COLOURS})|(?:alert|table|list-group-item|text-bg|link)-(?:{_COLOURS}|body)"
    rf"|(?:bg|border|text)-(?:{_COLOURS}|black|white)|(?:bg|border|text|link)-opacity|link-(?:offset|underline|opacity)"
    r"|bg-(?:gradient|body-secondary|body-tertiary)|rounded-(?:top|end|bottom|start)|object-fit|z-|opacity-"
    r"|(?:top|bottom|start|end|translate)-|[a-z]+(?:-[a-z]+)*-xxl|d-print|user-select|pe-(?:none|auto)"
    r"|is-(?:in)?valid|(?:in)?valid-(?:feedback|tooltip)|was-validated|has-validation|form-control-color"
    r")|\[data-bs-theme=dark\]|\[data-bs-popper\]|\.clearfix|\.visually-hidden-focusable"
)


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Yield (text before the brace, text inside it) for each outermost rule of ``css``."""
    start = 0
    while start < len(css):
        brace = css.find("{", start)
        if brace < 0:
            return
        depth, end = 1, brace + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        yield css[start:brace].strip(), css[brace + 1 : end - 1]
        start = end


def _split_selectors(prelude: str) -> list[str]:
    """Split a selector list at its commas, but not at those inside brackets."""
    return re.split(r",(?![^(\[]*[)\]])", prelude)


def subset(css: str) -> str:
    """Return minified ``css`` (no braces inside strings) without the parts Miroir does not use."""
    css = re.sub(r"/\*(?!!).*?\*/", "", css, flags=re.DOTALL)
    kept = []
    for prelude, body in _rules(css):
        banner = "".join(re.findall(r"/\*!.*?\*/|@charset [^;]*;", prelude, flags=re.DOTALL))
        prelude = prelude[len(banner) :].strip()
        if prelude.startswith(("@media", "@supports")):
            inner = subset(body)
            rule = f"{prelude}{{{inner}}}" if inner else ""
        elif prelude.startswith("@"):
            unused = re.search(r"progress|placeholder|spinner", prelude)
            rule = "" if unused else f"{prelude}{{{body}}}"
        else:
            selectors = [s for s in _split_selectors(prelude) if not _UNUSED.search(s)]
            rule = f"{','.join(selectors)}{{{body}}}" if selectors else ""
        kept.append(banner + rule)
    return "".join(kept)
