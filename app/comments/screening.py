"""What rules for words say of a text that somebody is about to publish."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from app.errors import Invalid
from app.events import QueueChanged
from app.text.matching import Folded, Span, folded, replaced, spans_of
from app.text.patterns import first_of, places_of
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.web.recent import Recent
from app.work import Work
from documents import Board, Comment, Report, Topic, WordRule
from documents.clock import now

ALL: Final = "all"
RULES_MAX: Final = 500
SHORT_CHARS: Final = 2_000
WORDS_CHARS: Final = 500

recent_rules: Recent[str, tuple[WordRule, ...]] = Recent(1)


@dataclass(frozen=True, slots=True)
class Screened:
    """The texts as they may stand; whether they have to wait; and the words for which moderators get a report."""

    texts: tuple[str, ...]
    hold: bool = False
    flags: tuple[str, ...] = ()


async def screen(viewer: Viewer, board: Board, *texts: str) -> Screened:
    """Look through texts that become one post. `Invalid` names the word for which they are not taken.

    Who approves texts in a board is not screened there.
    """
    rules = await recent_rules.get(ALL, _load) or ()
    if not rules or viewer.may("approve", board):
        return Screened(texts)
    if sum(map(len, texts)) < SHORT_CHARS:
        return _screen(rules, texts)
    return await asyncio.to_thread(_screen, rules, texts)


async def _load() -> tuple[WordRule, ...]:
    return tuple(await WordRule.find().limit(RULES_MAX).to_list())


def _screen(rules: tuple[WordRule, ...], texts: tuple[str, ...]) -> Screened:
    hold = False
    flags: list[str] = []
    shown: list[str] = []
    for text in texts:
        plain = folded(text)
        dense = plain.dense
        instead = []
        for rule in rules:
            found = _found(rule, text, plain, dense)
            if not found:
                continue
            if rule.action == "block":
                (start, end), _ = found[0]
                said = N_("“%(word)s” cannot be written here. Please change it and send it again.")
                raise Invalid(Text(said, word=text[start:end][:60]))
            hold = hold or rule.action == "hold"
            if rule.action == "flag":
                flags.append(rule.words)
            if rule.action == "replace":
                instead += found
        shown.append(replaced(text, instead))
    return Screened(tuple(shown), hold, tuple(dict.fromkeys(flags)))


def _found(rule: WordRule, text: str, plain: Folded, dense: Folded) -> list[tuple[Span, str]]:
    """Where a rule fits, and what would stand there; of a pattern that only has to be there, the first place."""
    if not rule.pattern:
        return [(span, rule.replacement) for span in spans_of(rule.key, plain, dense)]
    if rule.action == "replace":
        return list(places_of(rule.words, plain, text, rule.replacement))
    first = first_of(rule.words, plain)
    return [(first, "")] if first else []


def tried(rule: WordRule, text: str) -> tuple[list[tuple[Span, str]], str]:
    """Where a rule that is being written would fit in a text, and the text with what would stand there."""
    plain = folded(text)
    if rule.pattern:
        found = list(places_of(rule.words, plain, text, rule.replacement))
    else:
        found = [(span, rule.replacement) for span in spans_of(rule.key, plain, plain.dense)]
    return found, replaced(text, found) if rule.action == "replace" else text


async def flag(work: Work, screened: Screened, text: Comment | Topic) -> None:
    """Have moderators look at a new text with such words; what waits they see anyway."""
    if not screened.flags or text.unseen:
        return
    moment = now()
    report = Report(
        kind=text.kind,
        subject=text.oid,
        accused=text.author,
        topic=text.place,
        board=text.board,
        first_at=moment,
        last_at=moment,
    )
    await Report.flag(report, ", ".join(screened.flags)[:WORDS_CHARS], work.session)
    work.record(QueueChanged())


async def flag_edit(work: Work, screened: Screened, text: Comment | Topic) -> None:
    """The same of an edited one: what is there stays there, so what would have waited is looked at as well."""
    flags = screened.flags or (("",) if screened.hold else ())
    pending = {"subject": text.oid, "pending": True}
    if flags and await Report.raw().find_one(pending, {"_id": 1}, session=work.session) is None:
        await flag(work, replace(screened, flags=flags), text)
