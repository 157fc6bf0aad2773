"""Background work: when and how often; what is done stands in the services."""

from lti_tool.tasks.queue import Queue, open_queue
from lti_tool.tasks.worker import Worker

__all__ = ["Queue", "Worker", "open_queue"]
