"""The names that LTI 1.3 gives to claims, scopes and media types."""

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
AGS_CLAIM = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS_CLAIM = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GROUPS_CLAIM = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"

RESOURCE_LINK = "LtiResourceLinkRequest"
DEEP_LINKING = "LtiDeepLinkingRequest"
REVIEW = "LtiSubmissionReviewRequest"

_AGS_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCOPE_LINE_ITEM = f"{_AGS_SCOPE}lineitem"
SCOPE_LINE_ITEM_READ = f"{_AGS_SCOPE}lineitem.readonly"
SCOPE_RESULT = f"{_AGS_SCOPE}result.readonly"
SCOPE_SCORE = f"{_AGS_SCOPE}score"
SCOPE_ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
SCOPE_GROUPS = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
AGS_SCOPES = (SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ, SCOPE_RESULT, SCOPE_SCORE)
ALL_SCOPES = (*AGS_SCOPES, SCOPE_ROSTER, SCOPE_GROUPS)

TYPE_LINE_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
TYPE_LINE_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
TYPE_SCORE = "application/vnd.ims.lis.v1.score+json"
TYPE_RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
TYPE_ROSTER = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
TYPE_GROUPS = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
TYPE_GROUP_SETS = "application/vnd.ims.lti-gs.v1.contextgroupsetcontainer+json"

_DL_NAMES = ("deep_linking_settings", "content_items", "data", "msg", "log", "errormsg", "errorlog")
_LTI_NAMES = (
    "version",
    "message_type",
    "deployment_id",
    "target_link_uri",
    "resource_link",
    "roles",
    "context",
    "custom",
    "launch_presentation",
    "tool_platform",
    "lis",
    "ext",
    "for_user",
    "role_scope_mentor",
    "lti1p1",
)


def full_claim(name: str) -> str:
    """Return the full URI of a claim that was named shortly ("roles"); others are as they are."""
    if name in _LTI_NAMES:
        return LTI + name
    if name in _DL_NAMES:
        return DL + name
    return {"ags": AGS_CLAIM, "nrps": NRPS_CLAIM}.get(name, name)
