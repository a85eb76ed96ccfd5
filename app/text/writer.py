"""Block tokens → HTML. What the class names mean stands at the top of app/text/markdown.py."""

from __future__ import annotations

from html import escape
from time import thread_time

from app.text import rawhtml
from app.text.highlight import highlighted, is_small_enough
from app.text.inline import InlineWriter, Token
from app.text.languages import Language, language_of
from app.text.quotes import source_of

# A text's headings stand below the page's h1, an h2 such as "Comments" and the h3 that says whose text it is.
HEADINGS_ABOVE = 3
_BLOCK_TAGS = rawhtml.PHRASES | rawhtml.DISCLOSURE
_TASKS = ' class="tasks"'
BREAKS = ("softbreak", "linebreak")
# Places a text can quote; what else it quotes is only shown.
QUOTED_MAX = 20


class Writer(InlineWriter):
    """Writes every token of the grammar."""

    def blocks(self, token: Token) -> str:
        """The HTML of the blocks in `token`."""
        return self.document(token["children"])

    def document(self, tokens: list[Token]) -> str:
        """The HTML of blocks beside one another; raw tags may open in one and close in a later one."""
        raw = [token for token in tokens if token["type"] == "block_html"]
        for token in raw:
            token["pieces"] = rawhtml.pieces_of(token["raw"])
        rawhtml.settle([piece for token in raw for piece in token["pieces"]], _BLOCK_TAGS)
        return self.write(tokens)

    def _block_html(self, token: Token) -> str:
        html = rawhtml.written(token["pieces"])
        if not html.strip():
            return ""
        return html + "\n" if any(piece.html for piece in token["pieces"]) else f"<p>{html}</p>\n"

    def _blank_line(self, token: Token) -> str:
        return ""

    def _paragraph(self, token: Token) -> str:
        return f"<p{self._gallery(token)}>{self.children(token)}</p>\n"

    def _gallery(self, token: Token) -> str:
        """Several pictures and nothing else stand beside each other."""
        if not self.writing.pictures:
            return ""
        pieces = [each for each in token["children"] if each["type"] not in BREAKS and each.get("raw", "x").strip()]
        return ' class="gallery"' if len(pieces) > 1 and all(map(self.is_picture, pieces)) else ""

    def _block_text(self, token: Token) -> str:
        return self.children(token)

    def _heading(self, token: Token) -> str:
        level = min(HEADINGS_ABOVE + self._depth(token["attrs"]["level"]), 6)
        return f"<h{level}>{self.children(token)}</h{level}>\n"

    def _depth(self, level: int) -> int:
        """How deep a heading stands below those before it: who begins with `###` or leaves one out makes no gap."""
        above = self.writing.headings
        while above and above[-1] >= level:
            above.pop()
        above.append(level)
        return len(above)

    def _thematic_break(self, token: Token) -> str:
        return "<hr>\n"

    def _block_quote(self, token: Token) -> str:
        with self._quoting():
            return f"<blockquote>\n{self.blocks(token)}</blockquote>\n"

    def _quote(self, token: Token) -> str:
        source = source_of(token["attrs"]["argument"])
        url, name = source.url(self.writing.topics), escape(source.name or "↑")
        who = f'<a href="{escape(url)}">{name}</a>' if url else name
        if url and source.number and not self._in_quote and len(self.writing.quoted) < QUOTED_MAX:
            self.writing.quoted[url.split("/")[2], int(source.number)] = None
        header = f"<header><cite>{who}</cite></header>\n" if url or source.name else ""
        with self._quoting():
            return f'<blockquote class="quote">\n{header}{self.blocks(token)}</blockquote>\n'

    def _details(self, token: Token) -> str:
        title = token["attrs"]["argument"].strip().removesuffix(" open").strip("\"'“” ")
        summary = f"<summary>{escape(title or '…')}</summary>\n"
        return f'<details class="details">{summary}{self.blocks(token)}</details>\n'

    def _spoiler(self, token: Token) -> str:
        return f'<div class="spoiler" tabindex="0">\n{self.blocks(token)}</div>\n'

    def _block_code(self, token: Token) -> str:
        label, language = language_of(token.get("attrs", {}).get("info", ""))
        html = self._highlighted(token["raw"], language) or escape(token["raw"], quote=False)
        shown = f' data-lang="{escape(label)}"' if label else ""
        return f'<div class="code"{shown}><pre tabindex="0"><code class="hl">{html}</code></pre></div>\n'

    def _highlighted(self, code: str, language: Language | None) -> str | None:
        if language is None or not is_small_enough(code):
            return None
        started = thread_time()
        html = highlighted(code, language, self.writing.highlight_seconds)
        self.writing.highlight_seconds -= thread_time() - started
        return html

    def _display_formula(self, token: Token) -> str:
        return f'<pre class="math" tabindex="0"><code>{escape(token["raw"])}</code></pre>\n'

    def _list(self, token: Token) -> str:
        attrs = token["attrs"]
        if attrs["ordered"]:
            start = f' start="{attrs["start"]}"' if "start" in attrs else ""
            return f"<ol{start}>\n{self.write(token['children'])}</ol>\n"
        tasks = any(item["type"] == "task_list_item" for item in token["children"])
        return f"<ul{_TASKS if tasks else ''}>\n{self.write(token['children'])}</ul>\n"

    def _list_item(self, token: Token) -> str:
        return f"<li>{self.blocks(token)}</li>\n"

    def _task_list_item(self, token: Token) -> str:
        # A sign and not an <input>, which could not be operated and would need a label in the reader's language.
        done = token["attrs"]["checked"]
        box = {"type": "task_box", "done": done}
        first = token["children"][0]
        first["children"] = [box, *first["children"]]
        name = "task done" if done else "task"
        return f'<li class="{name}">{self.blocks(token)}</li>\n'

    def _task_box(self, token: Token) -> str:
        box = "☑" if token["done"] else "☐"
        return f'<span class="box">{box}</span> '

    def _table(self, token: Token) -> str:
        return f'<div class="table" role="region" tabindex="0"><table>\n{self.write(token["children"])}</table></div>\n'

    def _table_head(self, token: Token) -> str:
        html = self.write(token["children"])
        return f"<thead>\n{html.replace('<td', '<th').replace('</td>', '</th>')}</thead>\n"

    def _table_body(self, token: Token) -> str:
        return f"<tbody>\n{self.write(token['children'])}</tbody>\n"

    def _table_row(self, token: Token) -> str:
        return f"<tr>{self.write(token['children'])}</tr>\n"

    def _table_cell(self, token: Token) -> str:
        align = token["attrs"]["align"]
        shown = f' class="{align}"' if align else ""
        return f"<td{shown}>{self.children(token)}</td>"

    def _footnotes(self, token: Token) -> str:
        items = self.write(token["children"])
        return f'<section class="footnotes" role="doc-endnotes">\n<ol>\n{items}</ol>\n</section>\n'

    def _footnote(self, token: Token) -> str:
        number = token["attrs"]["number"]
        back = {"type": "footnote_back", "number": number}
        blocks = token["children"]
        if not blocks or blocks[-1]["type"] != "paragraph":
            blocks.append({"type": "paragraph", "children": []})
        blocks[-1]["children"] = [*blocks[-1]["children"], back]
        return f'<li id="{escape(self.writing.prefix)}fn-{number}">{self.blocks(token)}</li>\n'
