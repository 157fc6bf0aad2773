"""How the well-known platforms differ, as a table; the sandbox is like one of them at a time."""

from dataclasses import dataclass, replace

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person"

INSTRUCTOR = f"{MEMBERSHIP}#Instructor"
LEARNER = f"{MEMBERSHIP}#Learner"
ASSISTANT = f"{MEMBERSHIP}/Instructor#TeachingAssistant"

_INSTRUCTOR_EVERYWHERE = (INSTRUCTOR, f"{INSTITUTION}#Instructor", f"{SYSTEM}#User")
_OPENEDX_STAFF = (f"{SYSTEM}#Administrator", f"{MEMBERSHIP}#Administrator", INSTRUCTOR)

Roles = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Personality:
    """The behaviour of one family of platforms.

    Roles are three tuples of URIs: of the educator, the tutor, the learner. ``ags_paging`` is none,
    curly (an unreadable Link header, as Moodle) or bookmark (opaque pages, as Canvas).
    ``authorization_server`` is the audience of client assertions; ``named_server`` stands under
    that name in the configuration and is none (Canvas).
    """

    name: str
    title: str
    family: str
    version: str
    launch_roles: Roles
    roster_roles: Roles
    issuer: str = ""
    deployment_id: str = ""
    tells_deployment: bool = True
    has_registration: bool = True
    config_needs_bearer: bool = False
    starts_pending: bool = False
    authorization_server: str = ""
    named_server: str = ""
    strict_placements: bool = False
    more_messages: tuple[str, ...] = ()
    kept_messages: tuple[str, ...] = ("LtiDeepLinkingRequest",)
    deep_linking_data: bool = True
    proposes_tool_name: bool = False
    roster_in_first_deep_linking: bool = True
    uuid_people: bool = False
    sends_names: bool = True
    bare_resource_link: bool = False
    bare_for_user: bool = False
    errors_as_pages: bool = False
    bare_keys: bool = False
    bearer_word: str = "Bearer"
    media_types: str = "lax"
    bad_token_status: int = 401
    type_id: bool = False
    ags_paging: str = "bookmark"
    ags_page_size: int = 50
    roster_paging: bool = True
    roster_page_size: int = 0
    roster_limit: int = 0
    has_groups: bool = False
    score_status: int = 200
    old_timestamp_status: int = 409
    refuses_same_timestamp: bool = False
    whole_seconds: bool = False
    not_gradable_status: int = 422
    wipes_unfinished: bool = False
    wipes_comment: bool = False
    appends_comments: bool = False
    hides_zero: bool = False
    publishes_zero: bool = True
    item_needs_resource: bool = False
    platform_storage: bool = False


_MOODLE = Personality(
    name="moodle",
    proposes_tool_name=True,
    title="Moodle",
    family="moodle",
    version="2024100706",
    # A non-editing teacher has mod/lti:manage but not moodle/course:manageactivities.
    launch_roles=((INSTRUCTOR,), (INSTRUCTOR,), (LEARNER,)),
    roster_roles=(("Instructor",), ("Learner",), ("Learner",)),
    starts_pending=True,
    deep_linking_data=False,
    roster_in_first_deep_linking=False,
    media_types="moodle",
    type_id=True,
    ags_paging="curly",
    refuses_same_timestamp=True,
    whole_seconds=True,
    not_gradable_status=400,
    wipes_unfinished=True,
    wipes_comment=True,
    hides_zero=True,
    bare_for_user=True,
)

_CANVAS = Personality(
    name="canvas",
    title="Canvas",
    family="canvas",
    version="cloud",
    launch_roles=(
        _INSTRUCTOR_EVERYWHERE,
        (INSTRUCTOR, ASSISTANT, f"{SYSTEM}#User"),
        (LEARNER, f"{INSTITUTION}#Student", f"{SYSTEM}#User"),
    ),
    roster_roles=((INSTRUCTOR,), (ASSISTANT,), (LEARNER,)),
    issuer="https://canvas.instructure.com",
    tells_deployment=False,
    named_server="sso.canvaslms.com",
    strict_placements=True,
    config_needs_bearer=True,
    kept_messages=("LtiResourceLinkRequest", "LtiDeepLinkingRequest"),
    uuid_people=True,
    ags_page_size=10,
    roster_page_size=50,
    appends_comments=True,
    old_timestamp_status=400,
    platform_storage=True,
)

_OPENEDX = Personality(
    name="openedx",
    title="Open edX",
    family="Open edX",
    version="11.4.4",
    launch_roles=(
        _OPENEDX_STAFF,
        (LEARNER, ASSISTANT),
        (LEARNER,),
    ),
    roster_roles=((LEARNER,), (LEARNER,), (LEARNER,)),
    deployment_id="1",
    has_registration=False,
    deep_linking_data=False,
    uuid_people=True,
    sends_names=False,
    bare_resource_link=True,
    errors_as_pages=True,
    bare_keys=True,
    bearer_word="bearer",
    media_types="strict",
    bad_token_status=403,
    ags_paging="none",
    roster_paging=False,
    roster_limit=1000,
    score_status=201,
    old_timestamp_status=400,
    refuses_same_timestamp=True,
    not_gradable_status=500,
    publishes_zero=False,
    item_needs_resource=True,
)

_BLACKBOARD = Personality(
    name="blackboard",
    title="Blackboard",
    family="BlackboardLearn",
    version="4000.1.0",
    launch_roles=(
        (INSTRUCTOR, f"{INSTITUTION}#Faculty"),
        (ASSISTANT, f"{INSTITUTION}#Staff"),
        (LEARNER, f"{INSTITUTION}#Student"),
    ),
    roster_roles=((INSTRUCTOR,), (ASSISTANT,), (LEARNER,)),
    issuer="https://blackboard.com",
    tells_deployment=False,
    kept_messages=("LtiResourceLinkRequest", "LtiDeepLinkingRequest"),
    uuid_people=True,
    not_gradable_status=400,
    has_groups=True,
    platform_storage=True,
)

_D2L = replace(
    _BLACKBOARD,
    name="d2l",
    title="D2L Brightspace",
    family="desire2learn",
    version="20.24.10",
    issuer="",
    tells_deployment=True,
    starts_pending=True,
    uuid_people=False,
    authorization_server="https://api.brightspace.com/auth/token",
    not_gradable_status=422,
)

_SAKAI = Personality(
    name="sakai",
    title="Sakai",
    family="sakai",
    version="25.0",
    launch_roles=(
        (INSTRUCTOR, f"{INSTITUTION}#Instructor"),
        (ASSISTANT, f"{INSTITUTION}#Instructor"),
        (LEARNER, f"{INSTITUTION}#Student"),
    ),
    roster_roles=((INSTRUCTOR,), (ASSISTANT,), (LEARNER,)),
    deployment_id="1",
    kept_messages=(
        "LtiResourceLinkRequest",
        "LtiDeepLinkingRequest",
        "LtiDataPrivacyLaunchRequest",
        "LtiContextLaunchRequest",
    ),
    more_messages=("LtiDataPrivacyLaunchRequest", "LtiContextLaunchRequest"),
    uuid_people=True,
    platform_storage=True,
)

PERSONALITIES = {p.name: p for p in (_MOODLE, _CANVAS, _OPENEDX, _BLACKBOARD, _D2L, _SAKAI)}
