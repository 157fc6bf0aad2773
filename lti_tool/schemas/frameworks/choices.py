"""What is said about a file besides the file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody chose with a file; empty means that the file decides.

    ``name`` is the file's name or address; ``format`` is one of ``FORMATS``; ``scale`` a key of
    ``rules.scales``; ``language`` the tag of the language that a file without languages is in;
    ``ours`` the address of this installation, whose own exports name it as the publisher.
    """

    name: str = ""
    format: str = ""
    scale: str = ""
    language: str = ""
    ours: str = ""

    @property
    def stem(self) -> str:
        """The file's name without folders and ending, for a framework that has no title."""
        last = self.name.replace("\\", "/").rstrip("/").rpartition("/")[2]
        return last.rpartition(".")[0] or last or "framework"
