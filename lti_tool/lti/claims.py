"""Names of LTI claims, messages and scopes (LTI Core 1.3, Deep Linking 2.0, AGS 2.0, NRPS 2.0)."""

from __future__ import annotations

VERSION = "1.3.0"

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
MESSAGE_TYPE = f"{LTI}message_type"
LTI_VERSION = f"{LTI}version"
DEPLOYMENT_ID = f"{LTI}deployment_id"
TARGET_LINK_URI = f"{LTI}target_link_uri"
RESOURCE_LINK = f"{LTI}resource_link"
ROLES = f"{LTI}roles"
CONTEXT = f"{LTI}context"
CUSTOM = f"{LTI}custom"
PRESENTATION = f"{LTI}launch_presentation"
TOOL_PLATFORM = f"{LTI}tool_platform"
FOR_USER = f"{LTI}for_user"

DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
DEEP_LINKING_SETTINGS = f"{DEEP_LINKING}deep_linking_settings"
CONTENT_ITEMS = f"{DEEP_LINKING}content_items"
DEEP_LINKING_DATA = f"{DEEP_LINKING}data"
DEEP_LINKING_MSG = f"{DEEP_LINKING}msg"
DEEP_LINKING_LOG = f"{DEEP_LINKING}log"
DEEP_LINKING_ERROR = f"{DEEP_LINKING}errormsg"
DEEP_LINKING_ERROR_LOG = f"{DEEP_LINKING}errorlog"

AGS_ENDPOINT = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS_SERVICE = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GROUPS_SERVICE = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"

RESOURCE_LINK_MESSAGE = "LtiResourceLinkRequest"
DEEP_LINKING_MESSAGE = "LtiDeepLinkingRequest"
DEEP_LINKING_RESPONSE = "LtiDeepLinkingResponse"
SUBMISSION_REVIEW_MESSAGE = "LtiSubmissionReviewRequest"
DATA_PRIVACY_MESSAGES = ("LtiDataPrivacyLaunchRequest", "DataPrivacyLaunchRequest")
"""Both names are in use, the newer one first."""
CONTEXT_LAUNCH_MESSAGE = "LtiContextLaunchRequest"
"""Into a course, without a link (Sakai, Tsugi; a draft)."""

SCOPES = (
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/score",
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
    "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly",
)
