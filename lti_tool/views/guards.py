"""Who may call a route: declared on every route of a launch session, checked before it runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from lti_tool.errors import Forbidden
from lti_tool.rules.vocabulary import Role
from lti_tool.views.session import viewer

P = ParamSpec("P")
R = TypeVar("R")

learners = (Role.PARTICIPANT, Role.LEARNER)
staff = (Role.TUTOR, Role.EDUCATOR)
educators = (Role.EDUCATOR,)
everyone = tuple(Role)


def takes_files(view: Callable[P, R]) -> Callable[P, R]:
    """Let a route read a body as large as a file may be; stands below ``allow``."""
    view.__dict__["takes_files"] = True
    return view


def allow(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only people with one of ``roles`` call the route; others get Forbidden."""

    def guard(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if viewer().role not in roles:
                raise Forbidden(view.__name__)
            return view(*args, **kwargs)

        guarded.__dict__["allowed_roles"] = frozenset(roles)
        return guarded

    return guard
