"""A letter as mail programs read it: both texts out of its templates, and headers that nobody can write into."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from types import MappingProxyType
from typing import Any, Final

import css_inline
from email_validator import EmailNotValidError, validate_email

from app.mail.ids import with_ids
from app.settings import Settings
from app.site.current import effective, fresh
from app.web.forms import one_line
from app.web.i18n import HTML_LANG, as_locale
from app.web.pages import Locale
from app.web.templating import Templates
from documents import Letter
from documents.clock import now
from documents.letter import SECRET_FACTS

# Seven bits, as not every server takes eight.
POLICY: Final = SMTP.clone(cte_type="7bit", header_factory=with_ids())
HIDDEN: Final = "•••"
SUBJECT_MAX_CHARS: Final = 200
NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Composed:
    """What one letter says."""

    locale: Locale
    subject: str
    text: str
    html: str


class Composer:
    """Turns letters into messages of this forum."""

    def __init__(self, templates: Templates, settings: Settings) -> None:
        self._templates = templates
        self._settings = settings
        # Programs that know no style sheets get the styles at the elements; the rest of the sheet stays for darkness.
        self._inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)

    async def message(self, letter: Letter, headers: Mapping[str, str] = NO_HEADERS) -> EmailMessage:
        """The whole message with `headers` of its own, the same each time but for its date."""
        composed = await self.compose(letter)
        in_force = effective(self._settings)
        message = build(letter, composed, in_force.mail_sender, sender_name=in_force.site_name, at=now())
        for header, value in headers.items():
            message[header] = one_line(value)
        return message

    async def compose(self, letter: Letter, *, masked: bool = False) -> Composed:
        """Its texts; `masked` shows dots for what opens doors."""
        await fresh()
        locale = as_locale(letter.locale) or effective(self._settings).default_locale
        context = self._context(letter, masked=masked)
        text = self._templates.get(f"emails/{letter.kind}.txt", locale)
        subject = one_line("".join(text.blocks["subject"](text.new_context(context))))[:SUBJECT_MAX_CHARS]
        context["subject"] = subject
        html = self._templates.render(f"emails/{letter.kind}.html", locale, **context)
        plain = text.render(context).strip() + "\n"
        return Composed(locale, subject, plain, await asyncio.to_thread(self._inliner.inline, html))

    def _context(self, letter: Letter, *, masked: bool) -> dict[str, Any]:
        origin = self._settings.origin
        hidden = dict.fromkeys(SECRET_FACTS, HIDDEN)
        facts: dict[str, Any] = hidden | letter.facts | (hidden if masked else {})
        link = str(facts["link"])
        return {
            "site_name": effective(self._settings).site_name,
            "site_url": origin,
            "to": letter.to,
            "facts": facts,
            "link": origin + link if link.startswith("/") else link,
        }


def build(letter: Letter, composed: Composed, sender: str, *, sender_name: str, at: datetime) -> EmailMessage:
    """Both texts with their headers. The id is the letter's own: whoever gets it twice can tell."""
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(one_line(sender_name), addr_spec=sender)
    message["To"] = Address(addr_spec=deliverable(letter.to))
    message["Subject"] = composed.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{letter.oid}@{sender.rpartition('@')[2]}>"
    message["Content-Language"] = HTML_LANG[composed.locale]
    # RFC 3834: nobody on holiday answers.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(composed.text)
    message.add_alternative(composed.html, subtype="html")
    return message


def deliverable(address: str) -> str:
    """The address with its domain in ASCII, which every server takes; as it is when it has none (or is no address)."""
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return one_line(address)
    return found.ascii_email or found.normalized
