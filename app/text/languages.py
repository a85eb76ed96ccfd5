"""Languages whose code is highlighted, and the names people give them."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """The label shown above the code, and Pygments' name of the lexer."""

    label: str
    lexer: str


# Label: Pygments' name, then the other names people write. Each of these lexers was given 106 hostile texts of 12 kB
# and took at most 10 ms beyond what it was allowed; tests/text/test_hostile.py repeats the worst of them.
_TABLE = """
Bash: bash sh shell zsh ksh
Batch: bat batch cmd dosbatch
C: c h
C++: cpp c++ cc cxx hpp
C#: csharp c# cs
Clojure: clojure clj
CMake: cmake
Common Lisp: common-lisp lisp cl elisp emacs-lisp scheme racket
CSS: css
Dart: dart
Diff: diff patch udiff
Django: django jinja jinja2 twig
Dockerfile: docker dockerfile containerfile
Elixir: elixir ex exs
Erlang: erlang erl
F#: fsharp f#
Go: go golang
GraphQL: graphql gql
Groovy: groovy gradle
Haskell: haskell hs
HCL: hcl terraform tf
HTML: html htm xhtml
HTTP: http
INI: ini cfg conf properties dosini systemd
Java: java
JavaScript: javascript js node mjs cjs
JSON: json json5 jsonc jsonl ndjson
JSX: jsx
Julia: julia jl
Kotlin: kotlin kt kts
Less: less
Lua: lua luau
Makefile: makefile make mf
Markdown: markdown md
MATLAB: matlab octave
NASM: nasm asm assembly
Nginx: nginx
Nix: nix
Objective-C: objective-c objc objectivec
OCaml: ocaml ml
Perl: perl pl
PHP: php
PowerShell: powershell ps1 pwsh
Protobuf: protobuf proto
Python: python py py3 python3
Python console: pycon
R: r rlang
Ruby: ruby rb
Rust: rust rs
Scala: scala
SCSS: scss
Shell session: console terminal sh-session shell-session
Solidity: solidity sol
SQL: sql mysql postgresql postgres psql sqlite plsql
Swift: swift
TeX: tex latex
TOML: toml
TSX: tsx
TypeScript: typescript ts
Vue: vue svelte
XML: xml svg rss xsd plist
YAML: yaml yml
Zig: zig
"""

_PLAIN = frozenset({"", "text", "plaintext", "plain", "txt", "none", "nohighlight", "no-highlight", "auto"})
# `rust,ignore`, `python {1,3}`, `mermaid height=120`, `{.haskell .numberLines}`
_WORD = re.compile(r"[{.\s]*([A-Za-z0-9+#_\-]{1,20})(?![A-Za-z0-9+#_\-])")


def _languages() -> dict[str, Language]:
    found: dict[str, Language] = {}
    for line in _TABLE.strip().splitlines():
        label, names = line.split(": ")
        found |= dict.fromkeys(names.split(), Language(label, names.split()[0]))
    return found


LANGUAGES = _languages()


def language_of(info: str) -> tuple[str, Language | None]:
    """What to call a block of code, and its language when it is one of ours, from the words after the fence."""
    word = _WORD.match(info)
    name = word[1].lower() if word else ""
    if word is None or name in _PLAIN:
        return "", None
    language = LANGUAGES.get(name)
    return (language.label, language) if language else (word[1], None)
