"""The texts that a message has had, as its history prints them."""

from __future__ import annotations

from markupsafe import Markup

from app.comments.merging import compared
from app.messages.editing import earlier
from app.messages.pages import Version
from app.people.cards import cards
from app.text.diff import difference
from app.text.language import language_of
from app.web.pages import Card
from documents import Message

# Of a text that was edited more often, the latest.
SHOWN_MAX = 20


async def history(message: Message) -> tuple[Version, ...]:
    """Newest first, each compared with the one before."""
    before = await earlier(message)
    texts = [(item.body, item.html, item.written_at) for item in before]
    texts.append((message.body, message.html, message.edited_at or message.created_at))
    first = max(0, len(texts) - SHOWN_MAX)
    size = sum(len(body) for body, _, _ in texts[first:])

    def draw() -> tuple[Version, ...]:
        return tuple(
            Version(
                number=at + 1,
                at=texts[at][2],
                html=Markup(texts[at][1]),
                rows=difference(texts[at - 1][0], texts[at][0]) if at else (),
                lang=language_of(texts[at][0]),
            )
            for at in range(len(texts) - 1, first - 1, -1)
        )

    return await compared(draw, size)


async def author(message: Message) -> Card:
    """Who wrote it."""
    return (await cards([message.author]))[message.author]
