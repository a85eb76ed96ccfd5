"""Reading the corpora: from the notation in `shape.py` to texts that can be filled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product

from scripts.seeding import corpus_en, corpus_zh
from scripts.seeding.shape import Chorus, Kind, Lang, Leading, Letter, Mood, Story, Theme, Voice
from scripts.seeding.template import Text, parse, slots_of

# A line that begins a block of its own and must not be joined to the one before.
MARKED = re.compile(r"\s*([-*] |\d+\. |> |\||#{1,4} |```)")
FENCE = re.compile(r"`{3,}")
NEW_SLOT = re.compile(r"([a-z_]+(?: / [a-z_]+)*): (.*)")

Blocks = tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Something one can answer; its blocks are paragraphs, lists or fences."""

    kind: Kind
    blocks: Blocks


@dataclass(frozen=True, slots=True)
class Casting:
    """Slots that are chosen together, and the rows of values for them."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


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


def casts(castings: tuple[Casting, ...], names: frozenset[str]) -> Iterator[dict[str, str]]:
    """Every cast that differs in `names`."""
    used = [casting for casting in castings if not names.isdisjoint(casting.names)]
    for rows in product(*(casting.rows for casting in used)):
        yield {name: value for casting, row in zip(used, rows, strict=True) for name, value in _pairs(casting, row)}


def _pairs(casting: Casting, row: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return zip(casting.names, row, strict=True)


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
        castings=_castings(story.slots),
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
    return Mail(_lines(letter.titles), _castings(letter.slots), _pieces(letter.turns, lang))


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


def _castings(source: str) -> tuple[Casting, ...]:
    entries: list[list[str]] = []
    for line in source.strip().splitlines():
        if found := NEW_SLOT.fullmatch(line):
            entries.append([found[1], found[2]])
        else:
            entries[-1][1] += " " + line
    return tuple(_casting(names, values) for names, values in entries)


def _casting(names: str, values: str) -> Casting:
    columns = tuple(names.split(" / "))
    rows = tuple(tuple(cell.strip() for cell in row.strip().split(" / ")) for row in values.split(" | "))
    if any(len(row) != len(columns) for row in rows):
        raise ValueError(f"rows of {names} differ in length")
    return Casting(columns, rows)


def unwrap(source: str, lang: Lang) -> list[str]:
    """The blocks of a Markdown source, with the lines of each paragraph joined."""
    blocks: list[str] = []
    fence = ""
    fresh = True
    for line in source.strip("\n").split("\n"):
        if fence:
            blocks[-1] += "\n" + line
            fence = "" if line == fence else fence
        elif not line:
            fresh = True
        else:
            found = FENCE.match(line)
            fence = found[0] if found else ""
            if fresh:
                blocks.append(line)
            else:
                goes_on = _goes_on(blocks[-1], line)
                blocks[-1] += _glue(blocks[-1], line, lang) + (line[2:] if goes_on else line)
            fresh = False
    return blocks


def _glue(before: str, line: str, lang: Lang) -> str:
    if before.count("«") > before.count("»") and (line.startswith("|") or before.endswith("|")):
        return ""
    if before.count("«") == before.count("»") and MARKED.match(line) and not _goes_on(before, line):
        return "\n"
    return " " if lang == "en" or (before[-1].isascii() and line[0].isascii()) else ""


def _goes_on(before: str, line: str) -> bool:
    """Whether a line of a quote continues the one before."""
    return line.startswith("> ") and before.rpartition("\n")[2].startswith("> ")
