"""Rules for words: the page on which administrators make and delete them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import StringField

from app.comments.screening import RULES_MAX, tried
from app.errors import Conflict, Invalid, NotFound, Refusal
from app.events import QueueChanged
from app.operations.service import record, target
from app.text.matching import ANY, key_of
from app.text.patterns import PATTERN_CHARS_MAX, BadPattern, compiled, require_groups
from app.viewer import Viewer
from app.web.context import page, require_login, say, status_of, to, viewer
from app.web.forms import AtMost, Form, Said, clean, one_line
from app.web.i18n import N_, Text
from app.web.needs import declare, staff
from app.work import Work, together
from documents import WordRule
from documents.clock import now

blueprint = Blueprint("word_rules", __name__, url_prefix="/admin/words")
declare(blueprint, staff("manage_settings"))
Answer = Response | WerkzeugResponse
WORDS_CHARS_MAX = 100
SAMPLE_CHARS_MAX = 5_000
# Each is looked for by itself, so that all of them together cost so many times one.
PATTERNS_MAX = 50
ACTIONS = {
    "hold": N_("Hold: it waits for approval"),
    "block": N_("Block: it is not taken"),
    "replace": N_("Replace: other words stand there"),
    "flag": N_("Flag: it appears, and moderators get a report"),
}


KINDS = {"words": N_("Words"), "pattern": N_("Pattern (a regular expression)")}


class RuleForm(Form):
    """A new rule; `sample` is a text to try it on."""

    words = StringField(filters=[one_line], validators=[Said(), AtMost(PATTERN_CHARS_MAX)])
    kind = StringField(filters=[one_line], default="words")
    sample = StringField(filters=[clean], validators=[AtMost(SAMPLE_CHARS_MAX)])
    action = StringField(filters=[one_line], default="hold")
    replacement = StringField(filters=[one_line], validators=[AtMost(WORDS_CHARS_MAX)])


@blueprint.get("")
async def index() -> Answer:
    """All rules, and the form for another."""
    return await _page(RuleForm())


async def _page(form: RuleForm, refusal: Refusal | None = None, trial: Trial | None = None) -> Response:
    rules = await WordRule.find().sort("key").to_list()
    error = form.refuse(refusal) if refusal else None
    return await page(
        "reports/words.html",
        status=status_of(refusal),
        rules=rules,
        actions=ACTIONS,
        kinds=KINDS,
        form=form,
        trial=trial,
        error=error,
    )


@blueprint.post("")
async def make() -> Answer:
    """Make one."""
    form = await RuleForm.read()
    try:
        form.check()
        rule = rule_of(require_login(), form)
        if "try" in await request.form:
            return await _page(form, trial=await asyncio.to_thread(Trial.of, rule, form.text("sample")))
        await make_rule(viewer(), rule)
    except Refusal as refusal:
        return await _page(form, refusal)
    await say("success", N_("The rule applies from now on."))
    return to("/admin/words")


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would do with a sample: the sample in pieces, of which some are found, and what becomes of it."""

    pieces: tuple[tuple[str, bool], ...]
    places: int
    after: str

    @classmethod
    def of(cls, rule: WordRule, sample: str) -> Trial:
        """Try it."""
        found, after = tried(rule, sample)
        pieces: list[tuple[str, bool]] = []
        end = 0
        for (start, stop), _ in sorted(found):
            if start >= end:
                pieces += [(sample[end:start], False), (sample[start:stop], True)]
                end = stop
        pieces.append((sample[end:], False))
        return cls(tuple(piece for piece in pieces if piece[0]), len(found), after if after != sample else "")


def rule_of(viewer: Viewer, form: RuleForm) -> WordRule:
    """The rule that a form describes, not stored yet; `Invalid` names what is wrong with it, and where."""
    words, action, kind = form.text("words"), form.text("action"), form.text("kind") or "words"
    if action not in ACTIONS:
        raise Invalid(fields={"action": Text(N_("Please choose one of these."))})
    if kind not in KINDS:
        raise Invalid(fields={"kind": Text(N_("Please choose one of these."))})
    instead = form.text("replacement") if action == "replace" else ""
    made: Any = {"words": words, "action": action, "replacement": instead, "made_by": viewer.me, "made_at": now()}
    if kind == "pattern":
        _require_pattern(words, instead)
        return WordRule(**made, key=f"\x1f{words}", pattern=True)
    key = key_of(words)
    if len(words) > WORDS_CHARS_MAX or not any(letter.isalnum() for letter in key) or ANY in key.strip(ANY):
        raise Invalid(fields={"words": Text(N_("Write letters or digits; * only at the beginning or end."))})
    return WordRule(**made, key=key)


def _require_pattern(pattern: str, instead: str) -> None:
    for name, check in (
        ("words", lambda: compiled(pattern)),
        ("replacement", lambda: require_groups(pattern, instead)),
    ):
        try:
            check()
        except BadPattern as bad:
            raise Invalid(fields={name: _why(bad)}) from None


def _why(bad: BadPattern) -> Text:
    if not bad.place:
        return Text(N_("%(why)s."), why=Text(bad.why))
    return Text(N_("%(why)s: “%(part)s”, at character %(place)s."), why=Text(bad.why), part=bad.part, place=bad.place)


async def make_rule(viewer: Viewer, rule: WordRule) -> None:
    """In force for everything that is published or edited from now on."""
    if await WordRule.find().count() >= RULES_MAX:
        raise Conflict(Text(N_("There are as many rules as there can be. Please delete some first.")))
    if rule.pattern and await WordRule.find({"pattern": True}).count() >= PATTERNS_MAX:
        raise Conflict(Text(N_("There are as many patterns as there can be. Please delete some first.")))

    async def steps(work: Work) -> None:
        raw = rule.as_stored()
        await WordRule.raw().insert_one(raw, session=work.session)
        done = target("setting", raw["_id"], {}, {name: raw[name] for name in ("words", "action", "replacement")})
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
