"""The closed vocabularies of the product: roles, states, modes (DESIGN: words of the field)."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person may do in a context, least first."""

    PARTICIPANT = "participant"
    """The LMS said nothing we know: takes part as a learner, no other rights."""
    LEARNER = "learner"
    TUTOR = "tutor"
    EDUCATOR = "educator"

    @property
    def takes_part(self) -> bool:
        """Whether the person reflects, is allocated, graded and counted (staff never are)."""
        return self in (Role.PARTICIPANT, Role.LEARNER)

    @property
    def moderates(self) -> bool:
        """Whether the person sees the tutor's desk."""
        return self in (Role.TUTOR, Role.EDUCATOR)


class PlatformFamily(StrEnum):
    """Kinds of LMS that differ in behaviour."""

    MOODLE = "moodle"
    CANVAS = "canvas"
    OPENEDX = "openedx"
    BLACKBOARD = "blackboard"
    D2L = "d2l"
    SAKAI = "sakai"
    GENERIC = "generic"


class DeploymentState(StrEnum):
    """Whether launches of a deployment are accepted."""

    PENDING = "pending"
    APPROVED = "approved"
    DISABLED = "disabled"


class SessionKind(StrEnum):
    """The LTI message that opened a launch session."""

    RESOURCE_LINK = "resource_link"
    DEEP_LINKING = "deep_linking"
    SUBMISSION_REVIEW = "submission_review"
    DATA_PRIVACY = "data_privacy"
    """About what is kept of one person; no course, and no rights in any."""
    COURSE = "course"
    """Into a course without a link."""


class BoundBy(StrEnum):
    """What proved that the browser of the launch is the browser of the login."""

    COOKIE = "cookie"
    PLATFORM_STORAGE = "platform_storage"
    OWN_STORAGE = "own_storage"
    CONFIRMATION = "confirmation"


class ActivityState(StrEnum):
    """Life of an activity."""

    DRAFT = "draft"
    """Made in a deep linking window, and no link of a course has opened it yet."""
    PUBLISHED = "published"
    ARCHIVED = "archived"
    """Not offered any more; a link that opens it brings it back."""


class CopySign(StrEnum):
    """How the original of a copied activity was recognised."""

    ACTIVITY_ID = "activity_id"
    """The link still names it, in its custom parameters or its URL."""
    LINK_HISTORY = "link_history"
    COURSE_HISTORY = "course_history"
    CHOSEN = "chosen"
    """An educator chose it among the activities of the courses that theirs was copied from."""


class ModerationMode(StrEnum):
    """When a tutor decides: before others see it, after, or only when it is flagged."""

    BEFORE = "before"
    AFTER = "after"
    FLAGGED = "flagged"

    @property
    def holds_flagged(self) -> bool:
        """Whether a flag keeps the work from others until a tutor has looked at it."""
        return self is ModerationMode.FLAGGED


class Phase(StrEnum):
    """The three phases of an activity."""

    NOW = "now"
    NEW = "new"
    NEXT = "next"


class Audience(StrEnum):
    """Who reads the answer to a prompt."""

    ME = "me"
    TUTOR = "tutor"
    COHORT = "cohort"


class WorkState(StrEnum):
    """State of a reflection or a response (DESIGN 3, States)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    HELD = "held"
    RELEASED = "released"
    RETURNED = "returned"
    WITHHELD = "withheld"


class Step(StrEnum):
    """A state change of a reflection or a response, as the moderation history names it."""

    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    HOLD = "hold"
    RELEASE = "release"
    RETURN = "return"
    WITHHOLD = "withhold"
    UNDO = "undo"
    FLAG = "flag"
    """A learner, or the third mark, asks a tutor to look at it."""
    LEAVE = "leave"
    """A tutor answers flags by leaving the work as it is."""
    REDACT = "redact"
    """A tutor takes a passage out of what peers read."""
    APPEAL = "appeal"
    WITHDRAW = "withdraw"
    """The author takes an appeal back."""
    UPHOLD = "uphold"
    """An appeal succeeds: what was decided is undone."""
    REJECT = "reject"
    """An appeal fails: what was decided stands."""
    COMMENT = "comment"
    """A tutor comments on a response."""
    CONFIRM = "confirm"
    """A tutor confirms a competency level, or takes that back."""
    ASK_MORE = "ask_more"
    """A tutor asks for more evidence of a level."""
    UNMASK = "unmask"
    """Staff look who is behind a pseudonym."""


class AllocationState(StrEnum):
    """Life of a reflection given to a reviewer."""

    CLAIMED = "claimed"
    ANSWERED = "answered"
    DECLINED = "declined"


class DeclineReason(StrEnum):
    """Why a reviewer asked for another reflection."""

    KNOWN_PERSON = "known_person"
    CANNOT_ANSWER = "cannot_answer"


class Moment(StrEnum):
    """When a self-rating was made."""

    BEFORE = "before"
    AFTER = "after"


class OutboxState(StrEnum):
    """Life of a message to an LMS."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


class RosterState(StrEnum):
    """Where the reading of a course list stands."""

    DUE = "due"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Anonymity(StrEnum):
    """Who is told whose work it is, the least hidden first."""

    OPEN = "open"
    """Everybody sees everybody's name."""
    PSEUDONYMS = "pseudonyms"
    """Learners know each other by pseudonyms; staff see names."""
    DOUBLE_BLIND = "double_blind"
    """So do staff know learners, until they unmask one; learners do not learn which tutor it is."""

    @property
    def hides_peers(self) -> bool:
        """Whether learners know each other by pseudonyms."""
        return self is not Anonymity.OPEN

    @property
    def hides_from_staff(self) -> bool:
        """Whether staff know learners by pseudonyms, and learners do not learn tutors' names."""
        return self is Anonymity.DOUBLE_BLIND

    def hides_at_least(self, other: Anonymity) -> bool:
        """Return whether nothing that ``other`` hides is shown."""
        order = list(Anonymity)
        return order.index(self) >= order.index(other)


class DepthRubric(StrEnum):
    """By which words a tutor says how deep a reflection goes (``rules.depths``)."""

    NONE = "none"
    """Depth is not marked."""
    KEMBER = "kember"
    HATTON_SMITH = "hatton_smith"


class Outcome(StrEnum):
    """What became of a next step, as its learner says some weeks later."""

    DONE = "done"
    PARTLY = "partly"
    NOT_YET = "not_yet"
    DROPPED = "dropped"
    """Something else became more important."""


class TakenBack(StrEnum):
    """Why a credential does not hold any more; only its learner is told."""

    LEARNER = "learner"
    """They withdrew it."""
    TUTOR = "tutor"
    """A tutor took the level back, or lowered it."""
    OPERATOR = "operator"
    """Who runs the server withdrew it: as the learner asked, or because it was wrong."""
    ERASURE = "erasure"
    """The person was erased."""


class ExemplarOrigin(StrEnum):
    """Where a reflection to practise with comes from."""

    WRITTEN = "written"
    """Made up for the purpose."""
    GIVEN = "given"
    """Somebody's own, used with their consent, without their name."""
