"""The last step, always: nothing leaves this package that nh3 has not let through.

The writer emits only these elements and attributes. This list is a second wall, for the day the first has a hole; so it
is exactly as wide as needed and has no `style`, no `name` and no `on…`.
"""

from __future__ import annotations

from typing import Final

import nh3

from app.text.highlight import CLASSES
from app.text.rawhtml import DISCLOSURE, PHRASES, VOID
from app.text.urls import SAFE_SCHEMES

_BLOCKS = "p h4 h5 h6 blockquote header cite pre div ul ol li section table thead tbody tr th td"
_TAGS = {*PHRASES, *DISCLOSURE, *VOID, *_BLOCKS.split(), "a", "code", "img", "span"}
_ATTRIBUTES = {
    "a": {"href", "title", "rel", "data-user", "id", "role", "aria-label"},
    "div": {"data-lang", "role", "tabindex"},
    "img": {"src", "srcset", "sizes", "alt", "title", "width", "height", "loading", "decoding", "referrerpolicy"},
    "li": {"id"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "section": {"role"},
    "span": {"tabindex"},
    "sup": {"id"},
}
_CLASSES = {
    "a": {"mention", "footnote-back", "file", "picture"},
    "blockquote": {"quote"},
    "code": {"hl", "math"},
    "details": {"details"},
    "div": {"code", "spoiler", "table"},
    "li": {"task", "done"},
    "p": {"gallery"},
    "pre": {"math"},
    "section": {"footnotes"},
    "span": set(CLASSES) | {"spoiler", "box"},
    "sup": {"footnote"},
    "td": {"center", "right"},
    "th": {"center", "right"},
    "ul": {"tasks"},
}

_cleaner = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags={"script", "style"},
    attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
    allowed_classes=_CLASSES,
    url_schemes=set(SAFE_SCHEMES),
    link_rel=None,
    strip_comments=True,
)


def sanitized(html: str) -> str:
    """`html` with only what is allowed, well-formed, so that it can be put into a page as it is."""
    return _cleaner.clean(html)


# Elsewhere there are neither our styles nor our scripts, so that what hangs on them stays behind.
_PORTABLE: Final = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
}


def portable(html: str, base: str) -> str:
    """`html` for readers elsewhere: every address in it is whole, as seen from the page `base`."""
    cleaner = nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes={tag: set(names) for tag, names in _PORTABLE.items()},
        url_schemes=set(SAFE_SCHEMES),
        url_relative=("rewrite_with_base", base),
        link_rel=None,
    )
    return cleaner.clean(html)
