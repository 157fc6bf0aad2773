"""Which package stands behind the name ``pylti1p3``.

PyLTI1p3 and its fork pylti1p3next install the same files. Where both were installed, the later one
lies over the other, and nobody can say which code checks the launches.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("PyLTI1p3", "pylti1p3next")


def installed() -> dict[str, str]:
    """Return name → version of those that are installed."""
    found: dict[str, str] = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def require_one() -> None:
    """Raise RuntimeError unless exactly one of the two packages is installed."""
    found = installed()
    if len(found) != 1:
        told = " and ".join(found) or "neither of them"
        raise RuntimeError(
            f"exactly one of {' and '.join(PACKAGES)} must be installed, there is {told}:"
            " they share their files. Make the virtual environment anew."
        )
