"""Rules for words: the page on which administrators make and delete them."""

from __future__ import annotations

from bson import ObjectId
from pymongo.errors import DuplicateKeyError
from quart import Blueprint, Response
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import StringField

from app.comments.screening import RULES_MAX
from app.errors import Conflict, Invalid, NotFound, Refusal
from app.events import QueueChanged
from app.operations.service import record, target
from app.text.matching import ANY, key_of
from app.viewer import Viewer
from app.web.context import page, require_login, say, status_of, to, viewer
from app.web.forms import AtMost, Form, Said, one_line
from app.web.i18n import N_, Text
from app.web.needs import declare, staff
from app.work import Work, together
from documents import WordRule
from documents.clock import now

blueprint = Blueprint("word_rules", __name__, url_prefix="/admin/words")
declare(blueprint, staff("manage_settings"))
Answer = Response | WerkzeugResponse
WORDS_CHARS_MAX = 100
ACTIONS = {
    "hold": N_("Hold: it waits for approval"),
    "block": N_("Block: it is not taken"),
    "replace": N_("Replace: other words stand there"),
    "flag": N_("Flag: it appears, and moderators get a report"),
}


class RuleForm(Form):
    """A new rule."""

    words = StringField(filters=[one_line], validators=[Said(), AtMost(WORDS_CHARS_MAX)])
    action = StringField(filters=[one_line], default="hold")
    replacement = StringField(filters=[one_line], validators=[AtMost(WORDS_CHARS_MAX)])


@blueprint.get("")
async def index() -> Answer:
    """All rules, and the form for another."""
    return await _page(RuleForm())


async def _page(form: RuleForm, refusal: Refusal | None = None) -> Response:
    rules = await WordRule.find().sort("key").to_list()
    error = form.refuse(refusal) if refusal else None
    return await page(
        "reports/words.html", status=status_of(refusal), rules=rules, actions=ACTIONS, form=form, error=error
    )


@blueprint.post("")
async def make() -> Answer:
    """Make one."""
    form = await RuleForm.read()
    try:
        form.check()
        await make_rule(require_login(), form.text("words"), form.text("action"), form.text("replacement"))
    except Refusal as refusal:
        return await _page(form, refusal)
    await say("success", N_("The rule is in force."))
    return to("/admin/words")


async def make_rule(viewer: Viewer, words: str, action: str, replacement: str) -> None:
    """In force for everything that is published or edited from now on."""
    if action not in ACTIONS:
        raise Invalid(fields={"action": Text(N_("Please choose one of these."))})
    key = key_of(words)
    if not any(letter.isalnum() for letter in key) or ANY in key.strip(ANY):
        raise Invalid(fields={"words": Text(N_("Write letters or digits; * only at the beginning or end."))})
    if await WordRule.find().count() >= RULES_MAX:
        raise Conflict(Text(N_("There are as many rules as there can be. Please delete some first.")))
    kept = replacement if action == "replace" else ""
    rule = WordRule(
        words=words,
        key=key,
        action=action,
        replacement=kept,
        made_by=viewer.me,
        made_at=now(),
    )

    async def steps(work: Work) -> None:
        raw = rule.as_stored()
        await WordRule.raw().insert_one(raw, session=work.session)
        done = target("setting", raw["_id"], {}, {"words": words, "action": action, "replacement": kept})
        await record(work, viewer, "words.create", [done])
        work.record(QueueChanged())

    try:
        await together(steps)
    except DuplicateKeyError:
        raise Conflict(fields={"words": Text(N_("There is a rule for these words already."))}) from None


@blueprint.post("/<oid:rule_id>/delete")
async def delete(rule_id: ObjectId) -> Answer:
    """Delete one."""
    await delete_rule(viewer(), rule_id)
    await say("success", N_("Rule deleted."))
    return to("/admin/words")


async def delete_rule(viewer: Viewer, id: ObjectId) -> None:
    """It is in force no more."""

    async def steps(work: Work) -> None:
        raw = await WordRule.raw().find_one_and_delete({"_id": id}, session=work.session)
        if raw is None:
            raise NotFound
        done = target("setting", id, {name: raw[name] for name in ("words", "action", "replacement")}, {})
        await record(work, viewer, "words.delete", [done])
        work.record(QueueChanged())

    await together(steps)
