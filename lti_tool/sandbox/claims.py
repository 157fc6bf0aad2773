"""What the platform says in an id_token (LTI Core 1.3 section 5, DL 2.0 section 4, AGS, NRPS)."""

import secrets
from typing import Any, TypeVar

from lti_tool.sandbox import people
from lti_tool.sandbox import vocabulary as v
from lti_tool.sandbox.custom import custom_values
from lti_tool.sandbox.records import (
    Course,
    DeepLinkingRequest,
    LineItem,
    Link,
    PendingLaunch,
    Person,
    Tool,
)
from lti_tool.sandbox.state import Sandbox

Found = TypeVar("Found")

_ROLE_INDEX = {"educator": 0, "tutor": 1, "learner": 2, "inactive": 2}


class LaunchClaims:
    """Builds the claims of one launch; ``build`` returns them without iat, exp and nonce."""

    def __init__(self, sandbox: Sandbox, tool: Tool, launch: PendingLaunch) -> None:
        self.sandbox = sandbox
        self.tool = tool
        self.launch = launch
        self.person = _known(sandbox.store.people.get(launch.person_id))
        self.course = _known(sandbox.store.courses.get(launch.course_id))
        self.link = sandbox.store.links.get(launch.link_id)

    def build(self) -> dict[str, Any]:
        """Return all claims of the launch's message."""
        claims = {
            "iss": self.sandbox.issuer,
            "aud": self.tool.client_id,
            "sub": self.sandbox.subject(self.person),
            **self._identity(),
            v.LTI + "version": "1.3.0",
            v.LTI + "message_type": self.launch.message_type,
            v.LTI + "deployment_id": self.tool.deployment_id,
            v.LTI + "target_link_uri": self.launch.target_link_uri,
            v.LTI + "roles": launch_roles(self.sandbox, self.course, self.person),
            v.LTI + "context": context_claim(self.course),
            v.LTI + "tool_platform": self._tool_platform(),
            **self._presentation(),
            **self._custom(),
        }
        claims.update(self._of_message())
        return claims

    def _of_message(self) -> dict[str, Any]:
        if self.launch.message_type == v.DEEP_LINKING:
            return {**self._deep_linking(), **self._services()}
        if self.launch.message_type == v.REVIEW:
            return {**self._resource_link(), **self._for_user(), **self._services()}
        return {**self._resource_link(), **self._services()}

    def _identity(self) -> dict[str, Any]:
        identity = visible_identity(self.sandbox, self.person)
        if self.sandbox.personality.name == "moodle":
            ext = {"user_username": self.person.username, "lms": "moodle-2"}
            identity[v.LTI + "ext"] = ext if self.person.shares_name else {"lms": "moodle-2"}
        return identity

    def _tool_platform(self) -> dict[str, Any]:
        personality = self.sandbox.personality
        return {
            "guid": self.sandbox.base_url,
            "name": "Sandbox LMS",
            "product_family_code": personality.family,
            "version": personality.version,
            "url": self.sandbox.base_url,
        }

    def _presentation(self) -> dict[str, Any]:
        if self.sandbox.personality.bare_resource_link:
            return {}
        return {
            v.LTI + "launch_presentation": {
                "locale": self.person.locale,
                "document_target": self.launch.document_target,
                "return_url": self.sandbox.url(f"/course/{self.course.id}/returned"),
            },
            v.LTI + "lis": {"person_sourcedid": "", "course_section_sourcedid": ""},
        }

    def _custom(self) -> dict[str, Any]:
        item = self.sandbox.store.line_items.get(self.launch.line_item_id)
        values = custom_values(self.sandbox, self.tool, self.course, self.person, self.link)
        review = item.submission_review.get("custom", {}) if item else {}
        if self.launch.message_type == v.REVIEW and isinstance(review, dict):
            values = {**values, **{key: str(value) for key, value in review.items()}}
        return {v.LTI + "custom": values} if values else {}

    def _resource_link(self) -> dict[str, Any]:
        if self.link is None:
            return {}
        claim = {"id": self.link.id}
        if not self.sandbox.personality.bare_resource_link:
            claim.update(title=self.link.title, description=self.link.description)
        return {v.LTI + "resource_link": claim}

    def _for_user(self) -> dict[str, Any]:
        person = self.sandbox.store.people.get(self.launch.for_person_id)
        if person is None:
            return {}
        claim: dict[str, Any] = {"user_id": self.sandbox.subject(person)}
        if not self.sandbox.personality.bare_for_user:
            claim.update(visible_identity(self.sandbox, person))
            claim["roles"] = launch_roles(self.sandbox, self.course, person)
        return {v.LTI + "for_user": claim}

    def _services(self) -> dict[str, Any]:
        services: dict[str, Any] = {}
        scopes = [scope for scope in self.tool.scopes if scope in v.AGS_SCOPES]
        if scopes:
            services[v.AGS_CLAIM] = {"scope": scopes, **self._line_item_urls()}
        if v.SCOPE_ROSTER in self.tool.scopes and self._offers_roster():
            services[v.NRPS_CLAIM] = {
                "context_memberships_url": roster_url(self.sandbox, self.tool, self.course),
                "service_versions": ["1.0", "2.0"],
            }
        if v.SCOPE_GROUPS in self.tool.scopes and has_groups(self.sandbox):
            services[v.GROUPS_CLAIM] = {
                "scope": [v.SCOPE_GROUPS],
                "context_groups_url": self.sandbox.url(f"/lti/services/{self.course.id}/groups"),
                "context_group_sets_url": self.sandbox.url(
                    f"/lti/services/{self.course.id}/group-sets"
                ),
                "service_versions": ["1.0"],
            }
        return services

    def _offers_roster(self) -> bool:
        """Moodle sends the claim only where the tool is already used in the course."""
        personality = self.sandbox.personality
        return personality.roster_in_first_deep_linking or self.sandbox.used_in(
            self.tool, self.course
        )

    def _line_item_urls(self) -> dict[str, str]:
        urls = {"lineitems": line_items_url(self.sandbox, self.tool, self.course)}
        coupled = items_of_link(self.sandbox, self.link)
        if self.launch.line_item_id:
            item = self.sandbox.store.line_items.get(self.launch.line_item_id)
            coupled = [item] if item else []
        if len(coupled) == 1:
            urls["lineitem"] = line_item_url(self.sandbox, coupled[0])
        return urls

    def _deep_linking(self) -> dict[str, Any]:
        dialog = DeepLinkingRequest(
            id=secrets.token_urlsafe(16),
            client_id=self.tool.client_id,
            course_id=self.course.id,
            person_id=self.person.id,
            data=secrets.token_urlsafe(12) if self.sandbox.personality.deep_linking_data else "",
        )
        settings: dict[str, Any] = {
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["frame", "iframe", "window"],
            "accept_copy_advice": False,
            "accept_multiple": True,
            "accept_unsigned": False,
            "accept_lineitem": any(scope in v.AGS_SCOPES for scope in self.tool.scopes),
            "auto_create": False,
            "can_confirm": False,
            "deep_link_return_url": self.sandbox.url(f"/lti/deep-linking/return/{dialog.id}"),
            "title": self.tool.name if self.sandbox.personality.proposes_tool_name else "",
            "text": "",
        }
        if dialog.data:
            settings["data"] = dialog.data
        settings |= self.sandbox.store.value("deep_linking", {})
        settings = {name: value for name, value in settings.items() if value is not None}
        dialog.settings = settings
        self.sandbox.store.deep_linking.put(dialog.id, dialog)
        return {v.DL + "deep_linking_settings": settings}


def launch_roles(sandbox: Sandbox, course: Course, person: Person) -> list[str]:
    """Return the roles that a launch of this person carries; empty for somebody not enrolled."""
    role = people.role_in(course, person)
    if role not in _ROLE_INDEX:
        return []
    return list(sandbox.personality.launch_roles[_ROLE_INDEX[role]])


def roster_roles(sandbox: Sandbox, course: Course, person: Person) -> list[str]:
    """Return the roles that the membership service tells of this person."""
    return list(sandbox.personality.roster_roles[_ROLE_INDEX[people.role_in(course, person)]])


def visible_identity(sandbox: Sandbox, person: Person) -> dict[str, Any]:
    """Return the name and e-mail claims that tools may see of a person."""
    identity: dict[str, Any] = {}
    if not sandbox.personality.sends_names:
        return identity
    if person.shares_name:
        identity["name"] = person.name
        identity["given_name"] = person.given_name
        identity["family_name"] = person.family_name
    if person.shares_email:
        identity["email"] = person.email
    return identity


def context_claim(course: Course) -> dict[str, Any]:
    """Return the context claim; Moodle sends the short type."""
    return {
        "id": course.id,
        "label": course.label,
        "title": course.title,
        "type": ["CourseSection"],
    }


def items_of_link(sandbox: Sandbox, link: Link | None) -> list[LineItem]:
    """Return the line items coupled to a link."""
    if link is None:
        return []
    return [item for item in sandbox.store.line_items.all() if item.link_id == link.id]


def line_items_url(sandbox: Sandbox, tool: Tool, course: Course) -> str:
    """Return the address of the course's line items; Moodle's carries a query."""
    query = f"?type_id={tool.deployment_id}" if sandbox.personality.type_id else ""
    return sandbox.url(f"/lti/services/{course.id}/lineitems{query}")


def line_item_url(sandbox: Sandbox, item: LineItem) -> str:
    """Return the address and id of one line item."""
    tool = sandbox.store.tools.get(item.client_id)
    query = f"?type_id={tool.deployment_id}" if tool and sandbox.personality.type_id else ""
    return sandbox.url(f"/lti/services/{item.course_id}/lineitems/{item.id}/lineitem{query}")


def has_groups(sandbox: Sandbox) -> bool:
    """Tell whether this platform offers the groups service, by its nature or by order."""
    ordered = sandbox.store.value("roster", {}).get("groups")
    return sandbox.personality.has_groups if ordered is None else bool(ordered)


def roster_url(sandbox: Sandbox, tool: Tool, course: Course) -> str:
    """Return the address of the course's memberships; capitals as Moodle has them."""
    return sandbox.url(
        f"/lti/services/CourseSection/{course.id}/bindings/{tool.deployment_id}/memberships"
    )


def _known(found: Found | None) -> Found:
    if found is None:
        raise LookupError("the launch names somebody or something that was removed meanwhile")
    return found
