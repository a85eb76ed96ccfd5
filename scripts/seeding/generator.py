"""Topics, replies and private messages, the same for the same seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from scripts.seeding.casting import Casting
from scripts.seeding.dice import Dice
from scripts.seeding.reading import Blocks, Corpus, Manner, Piece, Plot, Stage, corpus
from scripts.seeding.shape import LANGS, THEMES, Lang, Theme
from scripts.seeding.template import Text, fill
from scripts.seeding.texts import Conversation, Reply, TopicText, quoted

# Shares: of short lines, of those to somebody, of mentions of the author before, of phrases before and after a piece.
NOD_SHARE = 0.4
NOD_TO_SHARE = 0.3
MENTION_SHARE = 0.4
OPENER_SHARE = 0.18
CLOSER_SHARE = 0.15
# Of the longer ones: about this very topic rather than about its theme, while there is something left to say.
OWN_SHARE = 0.6
# The first few stick to the topic, and its author does not thank yet.
REPLIES_AT_FIRST = 3
# Later the author tells how it went, in this share of their replies.
REPLIES_BEFORE_UPDATE = 6
UPDATE_SHARE = 0.5
GREETING_SHARE = 0.15
GOODBYE_SHARE = 0.2
TITLE_ATTEMPTS = 40

City = Mapping[Lang, str]


class Prose:
    """Writes for a forum. What it writes depends on `rng` alone, and no title comes twice."""

    def __init__(self, rng: Random) -> None:
        self._dice = Dice(rng)
        self._titles: dict[str, int] = {}
        self._plots: dict[tuple[Lang, Theme], list[int]] = {}
        self._mails: dict[Lang, list[int]] = {}

    def topic(self, theme: Theme | None = None, *, lang: Lang | None = None, city: City | None = None) -> TopicText:
        """A topic of `theme` in `lang`, any where None; `city` is where it plays, if it plays in a city."""
        about = self._dice.one(THEMES) if theme is None else theme
        spoken = self._dice.one(LANGS) if lang is None else lang
        stage, manner = corpus(spoken).stages[about], corpus(spoken).manner
        left = self._plots.setdefault((spoken, about), [])
        number, cast, title = self._unused_title(stage, left, {"city": city[spoken]} if city else {})
        plot = stage.plots[number]
        blocks = self._opening_post(plot, manner, cast)
        return TopicText(spoken, about, plot.mood, title, self._tags(stage, plot), blocks, number, cast)

    def reply(
        self, topic: TopicText, *, author_before: str | None = None, quote: str | None = None, by_author: bool = False
    ) -> str:
        """The Markdown of one more reply; see `compose`."""
        return self.compose(topic, author_before=author_before, quote=quote, by_author=by_author).body

    def reply_blocks(
        self, topic: TopicText, *, author_before: str | None = None, quote: str | None = None, by_author: bool = False
    ) -> list[str]:
        """The blocks of one more reply; see `compose`."""
        return self.compose(topic, author_before=author_before, quote=quote, by_author=by_author).blocks

    def compose(
        self, topic: TopicText, *, author_before: str | None = None, quote: str | None = None, by_author: bool = False
    ) -> Reply:
        """One more reply.

        `author_before` is the username of an earlier author, who is mentioned in some replies; `quote` is the Markdown
        of an earlier comment, of which a sentence is quoted; `by_author` says that the topic's author writes.
        """
        voices = corpus(topic.lang)
        topic.memory.replies += 1
        named = author_before if author_before and self._dice.chance(MENTION_SHARE) else None
        quotation = quoted(quote) if quote else None
        if quotation:
            return self._to_quote(topic, voices.manner, named, quotation)
        if by_author:
            return self._nod_to(topic, voices.manner, named) if named else self._by_author(topic, voices)
        if self._dice.chance(NOD_SHARE):
            return self._nod(topic, voices.manner)
        if named and self._dice.chance(NOD_TO_SHARE):
            return self._nod_to(topic, voices.manner, named)
        return self._piece(topic, voices, named)

    def message(self, lang: Lang | None = None) -> tuple[str, str]:
        """Title and body of a first private message."""
        talk = self.conversation(lang)
        return talk.title, talk.bodies[0]

    def conversation(self, lang: Lang | None = None) -> Conversation:
        """A private conversation from its first message to its last."""
        spoken = self._dice.one(LANGS) if lang is None else lang
        mails = corpus(spoken).mails
        mail = mails[self._next(self._mails.setdefault(spoken, []), len(mails))]
        cast = self._cast(mail.castings)
        bodies = tuple("\n\n".join(self._said(turn, cast)) for turn in mail.turns)
        return Conversation(spoken, fill(self._dice.one(mail.titles), cast, self._dice), bodies)

    def _next(self, left: list[int], count: int) -> int:
        """A number below `count` that is still `left`; from the start when none is."""
        if not left:
            left.extend(range(count))
        return self._dice.take(left)

    def _cast(self, castings: Sequence[Casting]) -> dict[str, str]:
        cast: dict[str, str] = {}
        for casting in castings:
            cast.update(zip(casting.names, self._dice.one(casting.rows), strict=True))
        return cast

    def _unused_title(self, stage: Stage, left: list[int], given: Mapping[str, str]) -> tuple[int, dict[str, str], str]:
        """A plot, its cast and a title. Plots whose titles are used up are passed over; at last titles get a number."""
        for _ in range(TITLE_ATTEMPTS):
            number = self._next(left, len(stage.plots))
            cast = {**self._cast(stage.plots[number].castings), **given}
            title = fill(self._dice.one(stage.plots[number].titles), cast, self._dice)
            if title not in self._titles:
                break
        uses = self._titles[title] = self._titles.get(title, 0) + 1
        return number, cast, title if uses == 1 else f"{title} ({uses})"

    def _tags(self, stage: Stage, plot: Plot) -> tuple[str, ...]:
        special = self._dice.shuffled(plot.tags)[: 1 + self._dice.below(2)]
        return tuple(tag.casefold() for tag in (self._dice.one(stage.tags), *special))

    def _opening_post(self, plot: Plot, manner: Manner, cast: Mapping[str, str]) -> tuple[str, ...]:
        said = self._said(plot.body, cast)
        if plot.mood != "news" and self._dice.chance(GREETING_SHARE):
            said.insert(0, self._phrase(manner.greetings))
        if self._dice.chance(GOODBYE_SHARE):
            said.append(self._phrase(manner.goodbyes[plot.mood]))
        return tuple(said)

    def _said(self, blocks: Blocks, cast: Mapping[str, str]) -> list[str]:
        return [fill(block, cast, self._dice) for block in blocks]

    def _phrase(self, texts: Sequence[Text]) -> str:
        return fill(self._dice.one(texts), {}, self._dice)

    def _fresh_phrase(self, topic: TopicText, deck: str, texts: Sequence[Text]) -> str:
        """One of `texts` that was not yet said in this topic."""
        return fill(texts[self._next(topic.memory.deck(deck), len(texts))], {}, self._dice)

    def _nod_to(self, topic: TopicText, manner: Manner, named: str) -> Reply:
        return Reply((f"@{named} {self._fresh_phrase(topic, 'leads', manner.leads_to_nod)}",), (), named)

    def _nod(self, topic: TopicText, manner: Manner) -> Reply:
        """A short line to the topic; once there are answers, also one to all of them."""
        if topic.memory.replies > REPLIES_AT_FIRST and self._dice.chance(0.5):
            return Reply((), (self._fresh_phrase(topic, "nods anywhere", manner.nods_anywhere),))
        return Reply((), (self._fresh_phrase(topic, "nods", manner.nods[topic.mood]),))

    def _to_quote(self, topic: TopicText, manner: Manner, named: str | None, quotation: str) -> Reply:
        if quotation.endswith(("?", "？")):
            said = self._fresh_phrase(topic, "questions", manner.nods_to_question)
        else:
            said = self._fresh_phrase(topic, "quotes", manner.nods_to_quote)
        lead = (f"@{named} {self._phrase(manner.leads_to_quote)}",) if named else ()
        return Reply((*lead, quotation), (said,), named)

    def _by_author(self, topic: TopicText, voices: Corpus) -> Reply:
        """Thanks for what was answered, or how it went."""
        if topic.memory.replies <= REPLIES_AT_FIRST:
            return Reply((), (self._fresh_phrase(topic, "afterthoughts", voices.manner.afterthoughts),))
        after = voices.stages[topic.theme].plots[topic.plot].after
        if topic.memory.replies > REPLIES_BEFORE_UPDATE and self._dice.chance(UPDATE_SHARE):
            untold = topic.memory.decks.setdefault("after", list(range(len(after))))
            if untold:
                return Reply((), tuple(self._said(after[self._dice.take(untold)], topic.cast)))
        return Reply((), (self._fresh_phrase(topic, "thanks", voices.manner.thanks[topic.mood]),))

    def _piece(self, topic: TopicText, voices: Corpus, named: str | None) -> Reply:
        stage, manner = voices.stages[topic.theme], voices.manner
        piece = self._untold(topic, stage.plots[topic.plot].pieces, stage.pieces_for(topic.mood))
        shared = self._said(piece.blocks, topic.cast)
        if self._dice.chance(CLOSER_SHARE):
            shared.append(self._phrase(manner.closers[piece.kind]))
        if named and piece.kind != "ask":
            return Reply((f"@{named} {self._phrase(manner.leads[piece.kind])}",), tuple(shared), named)
        if self._dice.chance(OPENER_SHARE):
            shared.insert(0, self._phrase(manner.openers[piece.kind]))
        return Reply((), tuple(shared))

    def _untold(self, topic: TopicText, own: Sequence[Piece], common: Sequence[Piece]) -> Piece:
        """A piece that was not told in this topic, unless all were."""
        left_own, left_common = topic.memory.deck("own"), topic.memory.deck("common")
        if not left_own and not left_common:
            left_own.extend(range(len(own)))
            left_common.extend(range(len(common)))
        early = topic.memory.replies <= REPLIES_AT_FIRST
        if left_own and (early or not left_common or self._dice.chance(OWN_SHARE)):
            return own[self._dice.take(left_own)]
        return common[self._dice.take(left_common)]
