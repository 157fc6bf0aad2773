"""Bring the third-party front-end files into the repository, with their versions and licences.

``python tools/vendor_assets.py`` packs each listed package with npm, checks its licence, takes only
the listed files and writes ``VERSIONS.json`` beside them. ``--icons`` rebuilds only the icon sprite
(from ``tools/icons.txt``); ``--check`` changes nothing and fails when a file on disk is not the one
that ``VERSIONS.json`` names. Needs npm for packing only: the pages themselves have no build step.
"""

import argparse
import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from css_subset import subset

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "lti_tool" / "static" / "vendor"
TEST_VENDOR = ROOT / "tests" / "browser" / "vendor"
ICON_LIST = Path(__file__).parent / "icons.txt"


def _plain(text: str) -> str:
    """Drop the pointer to a source map that is not shipped."""
    return re.sub(r"\n?//# sourceMappingURL=.*|/\*# sourceMappingURL=.*?\*/", "", text)


def _subset(text: str) -> str:
    return subset(_plain(text))


@dataclass(frozen=True)
class Asset:
    """A package to vendor: npm name, exact version, declared licence, {packed path: our name}."""

    package: str
    version: str
    licence: str
    folder: str
    files: dict[str, str]
    change: Callable[[str], str] = _plain
    note: str = ""


ASSETS = [
    Asset(
        "bootstrap",
        "5.3.9",
        "MIT",
        "bootstrap",
        {
            "dist/css/bootstrap.min.css": "bootstrap.min.css",
            "dist/css/bootstrap.rtl.min.css": "bootstrap.rtl.min.css",
            "LICENSE": "LICENSE",
        },
        _subset,
        "subset made by tools/css_subset.py",
    ),
    Asset(
        "chart.js",
        "4.6.1",
        "MIT",
        "chart",
        {"dist/chart.umd.min.js": "chart.min.js", "LICENSE.md": "LICENSE"},
    ),
    Asset(
        "htmx.org",
        "4.0.1",
        "BSD-0-Clause",
        "htmx",
        {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"},
    ),
    Asset(
        "squire-rte",
        "2.4.8",
        "MIT",
        "squire",
        {"dist/squire.mjs": "squire.js", "LICENSE": "LICENSE"},
    ),
]
ICONS = Asset(
    "bootstrap-icons",
    "1.13.2",
    "MIT",
    "icons",
    {"LICENSE": "LICENSE"},
    note="sprite of the icons named in tools/icons.txt, and Miroir's own mark",
)
TEST_ASSETS = [
    Asset(
        "axe-core",
        "4.14.1",
        "MPL-2.0",
        "axe-core",
        {"axe.min.js": "axe.min.js", "LICENSE": "LICENSE"},
        note="tests only; never shipped to a reader",
    )
]

# Two arcs that face each other: a mirror, and somebody looking into it.
MARK = (
    '<symbol id="mark" viewBox="0 0 24 24">'
    '<path d="M9.6 3.6a9 9 0 0 0 0 16.8M14.4 3.6a9 9 0 0 1 0 16.8" fill="none" '
    'stroke="currentColor" stroke-width="2.6" stroke-linecap="round"/></symbol>'
)


def unpack(asset: Asset, into: Path) -> Path:
    """Pack ``asset`` with npm and return the folder of its files.

    Raises SystemExit when npm fails, or when the package declares another version or licence than
    the one accepted here.
    """
    command = ["npm", "pack", f"{asset.package}@{asset.version}", "--silent", "--pack-destination"]
    done = subprocess.run([*command, str(into)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"npm pack {asset.package}@{asset.version} failed: {done.stderr.strip()}")
    target = into / asset.folder
    with tarfile.open(into / done.stdout.split()[-1]) as archive:
        archive.extractall(target, filter="data")
    found = json.loads((target / "package" / "package.json").read_text("utf-8"))
    if (found["version"], found["license"]) != (asset.version, asset.licence):
        raise SystemExit(f"{asset.package} is now {found['version']}, {found['license']}")
    return target / "package"


def sprite(icons: Path) -> str:
    """Build the SVG sprite from the folder ``icons`` and the names in ``tools/icons.txt``."""
    symbols = [MARK]
    for name in sorted(set(ICON_LIST.read_text("utf-8").split())):
        svg = (icons / f"{name}.svg").read_text("utf-8")
        body = re.sub(r"\s*\n\s*", "", svg[svg.index(">") + 1 : svg.rindex("</svg>")])
        box = 'viewBox="0 0 16 16" fill="currentColor"'
        symbols.append(f'<symbol id="{name}" {box}>{body}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "\n".join(symbols) + "</svg>\n"


def install(asset: Asset, base: Path, scratch: Path) -> dict[str, object]:
    """Write the files of ``asset`` under ``base`` and return its entry for ``VERSIONS.json``."""
    source, folder = unpack(asset, scratch), base / asset.folder
    folder.mkdir(parents=True, exist_ok=True)
    for packed, ours in asset.files.items():
        text = (source / packed).read_text("utf-8")
        (folder / ours).write_text(asset.change(text) if packed != "LICENSE" else text, "utf-8")
    if asset is ICONS:
        (folder / "icons.svg").write_text(sprite(source / "icons"), "utf-8")
    entry: dict[str, object] = {
        "name": asset.package,
        "version": asset.version,
        "licence": asset.licence,
    }
    if asset.note:
        entry["note"] = asset.note
    entry["files"] = {
        f"{asset.folder}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }
    return entry


def refresh(base: Path, assets: list[Asset]) -> None:
    """Install ``assets`` under ``base``; entries of other packages stay as they are."""
    listing = base / "VERSIONS.json"
    known = json.loads(listing.read_text("utf-8")) if listing.exists() else []
    entries = {entry["name"]: entry for entry in known}
    with tempfile.TemporaryDirectory() as scratch:
        for asset in assets:
            entries[asset.package] = install(asset, base, Path(scratch))
    base.mkdir(parents=True, exist_ok=True)
    ordered = [entries[name] for name in sorted(entries)]
    listing.write_text(json.dumps(ordered, indent=2) + "\n", "utf-8")


def differences(base: Path) -> list[str]:
    """Return the files under ``base`` that are missing, changed or not in ``VERSIONS.json``."""
    entries = json.loads((base / "VERSIONS.json").read_text("utf-8"))
    named = {path: digest for entry in entries for path, digest in entry["files"].items()}
    present = {
        path.relative_to(base).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in base.rglob("*")
        if path.is_file() and path.parent != base
    }
    wrong = sorted(path for path in named.keys() | present if named.get(path) != present.get(path))
    return [f"{base.relative_to(ROOT)}/{path}" for path in wrong]


def main() -> None:
    """Run the command line described at the top of this module."""
    parser = argparse.ArgumentParser(description="Vendor the front-end files of other projects.")
    parser.add_argument("--icons", action="store_true", help="rebuild only the icon sprite")
    parser.add_argument("--check", action="store_true", help="fail if a file differs")
    options = parser.parse_args()
    if options.check:
        wrong = differences(STATIC) + differences(TEST_VENDOR)
        raise SystemExit("\n".join(["not as VERSIONS.json says:", *wrong]) if wrong else 0)
    refresh(STATIC, [ICONS] if options.icons else [*ASSETS, ICONS])
    if not options.icons:
        refresh(TEST_VENDOR, TEST_ASSETS)


if __name__ == "__main__":
    main()
