"""Bring the catalogues up to date with the texts in code and templates, and say what is still to be translated.

`--check` changes nothing and fails when a catalogue is behind or incomplete: that is what the tests run.
"""

from __future__ import annotations

import bootstrap

bootstrap.enter(dev=True)

import io
import sys
from pathlib import Path
from typing import Final

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from app.api import explained
from app.api.routes import NOUNS  # they fill the table
from app.web.i18n import CATALOGUES, LOCALES

ROOT: Final = Path(__file__).parent.parent
SOURCES: Final = ("app", "templates")
METHODS: Final = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract"), ("**.txt", "jinja2.ext:babel_extract")]
JINJA: Final = {"trimmed": "true", "silent": "false"}
OPTIONS: Final = {"**.html": JINJA, "**.txt": JINJA}
KEYWORDS: Final = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
SOURCE_LOCALE: Final = "en"


def extracted() -> Catalog:
    """Every text of the forum, in the order of the files."""
    catalogue = Catalog(charset="utf-8", project="Quorum", copyright_holder="The Quorum authors")
    for folder in SOURCES:
        found = extract_from_dir(ROOT / folder, METHODS, OPTIONS, keywords=KEYWORDS)
        for path, _line, message, comments, context in found:
            catalogue.add(message, locations=[(f"{folder}/{path}", 0)], auto_comments=comments, context=context)
    # What operations of the API say of themselves, in their table and their models.
    assert NOUNS
    for text in explained.texts():
        catalogue.add(text, locations=[("app/api", 0)])
    return catalogue


def path_of(locale: str) -> Path:
    """The file of a language."""
    return CATALOGUES / locale / "LC_MESSAGES" / "messages.po"


def updated(locale: str, template: Catalog) -> Catalog:
    """The catalogue of a language with exactly the texts that there are now; English is filled in with itself."""
    with path_of(locale).open("rb") as file:
        catalogue = read_po(file, locale=locale)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    if locale == SOURCE_LOCALE:
        for message in catalogue:
            if message.id:
                message.string = message.id
    return catalogue


def as_text(catalogue: Catalog) -> bytes:
    """The file as it is written: sorted, without dates and line numbers, so that only real changes show."""
    catalogue.header_comment = "# Texts of the forum. See docs/translating.md."
    for message in catalogue:
        message.locations = sorted({(path, 0) for path, _ in message.locations})
    out = io.BytesIO()
    write_po(out, catalogue, sort_output=True, include_lineno=False, width=120, omit_header=False)
    dated = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By')
    return b"".join(line for line in out.getvalue().splitlines(keepends=True) if not line.startswith(dated))


def missing(catalogue: Catalog) -> list[Message]:
    """The texts without a translation."""

    def is_empty(message: Message) -> bool:
        given = message.string if isinstance(message.string, tuple | list) else (message.string,)
        return not all(given)

    return [message for message in catalogue if message.id and is_empty(message)]


@click.command(help=__doc__)
@click.option("--check", is_flag=True, help="Change nothing; fail when something is to be done.")
def main(check: bool) -> None:
    """Update or check every catalogue."""
    behind = False
    for locale in LOCALES:
        catalogue = updated(locale, extracted())  # anew for each: `update` shares its messages
        text, before = as_text(catalogue), path_of(locale).read_bytes()
        lacking = missing(catalogue)
        if not check:
            path_of(locale).write_bytes(text)
        state = "up to date" if text == before else ("behind" if check else "updated")
        click.echo(f"{locale}: {len(catalogue)} texts, {len(lacking)} without translation, {state}")
        for message in lacking:
            click.echo(f"  {message.id}")
        behind |= bool(lacking) or (check and text != before)
    sys.exit(1 if behind else 0)


if __name__ == "__main__":
    main()
