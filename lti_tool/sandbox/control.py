"""The control API: what tests and the demo do to the sandbox without clicking. JSON in, JSON out.

It is open to whoever reaches the server, so the sandbox belongs on the own machine only.

Behaviour (this module)
    POST   /control/reset               {personality?}: forget everything, begin again
    GET    /control/state               personality, platform_storage, issuer, switches
    POST   /control/personality         {name}
    POST   /control/platform-storage    {on}
    POST   /control/deep-linking        {setting: value or null}: what dialogs opened from now on
                                        accept, see claims.py; the rest is as usual
    GET    /control/switches            every area's switch
    POST   /control/roster              {differences?, groups?, enrollments?, limit?, page_size?}
    POST   /control/switches            {area, fault?, delay_ms?, retry_after?, remaining?}
    DELETE /control/switches            make everything work again
    POST   /control/keys/rotate         {keep_old?: true}
    POST   /control/tamper              an order for the next id_token (below); DELETE clears
    POST   /control/tamper-login        {set?, remove?, times?} for the next login initiation
    POST   /control/persona             {role: instructor|student, variant, times?}
    POST   /control/expire-tokens       every access token expires now
    GET    /control/log                 ?area=&title=&after=: entries, oldest first; DELETE clears

Data (control_data.py)
    GET    /control/tools               POST makes one by hand (fields of records.Tool)
    POST   /control/tools/<client_id>   changes fields; DELETE removes
    POST   /control/registration-link   {link, client_id?}: {url} with a one-time token
    POST   /control/access-token        {client_id, scopes}: {access_token}
    GET    /control/people              POST {count, role?} adds people
    POST   /control/people/<who>/role   {role, course_id?}: educator|tutor|learner|inactive|none
    POST   /control/people/<who>        changes fields (shares_name, email, locale…)
    GET    /control/groups              POST {name, people, set_name?, course_id?}; DELETE /<id>
    GET    /control/courses             POST {title, copy_of?} makes or copies one
    GET    /control/links               POST {client_id, course_id?, title?, url?, custom?,
                                        line_item?: {label, scoreMaximum, resourceId?, tag?}}
    POST   /control/links/<id>          changes fields; DELETE removes
    POST   /control/links/<id>/duplicate  {course_id?}
    GET    /control/line-items          POST /control/line-items/<id> changes fields
    GET    /control/scores              ?line_item_id=; POST {line_item_id, person, value,
                                        comment?, locked?}: a grade by hand

Moodle's web services: see webservices.py.

An order for tampering has any of: set {claim: value}, remove [claims] (short names of LTI claims
are understood), persona "instructor:short_role", issued_at_offset and expires_at_offset (seconds
from now), header {…} or "no_kid", no_kid, alg (RS256, HS256, none), sign_with (unknown-key,
same-kid-other-key), break_signature, payload (instead of all claims), raw (instead of the token),
replay (true: the last id_token with the new state; "response": the last answer whole), form {field:
value or null}, error and error_description (an OIDC error instead), times (1).
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, NoReturn

from flask import Blueprint, Response, abort, jsonify, request

from lti_tool.sandbox import tampering
from lti_tool.sandbox.personalities import PERSONALITIES
from lti_tool.sandbox.state import sandbox

bp = Blueprint("control", __name__, url_prefix="/control")


def body() -> dict[str, Any]:
    """Return the JSON object of the request; {} when there is none."""
    found = request.get_json(silent=True)
    return found if isinstance(found, dict) else {}


def refuse(reason: str, status: int = 400) -> NoReturn:
    """End the request with an error and its reason."""
    answer = jsonify(error=reason)
    answer.status_code = status
    abort(answer)


def change(record: Any, values: Mapping[str, Any]) -> None:
    """Set fields of a record; an unknown one ends the request with 400."""
    for name, value in values.items():
        if not hasattr(record, name):
            refuse(f"{type(record).__name__} has no field {name}")
        setattr(record, name, value)


@bp.post("/reset")
def reset() -> Response:
    """Forget everything and begin again."""
    sandbox().reset()
    return personality() if "personality" in body() else state()


@bp.get("/state")
def state() -> Response:
    """Tell how the sandbox behaves now."""
    here = sandbox()
    return jsonify(
        personality=here.personality.name,
        platform_storage=here.platform_storage,
        issuer=here.issuer,
        switches=here.switches.all(),
    )


@bp.post("/personality")
def personality() -> Response:
    """Behave like another platform."""
    name = body().get("name", body().get("personality"))
    if name not in PERSONALITIES:
        refuse(f"personalities are {', '.join(PERSONALITIES)}")
    sandbox().set_personality(str(name))
    return state()


@bp.post("/platform-storage")
def platform_storage() -> Response:
    """Switch the platform storage of the course page on or off."""
    sandbox().store.set_value("platform_storage", bool(body().get("on", True)))
    return state()


@bp.post("/roster")
def roster() -> Response:
    """Say how the roster behaves: fields of nrps.Settings; what is left out is as usual."""
    sandbox().store.set_value("roster", body())
    return jsonify(body())


@bp.post("/deep-linking")
def deep_linking() -> Response:
    """Say what deep linking dialogs accept from now on; null leaves a setting out."""
    sandbox().store.set_value("deep_linking", body())
    return jsonify(body())


@bp.get("/switches")
def read_switches() -> Response:
    """Tell every switch."""
    return jsonify(sandbox().switches.all())


@bp.post("/switches")
def set_switch() -> Response:
    """Set one area's switch."""
    try:
        switch = sandbox().switches.set(**body())
    except (TypeError, ValueError) as error:
        refuse(str(error))
    return jsonify(asdict(switch))


@bp.delete("/switches")
def clear_switches() -> Response:
    """Make everything work again."""
    sandbox().switches.clear()
    return jsonify(sandbox().switches.all())


@bp.post("/keys/rotate")
def rotate_keys() -> Response:
    """Sign with a new key; old ones stay published or are withdrawn."""
    key = sandbox().keyring.rotate(keep_old=bool(body().get("keep_old", True)))
    return jsonify(kid=key.kid)


@bp.post("/tamper")
def tamper() -> Response:
    """Alter the next id_token, or the next ``times`` of them."""
    sandbox().memory.tampering.append(body())
    return jsonify(sandbox().memory.tampering)


@bp.delete("/tamper")
def stop_tampering() -> Response:
    """Forget all orders for launches that did not come yet."""
    sandbox().memory.tampering.clear()
    sandbox().memory.login_tampering.clear()
    return jsonify([])


@bp.post("/tamper-login")
def tamper_login() -> Response:
    """Alter the parameters of the next login initiation."""
    sandbox().memory.login_tampering.append(body())
    return jsonify(sandbox().memory.login_tampering)


@bp.post("/persona")
def persona() -> Response:
    """Make the next launch one of the certification suite's valid ones."""
    wanted = body()
    role, variant = str(wanted.get("role")), str(wanted.get("variant", "plain"))
    try:
        tampering.persona(role, variant)
    except ValueError as error:
        refuse(str(error))
    order = {"persona": f"{role}:{variant}", "times": int(wanted.get("times", 1))}
    sandbox().memory.tampering.append(order)
    return jsonify(order)


@bp.post("/expire-tokens")
def expire_tokens() -> Response:
    """Let every access token expire now."""
    here = sandbox()
    for token in here.store.access_tokens.all():
        token.expires = 0
        here.store.access_tokens.put(token.token, token)
    return jsonify(expired=len(here.store.access_tokens))


@bp.get("/log")
def read_log() -> Response:
    """Tell the log, oldest first, by area, part of the title and after a number."""
    area, title = request.args.get("area", ""), request.args.get("title", "")
    after = request.args.get("after", default=0, type=int)
    return jsonify(
        [
            asdict(entry)
            for entry in sandbox().store.log.all()
            if area in ("", entry.area) and title in entry.title and entry.number > after
        ]
    )


@bp.delete("/log")
def clear_log() -> Response:
    """Forget the log."""
    sandbox().store.log.clear()
    return jsonify([])
