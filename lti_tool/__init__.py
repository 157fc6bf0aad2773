"""Miroir: tutor-moderated peer reflection in any LMS, over LTI 1.3."""

__version__ = "0.1.0"
