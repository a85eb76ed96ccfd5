"""The request at hand: who is looking, in which language, from where; and how a page is answered."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any, Final, cast
from urllib.parse import urlsplit

from markupsafe import Markup
from quart import Response, current_app, flash, g, get_flashed_messages, redirect, request, websocket
from quart.ctx import has_request_context
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import NeedsLogin, Refusal, TooMany
from app.permissions.allowances import allowed
from app.settings import Settings
from app.site.current import effective
from app.site.settings import SiteSettings
from app.viewer import GUEST, Viewer
from app.web import csrf
from app.web.assets import Assets
from app.web.fragments import Bounded, Fragment
from app.web.front import ANNOUNCEMENT_COOKIE, KEEP_HEADER, LOCALE_COOKIE, THEME_COOKIE, GuestPages
from app.web.holes import own_parts
from app.web.i18n import Text, as_locale, best_locale, current_locale
from app.web.limits import Limit, Limits
from app.web.memory import Memory
from app.web.pages import (
    AVATAR_SIDES,
    Announcement,
    Confirm,
    Flash,
    FlashKind,
    Locale,
    Shell,
    Theme,
    picture_url,
)
from app.web.templating import Templates
from documents.clock import now

VISITOR_COOKIE: Final = "quorum_visitor"
# Kept by a browser in which somebody has logged in, so that it is not called a new device the next time.
DEVICE_COOKIE: Final = "quorum_device"
# Names a browser in which a text waits for its writer to log in again.
RESCUE_COOKIE: Final = "quorum_rescue"
# Set by our scripts for who is logged in: with them the markers move as one reads, without them with each page.
SCRIPTS_COOKIE: Final = "quorum_js"
# Set for a moment after each change that a browser makes.
FRESH_COOKIE: Final = "quorum_fresh"
FRESH_COOKIE_SECONDS: Final = 5
SECRET_PATH: Final = re.compile(r"^(/confirm/|/password/reset/|/unsubscribe/).+", re.DOTALL)
API_PREFIX: Final = "/api/v1/"
YEAR_SECONDS: Final = 365 * 24 * 3600
EXTENSION: Final = "quorum"
RUNNING: Final = "quorum.running"


@dataclass(slots=True)
class Plumbing:
    """What every request uses, made once a process."""

    environment: Settings
    key: bytes
    assets: Assets
    templates: Templates
    guest_pages: GuestPages
    windows: Bounded[Any, Any]
    limits: Limits
    memory: Memory
    load_viewer: Callable[[], Awaitable[Viewer]]

    @property
    def settings(self) -> SiteSettings:
        """Those that are in force: what administrators have set stands before the environment."""
        return effective(self.environment)

    @settings.setter
    def settings(self, environment: Settings) -> None:
        self.environment = environment


def plumbing() -> Plumbing:
    """The plumbing of the current application."""
    return cast(Plumbing, current_app.extensions[EXTENSION])


def viewer() -> Viewer:
    """Who is looking."""
    return cast(Viewer, g.get("viewer", GUEST))


async def look_again() -> None:
    """Read who is looking anew, after something was read that the unread numbers of this page count."""
    g.viewer = await find_viewer()


async def find_viewer() -> Viewer:
    """Who is behind this request, and whether they have to confirm their address before they write."""
    found = await plumbing().load_viewer()
    if found.silenced_until is not None:
        if found.silenced_until > now():
            return replace(found, withheld=True)
        found = replace(found, silenced_until=None)
    required = plumbing().settings.email_confirmation == "required"
    return replace(found, withheld=True) if required and not found.confirmed else found


def shows_nothing_new() -> None:
    """Say that this request changes nothing that a page of many shows, so that the browser needs no fresh ones."""
    g.shows_nothing_new = True


def speak_json() -> None:
    """Answer this request with JSON also when it is refused: it is for programs only."""
    g.speaks_json = True


def require_login() -> Viewer:
    """Who is looking; `NeedsLogin` when it is a guest."""
    found = viewer()
    if not found.known:
        raise NeedsLogin
    return found


def cookie(name: str) -> str:
    """A cookie's value, or nothing. (`.get` of werkzeug raises and catches an exception for each missing one.)"""
    jar = (request if has_request_context() else websocket).cookies
    return jar[name] if name in jar else ""  # noqa: SIM401


def set_cookie(answer: Response | WerkzeugResponse, name: str, value: str, seconds: int) -> None:
    """Give the browser a cookie that scripts cannot read."""
    secure = plumbing().settings.secure
    answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=secure)


def for_programs() -> bool:
    """Whether this request is one to the API: there are no cookies, the one who asks is who holds its token."""
    return has_request_context() and request.path.startswith(API_PREFIX)


def wants_fresh() -> bool:
    """Whether this browser has changed something a moment ago, and has to see it whatever process it reaches.

    What programs have changed, nothing says: they always do.
    """
    return for_programs() or cookie(FRESH_COOKIE) != ""


def choose_locale() -> Locale:
    """The language of this request: chosen in the account, else by cookie, else by the browser, else by setting.

    Somebody who is logged in has one choice on all their devices; the cookie is for who is not, or has not chosen.
    Programs say it with each request.
    """
    settings = plumbing().settings
    if settings.languages != "both":
        return settings.languages
    asked = request if has_request_context() else websocket
    if for_programs():
        named = best_locale(tag for tag, _ in asked.accept_languages)
        return named or as_locale(viewer().locale) or plumbing().settings.default_locale
    return (
        as_locale(viewer().locale)
        or as_locale(cookie(LOCALE_COOKIE))
        or best_locale(tag for tag, _ in asked.accept_languages)
        or settings.default_locale
    )


def choose_theme() -> Theme:
    """Light, dark, or what the system says: chosen in the account, else by cookie."""
    value = viewer().theme or cookie(THEME_COOKIE)
    return cast(Theme, value) if value in ("light", "dark") else "system"


def address() -> str:
    """Where the request comes from, behind as many proxies as the settings trust."""
    lines = request.headers.getlist("X-Forwarded-For")
    return client_address(request.remote_addr, lines, plumbing().settings.trusted_proxies)


def client_address(peer: str | None, forwarded: Iterable[str], trusted: int) -> str:
    """The client by the last `trusted` hops of the X-Forwarded-For lines: what stands before them anyone can write.

    Some proxies add a line of their own instead of adding to the client's, so all lines are one list.
    """
    hops = [hop.strip() for line in forwarded for hop in line.split(",") if hop.strip()]
    return hops[-trusted] if trusted and len(hops) >= trusted else peer or "unknown"


def whence() -> str:
    """Where the request comes from, as limits count it: who has one IPv6 address has all the 2^64 of its network."""
    return network(address())


def network(where: str) -> str:
    """An address as limits and pages name it: IPv6 by its network."""
    try:
        found = ip_address(where)
    except ValueError:
        return where
    return str(IPv6Network((found, 64), strict=False)) if isinstance(found, IPv6Address) else where


def own_origins() -> frozenset[str]:
    """The origins that are this forum, as browsers write them."""
    settings = plumbing().settings
    asked = request if has_request_context() else websocket
    host = asked.headers.get("Host", "").lower()
    found = {settings.origin} if settings.base_url else {f"http://{host}", f"https://{host}"}
    return frozenset(found)


def origin() -> str:
    """Where this forum is for who asks, for the few addresses that others have to understand."""
    return plumbing().settings.base_url or f"{request.scheme}://{request.host}"


def safe_next(value: str | None, otherwise: str = "/") -> str:
    """`value` when it is a path on this site, else `otherwise`. Browsers read a backslash as a slash and drop tabs."""
    if not value or not value.startswith("/") or value.startswith("//") or len(value) > 2_000:
        return otherwise
    if "\\" in value or any(ord(letter) < 0x21 or ord(letter) == 0x7F for letter in value):
        return otherwise
    parts = urlsplit(value)
    return otherwise if parts.scheme or parts.netloc else value


def here() -> str:
    """The path and query of this request, to come back to."""
    query = request.query_string.decode("latin-1")
    return request.path + ("?" + query if query else "")


def path_for_log() -> str:
    """The path of this request without the secrets that links in letters carry."""
    return SECRET_PATH.sub(r"\1…", request.path)


def csrf_subject() -> str:
    """What a token is bound to: the log-in, or the visitor's cookie."""
    found = viewer()
    if found.login is not None:
        return f"login:{found.login}"
    visitor = cookie(VISITOR_COOKIE) or g.get("new_visitor", "")
    return f"visitor:{visitor}" if visitor else ""


def csrf_token() -> str:
    """A token for the forms of this page; a guest becomes a visitor with a cookie by it."""
    if not csrf_subject():
        g.new_visitor = secrets.token_urlsafe(16)
    return csrf.token_for(plumbing().key, csrf_subject())


async def say(kind: FlashKind, text: str, **params: Any) -> None:
    """Tell the viewer, on the next page they see, what happened."""
    await flash(Text(text, **params).into(current_locale.get()), kind)


def shell(*, forms: bool) -> Shell:
    """What surrounds the main part, for this viewer. Guests get a token only on pages that have forms for them."""
    settings = plumbing().settings
    found = viewer()
    said = cast(list[tuple[str, str]], get_flashed_messages(with_categories=True))
    flashes = [Flash(cast(FlashKind, kind), text) for kind, text in said]
    return Shell(
        site_name=settings.site_name,
        locale=current_locale.get(),
        theme=choose_theme(),
        path=here(),
        origin=origin(),
        csrf=csrf_token() if forms or found.known else "",
        writer=csrf.mark_of(plumbing().key, str(found.id)) if found.known else "",
        viewer=found.card,
        moderates=found.moderates,
        administers=found.runs,
        parts=found.parts,
        waiting=found.waiting if found.handles else None,
        waits=found.waits,
        unread=found.unread,
        seq=found.seq,
        flashes=tuple(flashes),
        registration_open=settings.registers,
        confirm=_confirm(found),
        silenced_until=found.silenced_until,
        silence_reason=found.silence_reason,
        limits_off=not settings.limited,
        logo=picture_url(settings.logo, AVATAR_SIDES[-1]) if settings.logo else "",
        languages=("zh", "en") if settings.languages == "both" else (settings.languages,),
        announcement=_announcement(settings, found),
        read_only=settings.read_only,
        read_only_note=settings.said("read_only_note", current_locale.get()) if settings.read_only else "",
    )


def _announcement(settings: SiteSettings, found: Viewer) -> Announcement | None:
    """What is announced, unless they have put it away: here, or with their account."""
    html, mark = settings.said("announcement_html", current_locale.get()), settings.announcement_mark
    if not html or mark in (found.put_away, cookie(ANNOUNCEMENT_COOKIE)):
        return None
    return Announcement(Markup(html), mark)


def _confirm(found: Viewer) -> Confirm:
    """What the banner says about an address that is not confirmed."""
    if not found.known or found.confirmed or plumbing().settings.email_confirmation == "off":
        return ""
    return "withheld" if found.withheld else "asked"


async def page(
    template: str, *, status: int = 200, keep: tuple[str, ...] = (), forms: bool = False, **context: Any
) -> Response:
    """A whole page. `keep` names what it shows, so that a guest's copy may be kept until one of these changes."""
    about = shell(forms=forms)
    templates = plumbing().templates
    html = templates.render(template, about.locale, shell=about, status=status, **context)
    if about.viewer is not None:
        own = own_parts(templates, about)
        html = Fragment(html).fill(lambda kind, _: own[kind])
    return answer(html, about, status, keep)


def answer(html: str, about: Shell, status: int = 200, keep: tuple[str, ...] = ()) -> Response:
    """The answer with a page that is drawn and filled in."""
    response = Response(html, status=status, content_type="text/html; charset=utf-8")
    response.headers["Content-Language"] = "zh-Hans" if about.locale == "zh" else "en"
    response.headers["Vary"] = "Cookie, Accept-Language, Accept-Encoding"
    response.headers["Cache-Control"] = "private, no-cache"
    if keep and about.viewer is None and not about.flashes:
        response.headers[KEEP_HEADER.decode()] = " ".join(keep)
    return response


def fragment(template: str, **context: Any) -> Markup:
    """A part of a page in the language of the request, without the shell."""
    return Markup(plumbing().templates.render(template, current_locale.get(), **context))


def to(url: str) -> WerkzeugResponse:
    """See there next: 303, so that a reload does not send again."""
    return redirect(iri_to_uri(url), 303)


async def spend(limit: Limit, who: str | None = None) -> None:
    """Count one use of a limit by this viewer, or by `who`; as often as the viewer's roles say, where they say it."""
    await plumbing().limits.spend(limit, who or str(viewer().id or whence()), allowed(viewer(), limit.kind))


def status_of(refusal: Refusal | None) -> int:
    """The status of a page that shows a refusal, or 200; its answer will say when to come back."""
    if isinstance(refusal, TooMany):
        g.retry_after = refusal.retry_after
    return refusal.status if refusal else 200
