"""What a page says once after a step: codes that travel in the URL, since there is no cookie."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from lti_tool.i18n import gettext as _
from lti_tool.views.learner_notices import (
    credential_sentences,
    file_sentences,
    own_work_sentences,
    sharing_sentences,
)

PARAMETER = "said"


def sentences() -> dict[str, tuple[str, str]]:
    """Return code → (kind, sentence in the language in force)."""
    return {
        "saved": ("done", _("Saved.")),
        "begun_anew": (
            "warn",
            _(
                "What Miroir kept of you was erased before, as you or your school asked."
                " Because you opened this activity yourself, you begin anew, and the course"
                " lists you again."
            ),
        ),
        "named": ("done", _("Thank you. This is how others will see you here.")),
        "placed": ("done", _("This link opens the activity now.")),
        "created": ("done", _("The activity is saved.")),
        "saved_new_version": (
            "done",
            _("Saved. Who has begun keeps the questions; the changed ones are asked from now on."),
        ),
        "saved_past_dates": ("warn", _("Saved. Please note that a date is over already.")),
        "draft_saved": ("done", _("Kept. It will be here when you come back.")),
        "submitted": ("done", _("Your reflection is sent.")),
        "already_submitted": (
            "warn",
            _("This was sent already, and a text that was sent is not changed. See it below."),
        ),
        "taken_back": ("done", _("It is yours again: nobody has seen it.")),
        "too_late": ("warn", _("The time to take it back is over: others can read it now.")),
        "sent_now": ("done", _("It is on its way.")),
        "passed_on": ("done", _("Passed on. Here is another reflection.")),
        "nothing_there": ("warn", _("There is no reflection for you to answer just now.")),
        "responded": ("done", _("Your response is sent. Thank you.")),
        "told": ("done", _("Thank you. This was passed on.")),
        "replied_already": ("warn", _("You have written back already: that is possible once.")),
        "committed": ("done", _("Your next step is kept.")),
        "rated": ("done", _("Your rating is kept.")),
    }


def studio_sentences() -> dict[str, tuple[str, str]]:
    """Return what is said where an activity is published and rehearsed, as ``sentences``."""
    return {
        "created_each": (
            "done",
            _("The activities are saved, one for each competency. Add them to the course below."),
        ),
        "token_withdrawn": ("done", _("The token opens nothing any more.")),
        "columns_on": ("done", _("Levels go to gradebook columns of their own from now on.")),
        "columns_saved": ("done", _("Saved.")),
        "columns_off": ("done", _("Nothing more is sent; what is in the gradebook stays.")),
        "columns_asked": ("done", _("Asked for. The learning platform makes it in a moment.")),
        "columns_there": ("done", _("Nothing to do: it is there, or on its way.")),
        "columns_are_off": ("warn", _("Not done: the columns are switched off.")),
        "opened_now": ("done", _("Learners can begin now.")),
        "scheduled": ("done", _("Learners can begin from then on.")),
        "extended": ("done", _("All dates are moved.")),
        "archived": ("done", _("It is archived. Learners read what is theirs.")),
        "reopened": ("done", _("It is open again.")),
        "rehearsal_begun": ("done", _("The rehearsal begins. Two invented peers have written.")),
        "rehearsal_on": ("done", _("Time has passed: see what came in, and what is open now.")),
        "rehearsal_ended": ("done", _("The rehearsal is over, and all of it is wiped.")),
        "rehearsal_waits": (
            "warn",
            _("Nothing could come in yet: write and send your reflection first."),
        ),
        "preset_kept": ("done", _("Shared as a preset with the educators of this platform.")),
        "preset_removed": ("done", _("The preset is removed.")),
        "moved_over": (
            "done",
            _("These are the questions as they are now. Nothing that you wrote is lost."),
        ),
    }


def criteria_sentences() -> dict[str, tuple[str, str]]:
    """Return what is said about criteria and the practice with them, as ``sentences``."""
    return {
        "criteria_saved": ("done", _("The criteria are saved.")),
        "criteria_new_version": (
            "done",
            _("Saved. Responses that were begun keep the criteria that they answered."),
        ),
        "exemplar_saved": ("done", _("The example is saved.")),
        "exemplar_removed": ("done", _("The example is given to nobody any more.")),
        "practice_skipped": (
            "done",
            _("You go on without the practice. It stays here if you want it."),
        ),
    }


def desk_sentences() -> dict[str, tuple[str, str]]:
    """Return what is said at the tutor's desk, as ``sentences``."""
    return {
        "unmasked": ("done", _("This is who it is. That you asked, and why, is written down.")),
        "undone": ("done", _("Undone: it stands where it stood before.")),
        "not_undone": ("warn", _("Not undone: something else has happened to it since.")),
        "confirmed": ("done", _("The levels are saved.")),
        "moodle_keeps": (
            "warn",
            _("The levels are saved. Moodle keeps one that you took back: change it there, too."),
        ),
        "depth_marked": ("done", _("The mark is saved.")),
        "noted": ("done", _("Noted. What was listed rests for some days.")),
        "week_given": ("done", _("They have a week more. You can undo it under “Dates”.")),
        "time_enough": ("warn", _("Not needed: they have more than a week left, or no end.")),
        "time_given": ("done", _("The time is given. Everybody concerned sees their own date.")),
        "time_taken_back": ("done", _("Undone: the dates are as they were without it.")),
        "weekly_on": ("done", _("The summary comes each Monday morning.")),
        "weekly_off": ("done", _("The summary does not come any more.")),
        "nudged": ("done", _("The reminder is on its way.")),
        "nudged_inside": (
            "done",
            _("The reminder waits for them in Miroir: no mail reaches them."),
        ),
        "nudged_some_inside": (
            "done",
            _("The reminder is on its way; whom no mail reaches finds it in Miroir."),
        ),
        "nudged_nobody": ("warn", _("Nobody was reminded: none of them could be, meanwhile.")),
        "freed": ("done", _("Others are given that reflection now. What was written is kept.")),
        "nothing_to_free": ("warn", _("Not needed any more: nothing is kept from others.")),
        "counted_complete": ("done", _("It counts as complete now; the LMS is told.")),
        "counted_again": ("done", _("Undone: what is done counts again; the LMS is told.")),
        "tutor_responded": ("done", _("Your response is shared.")),
        "retried": ("done", _("The score is on its way again.")),
        "not_retried": ("warn", _("Not needed any more: the score was sent, or a newer one is.")),
        "roster_wanted": ("done", _("The course list is asked for. That takes a moment.")),
        "roster_none": ("warn", _("The LMS shares no list of this course with Miroir.")),
    }


def moderation_sentences() -> dict[str, tuple[str, str]]:
    """Return what is said about flags, appeals and what tutors do about them."""
    return {
        "flagged": ("done", _("A tutor will look at it. Below you see what they decide, and why.")),
        "flagged_already": (
            "warn",
            _("Not needed: you have flagged it already, or a tutor is at it."),
        ),
        "appealed": ("done", _("Your appeal is with the tutors. Below you see what they decide.")),
        "not_appealed": ("warn", _("Not possible any more: it was decided anew, or appealed.")),
        "withdrawn": ("done", _("You took the appeal back.")),
        "ruled": ("done", _("The appeal is decided. Its author sees it, with your words.")),
        "lifted": ("done", _("Peers read the passage again.")),
        "commented": ("done", _("Your comment is there for who wrote the response.")),
        "reply_saved": ("done", _("The reply is saved.")),
        "reply_removed": ("done", _("The reply is removed.")),
        "shortcuts_on": ("done", _("Keyboard shortcuts are on.")),
        "shortcuts_off": ("done", _("Keyboard shortcuts are off.")),
        "none_picked": ("warn", _("Pick at least one first.")),
        "many_undone": ("done", _("Undone: they stand where they stood before.")),
        "some_undone": (
            "warn",
            _("Some are undone; the others were decided anew meanwhile, and stay."),
        ),
        "asked_for_more": ("done", _("The learner sees what you ask for.")),
    }


def placing_sentences() -> dict[str, tuple[str, str]]:
    """Return what is said where activities are placed and copied, as ``sentences``."""
    return {
        "none_chosen": ("warn", _("Choose at least one activity.")),
        "too_many_chosen": ("warn", _("That is more than can be added at once.")),
        "copy_made": ("done", _("This link opens a copy of that activity’s settings now.")),
        "copy_kept": ("done", _("The dates stay as they are.")),
        "copy_shifted": ("done", _("The dates are moved.")),
        "copy_original": ("done", _("This link opens the original again.")),
        "copy_begun": ("warn", _("Not possible any more: a learner has begun in this copy.")),
        "framework_imported": ("done", _("The framework is imported. Activities can use it now.")),
    }


def cohort_sentences() -> dict[str, tuple[str, str]]:
    """Return what is said about cohorts, as ``sentences``."""
    return {
        "cohort_made": ("done", _("The cohort is made. Now say who is in it.")),
        "cohort_removed": ("done", _("The cohort is removed.")),
        "cohort_not_empty": (
            "warn",
            _("Not removed: somebody is in it still. Move them to another cohort first."),
        ),
        "cohort_moved": ("done", _("They are moved.")),
        "cohort_filled": ("done", _("They are in this cohort now.")),
        "cohorts_from_groups": ("done", _("The groups are cohorts now.")),
        "cohort_joined": ("done", _("You are in this cohort now.")),
        "cohort_closed": ("warn", _("That cohort cannot be chosen any more.")),
        "kept_apart": ("done", _("From now on they are not given each other’s work.")),
        "apart_already": ("warn", _("Nothing to change: they are kept apart already.")),
        "apart_no_more": ("done", _("They may be given each other’s work again.")),
        "tutor_made": ("done", _("They are a tutor of this course from now on.")),
        "tutor_unmade": ("done", _("What the LMS says of them counts again.")),
        "never_launched": (
            "warn",
            _("They can be made a tutor once they have opened Miroir in this course."),
        ),
        "tutor_assigned": ("done", _("The cohort has this tutor now.")),
        "tutor_covers": ("done", _("The cover is arranged.")),
        "tutor_handed_over": ("done", _("The cohort is handed over.")),
        "tutor_ended": ("done", _("They do not look after this cohort any more.")),
    }


def companion_sentences() -> dict[str, tuple[str, str]]:
    """Return what is said about Moodle's competencies and groups, as ``sentences``."""
    return {
        "levels_shared": ("done", _("Levels that tutors confirm go to Moodle from now on.")),
        "levels_kept": ("done", _("Nothing more goes to Moodle’s competencies.")),
        "levels_promised": ("done", _("What Moodle was not told yet is on its way.")),
        "framework_removed": ("done", _("The framework is removed.")),
        "framework_used": ("warn", _("Not removed: something uses it, or it was changed.")),
        "framework_not_sure": ("warn", _("Not removed: tick the box first.")),
        "groups_read": ("done", _("These are the groups that Moodle has now.")),
    }


def operator_sentences() -> dict[str, tuple[str, str]]:
    """Return what the operator's console says, as ``sentences``."""
    return {
        "platform_connected": ("done", _("The platform is connected. Test it next.")),
        "platform_off": ("done", _("The platform is switched off: nobody can launch from it.")),
        "platform_on": ("done", _("The platform may launch again.")),
        "deployment_on": ("done", _("The deployment is approved.")),
        "deployment_off": ("done", _("The deployment is switched off.")),
        "link_withdrawn": ("done", _("The link does not work any more.")),
        "companion_set": ("done", _("The companion is set up. Test it next.")),
        "companion_off": ("done", _("The companion is off, and its token is forgotten.")),
        "records_on": ("done", _("Learning records go to the store from now on. Try it out next.")),
        "records_off": ("done", _("No learning record leaves any more.")),
        "records_tried": ("done", _("The store answered as it should.")),
        "key_published": ("done", _("The next key is published.")),
        "key_waits": ("warn", _("Nothing was changed: the next key is published already.")),
        "key_rotated": ("done", _("The new key signs from now on.")),
        "message_retried": ("done", _("The message is on its way again.")),
        "all_retried": ("done", _("All of them are on their way again.")),
        "some_retried": ("warn", _("Many are on their way again; press once more for the rest.")),
    }


def notices() -> list[dict[str, str]]:
    """Return what this page has to say first, for the base template."""
    code = request.args.get(PARAMETER)
    if not code:
        return []  # nearly always: the sentences need not be translated
    table = {
        **sentences(),
        **own_work_sentences(),
        **sharing_sentences(),
        **credential_sentences(),
        **file_sentences(),
        **studio_sentences(),
        **criteria_sentences(),
        **desk_sentences(),
        **moderation_sentences(),
        **placing_sentences(),
        **cohort_sentences(),
        **companion_sentences(),
        **operator_sentences(),
    }
    known = table.get(code)
    return [{"kind": known[0], "text": known[1]}] if known else []


def see_other(endpoint: str, notice: str = "", **values: Any) -> Response:
    """Redirect with 303 after a successful POST, with something to say there."""
    if notice:
        values[PARAMETER] = notice
    return redirect(url_for(endpoint, **values), code=303)
