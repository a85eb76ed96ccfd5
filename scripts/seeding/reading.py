"""Reading the corpora: from the notation in `shape.py` to texts that can be filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from scripts.seeding import corpus_en, corpus_zh
from scripts.seeding.casting import Casting, castings_of
from scripts.seeding.shape import Chorus, Kind, Lang, Leading, Letter, Mood, Story, Theme, Voice
from scripts.seeding.template import Text, parse, slots_of
from scripts.seeding.unwrap import unwrap

Blocks = tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Something one can answer; its blocks are paragraphs, lists or fences."""

    kind: Kind
    blocks: Blocks


@dataclass(frozen=True, slots=True)
class Plot:
    """A story, read."""

    mood: Mood
    titles: tuple[Text, ...]
    tags: tuple[str, ...]
    castings: tuple[Casting, ...]
    body: Blocks
    pieces: tuple[Piece, ...]
    after: tuple[Blocks, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A theme, read: its plots, the pieces that fit all of them, and these with those for somebody who asked."""

    tags: tuple[str, ...]
    plots: tuple[Plot, ...]
    pieces: tuple[Piece, ...]
    pieces_if_asked: tuple[Piece, ...]

    def pieces_for(self, mood: Mood) -> tuple[Piece, ...]:
        """The pieces that fit a plot of this mood."""
        return self.pieces_if_asked if mood in ("ask", "wanted") else self.pieces


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter, read."""

    titles: tuple[Text, ...]
    castings: tuple[Casting, ...]
    turns: tuple[Blocks, ...]


@dataclass(frozen=True, slots=True)
class Manner:
    """A voice, read."""

    greetings: tuple[Text, ...]
    goodbyes: Mapping[Mood, tuple[Text, ...]]
    nods: Mapping[Mood, tuple[Text, ...]]
    nods_anywhere: tuple[Text, ...]
    nods_to_quote: tuple[Text, ...]
    nods_to_question: tuple[Text, ...]
    afterthoughts: tuple[Text, ...]
    openers: Mapping[Kind, tuple[Text, ...]]
    closers: Mapping[Kind, tuple[Text, ...]]
    leads: Mapping[Leading, tuple[Text, ...]]
    leads_to_nod: tuple[Text, ...]
    leads_to_quote: tuple[Text, ...]
    thanks: Mapping[Mood, tuple[Text, ...]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """All of one language."""

    stages: Mapping[Theme, Stage]
    manner: Manner
    mails: tuple[Mail, ...]


@cache
def corpus(lang: Lang) -> Corpus:
    """The corpus of `lang`, read once."""
    source = corpus_zh if lang == "zh" else corpus_en
    return Corpus(
        stages={chorus.theme: _stage(chorus, lang) for chorus in source.CHORUSES},
        manner=_manner(source.VOICE),
        mails=tuple(_mail(letter, lang) for letter in source.VOICE.letters),
    )


def _stage(chorus: Chorus, lang: Lang) -> Stage:
    plots = tuple(_plot(story, lang) for story in chorus.stories)
    pieces = _answers(chorus, lang)
    asked = _of_kind("tip", chorus.tips_if_asked, lang) + _of_kind("ask", chorus.asks_if_asked, lang)
    return Stage(tuple(chorus.tags.split()), plots, pieces, pieces + asked)


def _plot(story: Story, lang: Lang) -> Plot:
    plot = Plot(
        mood=story.mood,
        titles=_lines(story.titles),
        tags=tuple(story.tags.split()),
        castings=castings_of(story.slots),
        body=_blocks(story.body, lang),
        pieces=_answers(story, lang),
        after=_pieces(story.after, lang),
    )
    _check_slots(plot)
    return plot


def _check_slots(plot: Plot) -> None:
    known = {name for casting in plot.castings for name in casting.names}
    texts = [*plot.titles, *plot.body, *(text for piece in plot.pieces for text in piece.blocks)]
    texts += [text for blocks in plot.after for text in blocks]
    if unknown := {name for text in texts for name in slots_of(text)} - known:
        raise ValueError(f"no values for {sorted(unknown)} in {plot.titles[0]}")


def _answers(said: Story | Chorus, lang: Lang) -> tuple[Piece, ...]:
    return (
        *_of_kind("tip", said.tips, lang),
        *_of_kind("ask", said.asks, lang),
        *_of_kind("doubt", said.doubts, lang),
        *_of_kind("tale", said.tales, lang),
    )


def _of_kind(kind: Kind, source: str, lang: Lang) -> tuple[Piece, ...]:
    return tuple(Piece(kind, blocks) for blocks in _pieces(source, lang))


def _mail(letter: Letter, lang: Lang) -> Mail:
    return Mail(_lines(letter.titles), castings_of(letter.slots), _pieces(letter.turns, lang))


def _manner(voice: Voice) -> Manner:
    return Manner(
        greetings=_lines(voice.greetings),
        goodbyes={mood: _lines(source) for mood, source in voice.goodbyes.items()},
        nods={mood: _lines(source) for mood, source in voice.nods.items()},
        nods_anywhere=_lines(voice.nods_anywhere),
        nods_to_quote=_lines(voice.nods_to_quote),
        nods_to_question=_lines(voice.nods_to_question),
        afterthoughts=_lines(voice.afterthoughts),
        openers={kind: _lines(source) for kind, source in voice.openers.items()},
        closers={kind: _lines(source) for kind, source in voice.closers.items()},
        leads={kind: _lines(source) for kind, source in voice.leads.items()},
        leads_to_nod=_lines(voice.leads_to_nod),
        leads_to_quote=_lines(voice.leads_to_quote),
        thanks={mood: _lines(source) for mood, source in voice.thanks.items()},
    )


def _lines(source: str) -> tuple[Text, ...]:
    return tuple(parse(line) for line in source.strip().splitlines())


def _pieces(source: str, lang: Lang) -> tuple[Blocks, ...]:
    return tuple(_blocks(piece, lang) for piece in source.split("\n~\n") if piece.strip())


def _blocks(source: str, lang: Lang) -> Blocks:
    return tuple(parse(block) for block in unwrap(source, lang))
