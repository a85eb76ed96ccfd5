"""The page on which moderators see what one person wrote lately, and remove it as one act."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast, get_args

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import HiddenField, StringField

from app.errors import Conflict, Invalid, NotFound, Refusal
from app.moderation import removal_views as views
from app.moderation.forms import REASON_CHARS_MAX
from app.moderation.people import TERMS, person_to_moderate, until_of
from app.moderation.removing import SPANS, VERB, Along, Asked, Then, planned, remove
from app.moderation.undoing import undo
from app.people.cards import cards
from app.web.context import page, require_login, say, status_of, to
from app.web.forms import AtMost, Form, Said, one_line
from app.web.i18n import N_, Text
from app.web.keys import EPOCH
from app.web.needs import declare, staff
from documents import Operation, User
from documents.clock import now
from documents.removal import REMOVED_KINDS, RemovedKind

blueprint = Blueprint("removing", __name__, url_prefix="/users")
declare(blueprint, staff("delete_others", "ban"))
Answer = Response | WerkzeugResponse
HOURS_USUAL: Final = 24
# What was shown longer ago is looked at anew before it is removed.
SHOWN_WITHIN: Final = timedelta(hours=12)
# Ticked when the page is first opened: what everybody can read. Messages and likes are somebody's decision.
TICKED: Final[tuple[RemovedKind, ...]] = ("topic", "comment")
DIGITS_MAX: Final = 15


class RemovalForm(Form):
    """What was shown is to go: of these kinds, written up to then; and what is done with the person besides."""

    hours = HiddenField(filters=[one_line])
    until = HiddenField(filters=[one_line])
    kinds = HiddenField()
    then = HiddenField(filters=[one_line])
    term = HiddenField(filters=[one_line])
    reason = StringField(filters=[one_line], validators=[Said(), AtMost(REASON_CHARS_MAX)])

    def asked(self, kinds: Collection[str]) -> Asked:
        """As the service knows it; `Conflict` when it was not shown, or too long ago."""
        text = self.text("until")
        moment = EPOCH + timedelta(milliseconds=int(text)) if _is_number(text) else datetime.min.replace(tzinfo=UTC)
        if not now() - SHOWN_WITHIN < moment <= now() + timedelta(minutes=1):
            raise Conflict(Text(N_("This was shown long ago. Look again before you go on.")))
        return Asked(span_of(self.text("hours")), moment, tuple(kind for kind in REMOVED_KINDS if kind in kinds))

    def along(self) -> Along:
        """What comes along."""
        then = self.text("then")
        if then not in get_args(Then):
            raise _choose("then")
        until = until_of(self.text("term")) if then else None
        if then == "silence" and until is None:
            raise _choose("term")
        return Along(cast(Then, then), until)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < DIGITS_MAX


def _choose(field: str) -> Invalid:
    return Invalid(fields={field: Text(N_("Please choose one of these."))})


def span_of(text: str) -> int:
    """Hours of `SPANS`; a day for anything else."""
    return int(text) if _is_number(text) and int(text) in SPANS else HOURS_USUAL


@blueprint.get("/<oid:user_id>/remove")
async def look(user_id: ObjectId) -> Answer:
    """What it would be."""
    return await _page(await person_to_moderate(user_id), span_of(request.args.get("hours", "")))


async def _page(user: User, hours: int, form: RemovalForm | None = None, refusal: Refusal | None = None) -> Response:
    found, moment = require_login(), now()
    parts = await views.parts_of(await planned(found, user.oid, Asked(hours, moment)))
    typed: dict[str, Any] = form.data if form else {"then": "", "term": "24", "reason": ""}
    return await page(
        "moderation/remove.html",
        status=status_of(refusal),
        card=(await cards([user.oid]))[user.oid],
        hours=hours,
        spans=SPANS,
        until=round((moment - EPOCH).total_seconds() * 1_000),
        parts=parts,
        total=sum(part.count for part in parts),
        ticked=(await request.form).getlist("kinds") if form else TICKED,
        typed=typed,
        terms=TERMS,
        sanctions=[then for then in ("silence", "ban") if found.may(then)],
        made=await views.made_of(user.oid),
        form=form,
        error=form.refuse(refusal) if form is not None and refusal is not None else None,
    )


@blueprint.post("/<oid:user_id>/remove", endpoint="remove")
async def carry_out(user_id: ObjectId) -> Answer:
    """Remove what was shown."""
    user = await person_to_moderate(user_id)
    form = await RemovalForm.read()
    hours = span_of(form.text("hours"))
    try:
        form.check()
        asked, along = form.asked((await request.form).getlist("kinds")), form.along()
        reason = form.text("reason")
        count = await remove(require_login(), user, asked, shown=await _shown(), along=along, reason=reason)
    except Refusal as refusal:
        return await _page(user, hours, form, refusal)
    await say("success", N_("Removed: %(count)s."), count=count)
    return to(f"/users/{user_id}/remove?hours={hours}#made")


async def _shown() -> dict[RemovedKind, int]:
    """How many of each kind the page has shown."""
    form = await request.form
    numbers = {kind: form.get(f"shown_{kind}", "") for kind in REMOVED_KINDS}
    return {kind: int(text) for kind, text in numbers.items() if _is_number(text)}


@blueprint.post("/<oid:user_id>/removals/<oid:operation_id>/return")
async def bring_back(user_id: ObjectId, operation_id: ObjectId) -> Answer:
    """Bring back what nobody has changed since."""
    await person_to_moderate(user_id)
    operation = await Operation.load(operation_id)
    if operation is None or operation.verb != VERB or user_id not in operation.concerns:
        raise NotFound
    await undo(require_login(), operation_id, rest=True)
    await say("success", N_("Brought back, except for anything changed since."))
    return to(f"/users/{user_id}/remove#made")
