"""Writing Atom, RFC 4287: valid XML whatever anybody has typed."""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from app.feeds.pages import Entry, Feed
from app.text.sanitize import portable
from app.web.templating import iso

NAMESPACE: Final = "http://www.w3.org/2005/Atom"
LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
CONTENT_TYPE: Final = "application/atom+xml; charset=utf-8"
# XML 1.0, section 2.2: these characters stand in no document, not even escaped.
UNSPEAKABLE: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def speakable(text: str) -> str:
    """`text` without the characters that XML has no place for."""
    return UNSPEAKABLE.sub("\ufffd", text)


def atom(feed: Feed, origin: str, site_name: str) -> bytes:
    """The feed as it is sent, with every address whole below `origin`."""
    root = Element("feed", {"xmlns": NAMESPACE})
    _say(root, "id", origin + feed.path)
    _say(root, "title", feed.title)
    _say(root, "updated", iso(feed.updated))
    SubElement(root, "link", rel="self", type="application/atom+xml", href=origin + feed.path)
    SubElement(root, "link", rel="alternate", type="text/html", href=origin + feed.page)
    _say(root, "generator", site_name)
    _say(root, "icon", f"{origin}/favicon.ico")
    for entry in feed.entries:
        root.append(_entry(entry, origin))
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _say(parent: Element, name: str, text: str, **attributes: str) -> Element:
    found = SubElement(parent, name, attributes)
    found.text = speakable(text)
    return found


def _entry(entry: Entry, origin: str) -> Element:
    found = Element("entry", {LANGUAGE: entry.lang} if entry.lang else {})
    url = origin + entry.url
    _say(found, "id", entry.id)
    _say(found, "title", entry.title)
    SubElement(found, "link", rel="alternate", type="text/html", href=url)
    _say(found, "published", iso(entry.published))
    _say(found, "updated", iso(entry.updated))
    author = SubElement(found, "author")
    _say(author, "name", entry.author.name)
    if not entry.author.gone:
        _say(author, "uri", origin + entry.author.url)
    for tag in entry.tags:
        SubElement(found, "category", term=speakable(tag))
    _say(found, "content", portable(entry.html, url), type="html")
    return found
