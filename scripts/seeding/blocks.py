"""How many different blocks replies are made of: all of them, to render each once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scripts.seeding.casting import Casting, casts
from scripts.seeding.reading import Blocks, Manner, corpus
from scripts.seeding.shape import Kind, Lang, Mood
from scripts.seeding.template import Text, every_way, slots_of


def shared_blocks(lang: Lang) -> Iterator[str]:
    """Every block that `Reply.shared` can hold in `lang`; some more than once."""
    voices = corpus(lang)
    yield from _of_manner(voices.manner)
    for stage in voices.stages.values():
        yield from _of_pieces([piece.blocks for piece in stage.pieces_if_asked], ())
        for plot in stage.plots:
            yield from _of_pieces([piece.blocks for piece in plot.pieces], plot.castings)
            yield from _of_pieces(plot.after, plot.castings)


def _of_manner(manner: Manner) -> Iterator[str]:
    groups: list[Mapping[Mood, tuple[Text, ...]] | Mapping[Kind, tuple[Text, ...]]]
    groups = [manner.nods, manner.thanks, manner.openers, manner.closers]
    texts = [text for group in groups for each in group.values() for text in each]
    texts += [*manner.nods_anywhere, *manner.nods_to_quote, *manner.nods_to_question, *manner.afterthoughts]
    for text in texts:
        yield from every_way(text, {})


def _of_pieces(pieces: Sequence[Blocks], castings: tuple[Casting, ...]) -> Iterator[str]:
    for blocks in pieces:
        for block in blocks:
            for cast in casts(castings, slots_of(block)):
                yield from every_way(block, cast)
