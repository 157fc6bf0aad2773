"""My competencies over all courses, who may see them, and what shows them in one activity."""

from __future__ import annotations

import uuid

from werkzeug.wrappers import Response

from lti_tool.rules.vocabulary import Phase
from lti_tool.schemas.evidence import EvidenceForm, RemovalForm, ShareForm
from lti_tool.views.downloads import FORM, table_file
from lti_tool.views.forms import form_page, read_form
from lti_tool.views.guards import allow, learners
from lti_tool.views.notices import see_other
from lti_tool.views.pages.learner.blueprint import ACTIVITY, bp
from lti_tool.views.pages.learner.frame import show
from lti_tool.views.pages.level_plots import plot_of, table_of
from lti_tool.views.render import page
from lti_tool.views.session import services, viewer


@bp.get("/my-competencies")
@allow(*learners)
def my_competencies() -> str:
    """Show how the learner's competencies came along, and who else may see them."""
    return page(
        "learner/my_competencies.html",
        mine=services().my_competencies.of(viewer()),
        shares=services().shares.mine(viewer()),
        credentials=services().credentials.of(viewer()),
        plot_of=plot_of,
        activity_id=viewer().activity_id,
        context_id=viewer().context_id,
        tab="my_competencies",
    )


@bp.get(f"/my-competencies.{FORM}")
@allow(*learners)
def my_competencies_file(form: str) -> Response:
    """Give the same as a file."""
    return table_file(form, "", table_of(services().my_competencies.of(viewer()).frameworks))


@bp.post("/my-competencies/share")
@allow(*learners)
@form_page(my_competencies)
def share_levels() -> Response:
    """Let the staff of a course see the levels of the other courses, or no more."""
    form = read_form(ShareForm)
    services().my_competencies.share(viewer(), form["course"], form["shared"])
    notice = "courses_shared" if form["shared"] else "courses_unshared"
    return see_other("learner.my_competencies", notice=notice, _anchor="who")


@bp.get(f"{ACTIVITY}/evidence")
@allow(*learners)
def evidence(activity_id: uuid.UUID) -> str:
    """Show what shows the competencies of an activity, and let the learner add to it."""
    found = services().evidence_links.page(viewer(), activity_id)
    return show("learner/evidence.html", found, Phase.NEXT)


@bp.post(f"{ACTIVITY}/evidence")
@allow(*learners)
@form_page(evidence)
def add_evidence(activity_id: uuid.UUID) -> Response:
    """Add a link to a competency."""
    services().evidence_links.add(viewer(), activity_id, **read_form(EvidenceForm))
    return see_other("learner.evidence", notice="link_added", activity_id=activity_id)


@bp.post(f"{ACTIVITY}/evidence/remove")
@allow(*learners)
@form_page(evidence)
def remove_evidence(activity_id: uuid.UUID) -> Response:
    """Take a link away."""
    services().evidence_links.remove(viewer(), activity_id, read_form(RemovalForm)["link"])
    return see_other("learner.evidence", notice="link_removed", activity_id=activity_id)
