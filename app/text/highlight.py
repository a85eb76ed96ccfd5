"""Code with its syntax marked by classes, of which static/css/code.css has every one."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from time import thread_time

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType

from app.text.languages import Language

# Beyond these a block stays plain. Many lexers look to the end of the line at every character, or from every blank line
# over all that follow: the work grows with the square of either. What is slow within these sizes too (comments that are
# opened and opened again) ends with the time the caller allows, which is looked at after every token.
MAX_BLOCK = 12_000
MAX_LINE = 500
_TOO_MANY_BLANK_LINES = re.compile(r"(?:\n[ \t]*){20}")

_CLASSES: dict[_TokenType, str] = {
    Token.Comment: "c",
    Token.Comment.Preproc: "cp",
    Token.Comment.PreprocFile: "s",
    Token.Keyword: "k",
    Token.Keyword.Constant: "kc",
    Token.Keyword.Type: "kt",
    Token.Operator.Word: "k",
    Token.Name.Attribute: "na",
    Token.Name.Builtin: "nb",
    Token.Name.Class: "nc",
    Token.Name.Constant: "kc",
    Token.Name.Decorator: "nd",
    Token.Name.Exception: "nc",
    Token.Name.Function: "nf",
    Token.Name.Label: "nd",
    Token.Name.Namespace: "nc",
    Token.Name.Tag: "k",
    Token.Name.Variable: "nv",
    Token.Literal.String: "s",
    Token.Literal.String.Doc: "c",
    Token.Literal.String.Escape: "se",
    Token.Literal.String.Interpol: "se",
    Token.Literal.String.Regex: "se",
    Token.Literal.Number: "m",
    Token.Literal.Date: "m",
    Token.Generic.Deleted: "gd",
    Token.Generic.Inserted: "gi",
    Token.Generic.Heading: "gh",
    Token.Generic.Subheading: "gh",
    Token.Generic.Prompt: "gp",
    Token.Generic.Output: "go",
    Token.Generic.Error: "gd",
}
CLASSES = frozenset(_CLASSES.values())


def is_small_enough(code: str) -> bool:
    """Whether `code` may be highlighted at all."""
    if len(code) > MAX_BLOCK or max(map(len, code.split("\n"))) > MAX_LINE:
        return False
    return not _TOO_MANY_BLANK_LINES.search(code)


def highlighted(code: str, language: Language, seconds: float) -> str | None:
    """HTML of `code`, with a `<span class>` for all that has a colour; None when it takes longer than `seconds`."""
    parts: list[str] = []
    current, text = "", ""
    until = thread_time() + seconds
    for kind, value in _lexer(language.lexer).get_tokens(code):
        if thread_time() > until:
            return None
        if (name := _class_of(kind)) != current:
            parts.append(_span(current, text))
            current, text = name, ""
        text += value
    return "".join([*parts, _span(current, text)])


def _span(name: str, text: str) -> str:
    html = escape(text, quote=False)
    return f'<span class="{name}">{html}</span>' if name and text else html


@cache
def _class_of(kind: _TokenType) -> str:
    at: _TokenType | None = kind
    while at is not None:
        if at in _CLASSES:
            return _CLASSES[at]
        at = at.parent
    return ""


@cache
def _lexer(name: str) -> Lexer:
    lexer: Lexer = get_lexer_by_name(name, stripnl=False, ensurenl=False)
    return lexer
