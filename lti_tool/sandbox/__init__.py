"""A small LMS of our own: a real LTI 1.3 platform for the demo and the tests, a Flask app apart."""

from lti_tool.sandbox.app import create_app
from lti_tool.sandbox.settings import SandboxSettings

__all__ = ["SandboxSettings", "create_app"]
