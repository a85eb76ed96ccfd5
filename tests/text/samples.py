"""What several tests of the renderer share."""

from __future__ import annotations

from app.text.markdown import Person, render

ALICE, BOB, MING, TOPIC = ("a" * 24, "b" * 24, "c" * 24, "d" * 24)

PEOPLE = {
    "alice": Person("Alice", ALICE),
    "bob": Person("bob", BOB),
    "小明": Person("小明", MING),
}


def html(source: str, prefix: str = "", origin: str = "https://forum.example") -> str:
    """The HTML of a text by somebody who may mention `PEOPLE`."""
    return render(source, people=PEOPLE, prefix=prefix, origin=origin, topics={"42": TOPIC}).html


def line(source: str) -> str:
    """The HTML within the one paragraph that `source` is."""
    rendered = html(source)
    assert rendered.startswith("<p>")
    assert rendered.count("<p>") == 1
    return rendered.strip().removeprefix("<p>").removesuffix("</p>")
