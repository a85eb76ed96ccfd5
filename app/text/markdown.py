"""Markdown → safe HTML. Everything the forum renders goes through `render`.

What people can write: CommonMark, tables, task lists, ~~strikethrough~~, footnotes, fenced code, bare addresses, emoji
shortcodes, formulas, a little raw HTML, `[quote="who, post:3, topic:…"]`, `[details="title"]`, `[spoiler]`, mentions.
A line break is a line break. Headings begin at h3.

Class names for the style sheets (code colours are in static/css/code.css):

    div.code[data-lang]     > pre > code.hl > span.k …     a block of code; data-lang is its label, where it has one
    blockquote.quote        > header > cite (> a)          somebody's words; a plain `>` is a blockquote without class
    a.mention[data-user]                                   somebody, with the id for the hover card
    code.math, pre.math > code                             a formula in a line, and on its own
    div.table[tabindex]     > table; td.center, td.right   a table that scrolls sideways (th likewise)
    ul.tasks                > li.task(.done) > span.box    ☐ and ☑
    details.details         > summary                      [details]; raw <details> has no class
    a.picture > img[srcset], p.gallery      an uploaded picture, and a paragraph of several
    span.spoiler, div.spoiler [tabindex]                   hidden until hovered or focused
    sup.footnote > a, section.footnotes > ol > li > a.footnote-back
"""

from __future__ import annotations

from collections.abc import Mapping

from app.text.excerpt import excerpt_of
from app.text.grammar import parse
from app.text.inline import Writing
from app.text.mentions import mention_candidates
from app.text.model import NO_PICTURES, NOBODY, NOTHING, RENDERER_VERSION, Person, Picture, Rendered, cleaned, plain
from app.text.sanitize import sanitized
from app.text.writer import Writer

# Seven characters, `![](x)`, become a hundred, and a document of the database holds 16 MB: beyond this, plain text.
MAX_HTML = 4_000_000

__all__ = ["RENDERER_VERSION", "Person", "Rendered", "mention_candidates", "plain", "render"]


def render(
    source: str,
    *,
    people: Mapping[str, Person] = NOBODY,
    prefix: str = "",
    origin: str = "",
    topics: Mapping[str, str] = NOTHING,
    pictures: Mapping[str, Picture] = NO_PICTURES,
) -> Rendered:
    """Render `source`.

    `people`   those it may mention, by username key (look up `mention_candidates(source)`)
    `prefix`   put before the ids of footnotes, such as `c17-`, so that no two comments of a page share one
    `origin`   this site, such as `https://forum.example`: links to elsewhere get rel="nofollow noopener ugc"
    `pictures` uploads of this forum, by id: their sizes and thumbnails
    `topics`   other topic ids that quotes may name, with their ObjectIds: for what was imported

    Slow on hostile input (tests/text/test_hostile.py has the bounds): in a web process call it through `RenderPool`.
    """
    tokens = parse(cleaned(source))
    excerpt = excerpt_of(tokens)
    writing = Writing(people=people, topics=topics, prefix=prefix, origin=origin, pictures=pictures)
    html = sanitized(Writer(writing).document(tokens))
    if len(html) > MAX_HTML:
        return plain(source)
    return Rendered(html, tuple(writing.mentioned), excerpt, quoted=tuple(writing.quoted))
