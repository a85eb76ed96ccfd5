"""Putting the application together. Nothing is opened before it serves."""

from __future__ import annotations

from collections import OrderedDict
from types import ModuleType
from typing import Any, Final, cast

import structlog
from quart import Quart
from quart_auth import QuartAuth

import app.accounts.account
import app.accounts.images
import app.accounts.links
import app.accounts.routes
import app.admin.logs
import app.admin.mail
import app.admin.networks
import app.admin.overview
import app.admin.routes
import app.admin.site_routes
import app.admin.tags
import app.admin.uploads
import app.api.routes
import app.api.settings
import app.avatars.routes
import app.boards.routes
import app.comments.helping
import app.comments.routes
import app.drafts.resuming
import app.drafts.routes
import app.feeds.maps
import app.feeds.routes
import app.files.routes
import app.former.routes
import app.interest.routes
import app.messages.live
import app.messages.own
import app.messages.people
import app.messages.routes
import app.messages.texts
import app.moderation.bin
import app.moderation.comment_routes
import app.moderation.people
import app.moderation.removal_routes
import app.moderation.routes
import app.mydata.routes
import app.notifications.mail_settings
import app.notifications.routes
import app.notifications.settings
import app.notifications.unsubscribe
import app.people.routes
import app.realtime.routes
import app.reports.appeal_routes
import app.reports.approval_routes
import app.reports.queue
import app.reports.routes
import app.reports.shut_out
import app.reports.wordrules
import app.roles.giving_routes
import app.roles.routes
import app.search.routes
import app.security.confirming
import app.security.passkey_routes
import app.security.second
import app.security.sessions
import app.security.settings
import app.topics.editing
import app.topics.live
import app.topics.marking
import app.topics.moderating
import app.topics.printing
import app.topics.restoring
import app.topics.routes
import app.uploads.routes
import app.users.relations
import app.users.routes
import app.users.settings
import app.users.suggesting
import app.web.metrics
import app.web.routes
from app import logs, wiring
from app.accounts import logins
from app.accounts.gate import refuse_banned_networks
from app.accounts.passwords import PASSWORDS, Passwords
from app.accounts.recent import RecentViewers
from app.api.bearer import bearer_here
from app.avatars.routes import PICTURES, STORAGE
from app.boards.directory import out_of_sight
from app.comments import flooding
from app.files.pictures import Pictures
from app.files.serving import PublicFiles
from app.files.storage import Storage
from app.jobs.workshop import WORKSHOP
from app.lifecycle import channel_prefix, close_all, make_workshop, open_all, redis_client
from app.moderation import removing
from app.people.presence import PRESENCE, Presence
from app.permissions import trust
from app.permissions.book import fresh
from app.realtime import stream
from app.realtime.channels import news
from app.realtime.guard import Drained
from app.realtime.hub import Hub
from app.realtime.routes import HUB
from app.realtime.socket import RESTART
from app.reports import appeals
from app.reports.waiting import with_waiting
from app.settings import Settings
from app.site import current
from app.topics.counting import VIEWS, Views
from app.topics.reading import guest_view_counter
from app.viewer import Viewer
from app.web import faults, guards, sending, tally
from app.web.assets import Assets
from app.web.context import EXTENSION, RUNNING, Plumbing, for_programs, wants_fresh
from app.web.fragments import Bounded
from app.web.front import Front, GuestPages
from app.web.health import Running
from app.web.lean import FlashSessions, LeanConnection
from app.web.limits import Limits
from app.web.memory import Memory
from app.web.routing import ObjectIdConverter
from app.web.templating import Templates

FEATURES: Final[tuple[ModuleType, ...]] = (
    app.web.routes,
    app.web.metrics,
    app.api.routes,
    app.api.settings,
    app.accounts.routes,
    app.accounts.account,
    app.accounts.images,
    app.accounts.links,
    app.security.confirming,
    app.avatars.routes,
    app.files.routes,
    app.security.second,
    app.security.settings,
    app.security.passkey_routes,
    app.security.sessions,
    app.people.routes,
    app.users.routes,
    app.users.settings,
    app.users.suggesting,
    app.users.relations,
    app.boards.routes,
    app.drafts.routes,
    app.drafts.resuming,
    app.uploads.routes,
    app.comments.routes,
    app.interest.routes,
    app.search.routes,
    app.comments.helping,
    app.topics.routes,
    app.topics.editing,
    app.topics.moderating,
    app.topics.live,
    app.topics.restoring,
    app.topics.marking,
    app.topics.printing,
    app.messages.routes,
    app.messages.own,
    app.messages.people,
    app.messages.texts,
    app.messages.live,
    app.mydata.routes,
    app.notifications.routes,
    app.notifications.settings,
    app.notifications.mail_settings,
    app.notifications.unsubscribe,
    app.feeds.routes,
    app.feeds.maps,
    app.former.routes,
    app.moderation.routes,
    app.moderation.comment_routes,
    app.moderation.people,
    app.moderation.removal_routes,
    app.moderation.bin,
    app.reports.routes,
    app.reports.queue,
    app.reports.appeal_routes,
    app.reports.shut_out,
    app.admin.overview,
    app.reports.approval_routes,
    app.reports.wordrules,
    app.admin.routes,
    app.admin.mail,
    app.admin.site_routes,
    app.admin.tags,
    app.admin.uploads,
    app.roles.routes,
    app.roles.giving_routes,
    app.admin.logs,
    app.admin.networks,
    app.realtime.routes,
)
log = structlog.get_logger()

COOKIES_KEPT: Final = 20_000
AUTH_COOKIE: Final = "quorum_session"
FLASH_COOKIE: Final = "quorum_flash"


def assemble(settings: Settings) -> Quart:
    """The application for these settings."""
    logs.configure(settings)
    stream.install()
    if not settings.limited:
        log.warning("limits.off", setting="QUORUM_LIMITS")
    forum = _quart(settings)
    trust.use(trust.thresholds_of(settings))
    flooding.use(flooding.rules_of(settings))
    tally.use(settings.time_zone)
    viewers = RecentViewers()
    logins.use(out_of_sight)
    appeals.use(removing.VERB, removing.bring_back_rest)
    redis, line = redis_client(settings), redis_client(settings, timeout=None)
    hub = Hub(redis, line, news(settings.mongodb_db))
    presence = Presence(redis, channel_prefix(settings), hub.people)
    plumbing = _plumbing(settings, _auth(forum, settings), viewers, presence, Memory(redis, channel_prefix(settings)))
    views = Views(redis, channel_prefix(settings), settings.view_window_minutes * 60)
    passwords = Passwords(settings.password_hash_concurrency)
    storage = Storage.of(settings)
    workshop = make_workshop(settings, redis, plumbing.templates, storage)
    forum.extensions |= {EXTENSION: plumbing, HUB: hub, PASSWORDS: passwords, VIEWS: views, WORKSHOP: workshop}
    forum.extensions |= {STORAGE: storage, PICTURES: Pictures(), PRESENCE: presence}
    sending.install(forum)
    guards.install(forum)
    forum.before_request(refuse_banned_networks)
    faults.install(forum)
    for feature in FEATURES:
        forum.register_blueprint(feature.blueprint)
    wiring.connect(hub, workshop, plumbing, viewers)
    inner = Drained(cast(Any, forum.asgi_app))
    files = PublicFiles(storage, settings.sendfile_prefix)
    front = Front(inner, plumbing.assets, plumbing.guest_pages, guest_view_counter(views, settings), files)
    forum.asgi_app = cast(Any, front)  # type: ignore[method-assign]
    _live_with(forum, settings, hub)
    return forum


def _quart(settings: Settings) -> Quart:
    forum = Quart("app", static_folder=None, template_folder=None)
    forum.asgi_http_class = LeanConnection
    forum.session_interface = FlashSessions()
    forum.secret_key = settings.secret()
    forum.config["MAX_CONTENT_LENGTH"] = forum.config["MAX_FORM_MEMORY_SIZE"] = settings.max_form_kib * 1024
    forum.config["SESSION_COOKIE_NAME"] = FLASH_COOKIE
    forum.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    forum.config["SESSION_COOKIE_SECURE"] = settings.secure
    forum.url_map.converters["oid"] = ObjectIdConverter
    return forum


class SessionCookie(QuartAuth):
    """quart-auth's signed cookie. A signature is worked out once; whether the log-in lasts, the database says."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._verified: OrderedDict[str, str] = OrderedDict()
        super().__init__(*args, **options)

    def load_token(self, token: str, app: Quart | None = None) -> str | None:
        """The random token inside a cookie that we signed."""
        found = self._verified.get(token) or super().load_token(token, app)
        if found is not None:
            self._verified[token] = found
            while len(self._verified) > COOKIES_KEPT:
                self._verified.popitem(last=False)
        return found


def _auth(forum: Quart, settings: Settings) -> QuartAuth:
    """quart-auth signs and reads the cookie; what it holds is only a random token, so that log-ins can be ended."""
    return SessionCookie(
        forum,
        cookie_name=AUTH_COOKIE,
        cookie_secure=settings.secure,
        cookie_samesite="Lax",
        duration=settings.session_days * 24 * 3600,
        salt="quorum session",
    )


def _plumbing(
    settings: Settings, auth: QuartAuth, viewers: RecentViewers, presence: Presence, memory: Memory
) -> Plumbing:
    async def load_viewer() -> Viewer:
        await current.fresh()
        await fresh()
        if for_programs():
            found = await bearer_here()
        else:
            found = await viewers.viewer_of(auth.load_user().auth_id, fresh=wants_fresh())
        if found.id is not None:
            presence.note(found.id)
        return await with_waiting(found, fresh=wants_fresh())

    assets = Assets()
    cache_bytes = settings.page_cache_mib * 1024 * 1024
    redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None
    return Plumbing(
        environment=settings,
        key=settings.secret().encode(),
        assets=assets,
        templates=Templates(assets.url),
        guest_pages=GuestPages(cache_bytes),
        windows=Bounded(cache_bytes),
        limits=Limits(redis_url, channel_prefix(settings), enabled=settings.limited),
        memory=memory,
        load_viewer=load_viewer,
    )


def _live_with(forum: Quart, settings: Settings, hub: Hub) -> None:
    """Open with the server, close with it, and say goodbye to websockets when told to."""

    @forum.before_serving
    async def open_up() -> None:
        forum.extensions[RUNNING] = await open_all(forum, settings)

    @forum.after_serving
    async def close_down() -> None:
        running: Running | None = forum.extensions.pop(RUNNING, None)
        if running is not None:
            await close_all(forum, running)

    async def close_websockets() -> None:
        await hub.close_all(RESTART)

    forum.close_websockets = close_websockets  # type: ignore[attr-defined]
