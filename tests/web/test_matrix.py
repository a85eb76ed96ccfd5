"""Every route for every kind of person, with ids that exist: the expected answer, and never a fault."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from bson import ObjectId
from quart import Quart

from app.api.table import operation_at
from app.events import RolesChanged
from app.messages import service as messages
from app.permissions.catalogue import PERMISSIONS
from app.viewer import GUEST, Viewer
from app.web.needs import MEMBERS, Need, declared, need_of
from app.work import tell
from documents import Board, Comment, Letter, Role, Topic, User
from documents.clock import now
from documents.notification import REASONS
from tests import stock
from tests.people import Forum, Person

SAFE = {"GET", "HEAD", "OPTIONS"}
# The statuses are those for a guest, the author, another member, a moderator and an administrator. Those of further
# roles follow from what the route declares.
OPEN = "200 200 200 200 200"
OWN = "403 200 200 200 200"
SENT = "403 303 303 303 303"
ADMIN = "403 404 404 404 200"
ADMINISTERED = "403 404 404 404 303"

PAGES = {
    **dict.fromkeys(("/", "/boards", "/boards/<board>", "/tags", "/tags/<tag>", "/topics/<topic>"), OPEN),
    **dict.fromkeys(("/users/<user>", "/users/<user>/topics", "/users/<user>/comments"), OPEN),
    **dict.fromkeys(("/api/v1/image_codes/<id>", "/api/v1/openapi.json", "/api/docs"), OPEN),
    "/search": OPEN,
    **dict.fromkeys(("/bookmarks", "/settings/watching", "/settings/notifications"), OWN),
    "/topics/related": OWN,
    **dict.fromkeys(("/feeds/topics", "/feeds/boards/<board>", "/feeds/topics/<topic>", "/feeds/users/<user>"), OPEN),
    **dict.fromkeys(("/feeds/tags/<tag>", "/sitemap.xml", "/sitemaps/places.xml"), OPEN),
    "/sitemaps/topics-<first>-<last>.xml": OPEN,
    "/metrics": OPEN,  # for this machine
    # Nothing was imported here; where they lead is tested in tests/scripts/test_import_nodebb.py.
    **dict.fromkeys(
        ("/topic/<number>", "/topic/<number>/<rest>", "/post/<number>", "/uid/<number>", "/category/<number>"),
        "404 404 404 404 404",
    ),
    **dict.fromkeys(("/category/<number>/<rest>", "/user/<slug>", "/user/<slug>/<rest>"), "404 404 404 404 404"),
    **dict.fromkeys(
        ("/healthz", "/readyz", "/robots.txt", "/keys", "/topics/<topic>/print", "/manifest.webmanifest"), OPEN
    ),
    **dict.fromkeys(("/users/<user>/commented", "/users/<user>/likes", "/users/<user>/card"), OPEN),
    **dict.fromkeys(("/users/<user>/followers", "/users/<user>/following"), OPEN),
    **dict.fromkeys(("/following", "/settings/profile", "/settings/privacy"), OWN),
    **dict.fromkeys(
        ("/favicon.ico", "/language/<code>", "/theme/<name>", "/settings", "/settings/look"), "303 303 303 303 303"
    ),
    **dict.fromkeys(("/login", "/register"), "200 303 303 303 303"),
    "/files/<name>": "404 404 404 404 404",  # what is there is tested in tests/avatars
    **dict.fromkeys(("/settings/account", "/settings/avatar", "/messages", "/messages/sent", "/messages/new"), OWN),
    **dict.fromkeys(("/messages/requests", "/messages/declined", "/messages/archive", "/messages/search"), OWN),
    **dict.fromkeys(("/confirm/<token>", "/password/reset/<token>"), "404 404 404 404 404"),
    "/password/forgot": OPEN,
    "/settings/logins": OWN,
    "/drafts": OWN,
    "/drafts/resume": "403 303 303 303 303",
    "/users/complete": OWN,
    "/emoji/complete": OPEN,
    "/uploads": OWN,
    **dict.fromkeys(("/uploads/<upload>", "/uploads/<upload>/<name>"), "404 404 404 404 404"),  # see tests/uploads
    "/confirm-identity": "403 303 303 303 303",  # they have just logged in
    **dict.fromkeys(("/settings/security", "/settings/security/app", "/settings/sessions", "/settings/tokens"), OWN),
    "/login/second": "303 303 303 303 303",  # no password was shown
    **dict.fromkeys(
        ("/notifications", "/notifications/log", "/notifications/feed", "/topics/new", "/boards/<board>/topics/new"),
        OWN,
    ),
    **dict.fromkeys(("/topics/<topic>/n/<number>", "/comments/<comment>", "/@<name>"), "302 302 302 302 302"),
    **dict.fromkeys(("/topics/<topic>/comments", "/messages/<conversation>/replies"), "303 303 303 303 303"),
    **dict.fromkeys(
        ("/topics/<topic>/edit", "/comments/<comment>/edit", "/comments/<comment>/delete"), "403 200 403 200 200"
    ),
    "/topics/<topic>/since": "404 404 404 404 404",  # what it asks is tested in tests/topics
    "/topics/<topic>/unread": "302 302 302 302 302",
    **dict.fromkeys(("/users/<user>/moderate", "/users/<user>/remove"), "403 404 404 200 200"),
    "/moderation/bin": "403 404 404 200 200",
    **dict.fromkeys(("/moderation/bin/topics/<topic>", "/moderation/bin/comments/<comment>"), "403 404 404 404 404"),
    "/admin/logs/<log>": "403 404 404 404 200",
    "/admin/networks": "403 404 404 200 200",
    **dict.fromkeys(("/topics/<topic>/moderate", "/topics/choose"), "403 403 403 200 200"),
    "/comments/<comment>/moderate": "403 403 403 200 200",
    "/topics/<topic>/delete": "403 403 403 200 200",  # others have answered
    "/comments/<comment>/history": "403 200 403 200 200",  # never edited
    **dict.fromkeys(("/messages/<conversation>", "/messages/<conversation>/delete"), "403 200 404 404 404"),
    **dict.fromkeys(
        (f"/messages/<conversation>/<number>/{verb}" for verb in ("edit", "delete", "history")), "403 200 404 404 404"
    ),
    "/messages/<conversation>/people": "403 404 404 404 404",  # it is no group
    "/messages/<conversation>/since": "403 404 404 404 404",  # what it asks is tested in tests/messages
    **dict.fromkeys(("/settings/data", "/settings/data/leave"), OWN),
    "/settings/data/<name>": "403 404 404 404 404",
    "/report/<kind>/<subject>": "403 403 200 200 200",  # nobody reports their own
    **dict.fromkeys(("/moderation/reports", "/moderation/appeals", "/moderation/approval"), "403 404 404 200 200"),
    "/decisions/<operation>": "403 404 404 404 404",  # it concerns none of them
    "/decisions": OWN,
    "/moderation/appeals/<appeal>/files/<upload>": "403 404 404 404 404",  # see tests/reports/test_file_appeals.py
    "/moderation/approval/<kind>/<subject>/hold": "403 404 404 200 200",
    **dict.fromkeys(("/welcome-back/<token>", "/unsubscribe/<token>", "/banned/<token>"), "404 404 404 404 404"),
    **dict.fromkeys(("/admin", "/admin/boards", "/admin/boards/<board>", "/admin/mail"), ADMIN),
    **dict.fromkeys(("/admin/settings", "/admin/settings/<section>", "/admin/health", "/admin/jobs"), ADMIN),
    **dict.fromkeys(("/admin", "/admin/boards", "/admin/boards/<board>", "/admin/mail", "/admin/words"), ADMIN),
    **dict.fromkeys(("/admin/settings", "/admin/settings/<section>"), ADMIN),
    "/announcement/<mark>/dismiss": "303 303 303 303 303",
    **dict.fromkeys(("/admin/roles", "/admin/roles/create", "/admin/roles/<key>", "/admin/people"), ADMIN),
    **dict.fromkeys(("/admin/people/<person>", "/admin/boards/<board>/roles", "/admin/why"), ADMIN),
    **dict.fromkeys(("/admin/mail/<letter>", "/admin/mail/<letter>/html", "/admin/tags", "/admin/tags/<tag>"), ADMIN),
    "/admin/uploads": ADMIN,
    # Files that are there are tested in tests/uploads.
    **dict.fromkeys(("/admin/uploads/<upload>", "/admin/uploads/<upload>/preview"), "403 404 404 404 404"),
}
# Another title, and else the place where the topic is already.
ARRANGED = {"title": "New", "seconds": "60", "board": "<board>", "into": "<topic>"}
HANDLED: tuple[str, dict[str, str]] = ("403 404 404 303 303", {})
# In this order, each person on a stage of their own: what takes things away comes last.
FORMS = {
    **dict.fromkeys(("/login", "/register"), ("422 422 422 422 422", {"login": "x"})),
    "/settings/avatar/remove": (SENT, {}),
    "/settings/avatar": ("403 422 422 422 422", {}),
    "/login/second": ("303 303 303 303 303", {"code": "123456"}),
    **dict.fromkeys(("/login/second/options", "/login/passkey/options"), ("409 409 409 409 409", {})),  # at an address
    "/login/passkey": ("409 409 409 409 409", {}),
    "/confirm-identity/options": ("403 409 409 409 409", {}),
    "/settings/security/app": ("403 409 409 409 409", {"code": "123456"}),  # nothing was begun
    "/settings/security/app/remove": (SENT, {}),
    "/settings/security/codes": ("403 409 409 409 409", {}),  # nothing to recover
    "/settings/security/passkeys/options": ("403 409 409 409 409", {}),
    "/settings/security/passkeys": ("403 409 409 409 409", {}),
    "/settings/security/passkeys/ask": ("403 200 409 409 409", {}),  # who has none cannot be asked for it
    "/settings/security/passkeys/ask-not": (SENT, {}),
    "/settings/security/passkeys/<passkey>": ("403 303 404 404 404", {"name": "Blue key"}),
    "/settings/security/passkeys/<passkey>/remove": ("403 303 404 404 404", {}),
    "/settings/sessions/<login>/end": ("403 303 404 404 404", {}),
    "/settings/sessions/end-others": (SENT, {}),
    "/settings/tokens": ("403 422 422 422 422", {}),
    "/settings/tokens/<api_token>/revoke": ("403 404 404 404 404", {}),
    **dict.fromkeys(("/confirm/<token>", "/password/reset/<token>"), ("404 404 404 404 404", {"password": "x"})),
    "/password/forgot": ("200 200 200 200 200", {"email": "nobody"}),
    "/unsubscribe/<token>": ("404 404 404 404 404", {}),  # good ones are tested in tests/notifications
    "/settings/notifications/email": (SENT, {"every": "weekly", "hour": "7", "weekday": "6"}),
    "/settings/notifications/resume": (SENT, {}),
    "/confirm": ("403 409 409 409 409", {}),
    "/settings/logins": (SENT, {"letters": "1"}),
    **dict.fromkeys(("/settings/account", "/settings/email", "/confirm-identity"), ("403 422 422 422 422", {})),
    "/topics/new": (SENT, {"title": "New", "body": "Text", "board": "<board>"}),
    "/boards/<board>/topics/new": (SENT, {"title": "New", "body": "Text"}),
    "/topics/<topic>/comments": (SENT, {"body": "Text"}),
    "/topics/<topic>/edit": ("403 303 403 303 303", {"title": "New", "body": "Text"}),
    "/comments/<comment>/edit": ("403 303 403 303 303", {"body": "Text"}),
    "/moderation/bin/restore": ("403 404 404 422 422", {"kind": "topics"}),  # nothing is chosen
    "/topics/<topic>/restore": ("403 403 403 403 403", {}),  # it is there
    "/comments/<comment>/restore": ("403 403 403 403 403", {}),
    **dict.fromkeys(("/topics/<topic>/pin", "/topics/<topic>/unpin"), ("403 403 403 303 303", {})),
    **dict.fromkeys(("/topics/<topic>/feature", "/topics/<topic>/unfeature"), ("403 403 403 303 303", {})),
    **dict.fromkeys(("/topics/<topic>/announce", "/topics/<topic>/unannounce"), ("403 403 403 403 303", {})),
    **dict.fromkeys(("/topics/<topic>/lock", "/topics/<topic>/unlock"), ("403 403 403 303 303", {})),
    "/comments/<comment>/like": ("403 403 303 303 303", {}),
    "/comments/<comment>/unlike": (SENT, {}),
    "/comments/<comment>/versions/<number>/restore": ("403 403 403 303 303", {}),
    **dict.fromkeys(("/topics/<topic>/watch", "/topics/<topic>/mute", "/boards/<board>/watch"), (SENT, {})),
    **dict.fromkeys(("/boards/<board>/mute", "/topics/<topic>/unwatch", "/topics/<topic>/unmute"), (SENT, {})),
    **dict.fromkeys(("/boards/<board>/unwatch", "/boards/<board>/unmute", "/settings/watching"), (SENT, {})),
    **dict.fromkeys(("/comments/<comment>/bookmark", "/comments/<comment>/unbookmark"), (SENT, {})),
    "/report/<kind>/<subject>": ("403 403 303 303 303", {"reason": "spam"}),
    **dict.fromkeys((f"/moderation/reports/<report>/{verb}" for verb in ("take", "leave")), HANDLED),
    "/moderation/reports/<report>/note": ("403 404 404 303 303", {"words": "Look"}),
    "/moderation/reports/<report>/defer": HANDLED,
    "/moderation/reports/<report>/keep": HANDLED,
    "/moderation/reports/<report>/accept": ("403 404 404 409 409", {}),  # it was kept
    **dict.fromkeys(  # it does not wait
        (f"/moderation/approval/<kind>/<subject>/{verb}" for verb in ("approve", "reject")),
        ("403 404 404 404 404", {}),
    ),
    "/comments/<comment>/withdraw": ("403 409 403 403 403", {}),  # it does not wait
    "/topics/<topic>/withdraw": ("403 409 403 403 403", {}),
    "/banned/<token>/appeal": ("404 404 404 404 404", {"words": "No"}),
    "/decisions/<operation>/appeal": ("403 404 404 404 404", {"words": "No"}),
    **dict.fromkeys(
        (f"/moderation/appeals/<appeal>/{verb}" for verb in ("grant", "refuse")), ("403 404 404 404 404", {})
    ),
    "/comments/<comment>/delete": ("403 303 403 303 303", {}),
    "/moderation/approval/<kind>/<subject>/hold": ("403 404 404 403 403", {}),  # it was deleted
    **dict.fromkeys(("/topics/<topic>/slow", "/topics/<topic>/retitle"), ("403 403 403 303 303", ARRANGED)),
    **dict.fromkeys(("/topics/<topic>/move", "/topics/<topic>/merge"), ("403 403 403 422 422", ARRANGED)),
    "/topics/<topic>/split": ("403 403 403 422 422", ARRANGED),
    **dict.fromkeys(("/users/<user>/warn", "/users/<user>/unsilence"), ("403 404 404 303 303", {"reason": "Kinder"})),
    **dict.fromkeys(("/users/<user>/silence", "/users/<user>/ban"), ("403 404 404 422 422", {"hours": "7"})),
    "/users/<user>/remove": ("403 404 404 422 422", {}),  # without a reason
    "/users/<user>/removals/<operation>/return": ("403 404 404 404 404", {}),
    "/users/<user>/unban": ("403 404 404 303 303", {}),
    "/admin/networks": ("403 404 404 422 422", {"network": "127.0.0.0/8"}),
    "/admin/networks/<network>/lift": ("403 404 404 404 404", {}),
    "/topics/bulk": ("403 403 403 422 422", {"act": "lock"}),
    "/operations/<operation>/undo": ("403 404 404 404 404", {}),
    "/topics/<topic>/delete": ("403 403 403 303 303", {}),  # others have answered
    "/messages/new": (SENT, {"to": "bob", "title": "Hello", "body": "Text"}),
    "/messages/<conversation>/replies": ("403 303 404 404 404", {"body": "Text"}),
    "/messages/<conversation>/<number>/edit": ("403 303 404 404 404", {"body": "Another text"}),
    "/messages/<conversation>/read": ("403 204 404 404 404", {"number": "1"}),
    **dict.fromkeys(
        (f"/messages/<conversation>/{verb}" for verb in ("mute", "unmute", "archive", "unarchive", "accept")),
        ("403 303 404 404 404", {}),
    ),
    **dict.fromkeys(  # neither a request nor a group
        (f"/messages/<conversation>/{verb}" for verb in ("decline", "block", "add", "rename", "remove", "leave")),
        ("403 403 404 404 404", {"to": "bob", "title": "Another"}),
    ),
    "/messages/<conversation>/<number>/delete": ("403 303 404 404 404", {}),
    "/messages/<conversation>/delete": ("403 303 404 404 404", {}),
    "/preview": ("403 200 200 200 200", {"body": "Text"}),
    **dict.fromkeys(("/uploads",), ("403 422 422 422 422", {})),
    "/uploads/into": (SENT, {"draft": "topic:", "body": "Text"}),
    "/uploads/<upload>/delete": ("403 404 404 404 404", {}),
    "/drafts": ("403 200 200 200 200", {"place": "topic:", "body": "Text"}),
    "/drafts/discard": (SENT, {"place": "topic:"}),
    "/drafts/resume": (SENT, {"draft": "topic:", "body": "Text"}),
    "/settings/profile/discard": (SENT, {}),
    "/notifications/read": (SENT, {"all": "1"}),
    "/notifications/unread": (SENT, {"ids": "0" * 24}),
    "/topics/<topic>/read": ("403 204 204 204 204", {"number": "1"}),
    **dict.fromkeys(("/read", "/boards/<board>/read"), (SENT, {})),
    **dict.fromkeys(("/users/<user>/follow", "/users/<user>/block"), ("403 403 303 303 303", {})),
    **dict.fromkeys(("/users/<user>/unfollow", "/users/<user>/unblock"), (SENT, {})),
    **dict.fromkeys(("/language/<code>", "/theme/<name>"), (SENT, {})),
    **dict.fromkeys(("/settings/look", "/settings/profile"), (SENT, {"time_zone": "Asia/Shanghai"})),
    "/settings/privacy": (SENT, {"messages_from": "nobody"}),
    "/settings/notifications": (SENT, {f"email_{kind}": "never" for kind in REASONS}),
    "/admin/boards": (ADMINISTERED, {"name": "Another"}),
    "/admin/words": ("403 404 404 404 422", {"words": "*"}),
    "/admin/words/<rule>/delete": ("403 404 404 404 404", {}),
    "/admin/boards/<board>": (ADMINISTERED, {"name": "Renamed"}),
    "/admin/boards/<board>/roles": (ADMINISTERED, {"seen": "<overrides>"}),
    "/admin/roles/create": (ADMINISTERED, {"name": "<fresh>"}),
    **dict.fromkeys(("/admin/roles/<key>/up", "/admin/roles/<key>/down"), (ADMINISTERED, {})),
    "/admin/roles/<key>": ("403 404 404 404 409", {"name": "Changed", "seen": "7"}),  # edited meanwhile
    "/admin/roles/<key>/delete": ("403 404 404 404 422", {"to": "nobody"}),
    "/admin/people/many": ("403 404 404 404 422", {"act": "logout"}),  # nobody is chosen
    "/admin/people/<person>": ("403 404 404 404 409", {"seen": "moderator"}),  # they are none
    **dict.fromkeys(
        (f"/admin/boards/<board>/{verb}" for verb in ("up", "down", "archive", "unarchive")), (ADMINISTERED, {})
    ),
    "/admin/boards/<board>/place": ("403 404 404 404 204", {}),
    "/admin/boards/<board>/delete": (ADMINISTERED, {}),
    "/admin/boards/<board>/restore": (ADMINISTERED, {}),
    **dict.fromkeys((f"/admin/tags/<tag>/{verb}" for verb in ("allow", "describe")), (ADMINISTERED, {})),
    "/admin/tags/<tag>/merge": ("403 404 404 404 422", {"into": "no-such"}),
    "/admin/tags/<tag>/rename": ("403 404 404 404 422", {"to": "leaf"}),  # it is called so
    "/admin/tags/<tag>/delete": (ADMINISTERED, {}),
    "/admin/uploads/take-down": ("403 404 404 404 422", {}),  # nothing is chosen
    **dict.fromkeys(
        (f"/admin/uploads/<upload>/{verb}" for verb in ("take-down", "restore")), ("403 404 404 404 404", {})
    ),
    "/settings/data": (SENT, {}),
    "/settings/data/leave": ("403 422 422 422 422", {}),
    "/welcome-back/<token>": ("404 404 404 404 404", {}),
    "/admin/mail/test": (ADMINISTERED, {}),
    "/admin/settings/<section>": ("403 404 404 404 409", {"announcement_en": "Hello"}),  # not seen before
    "/admin/settings/logo": ("403 404 404 404 422", {}),
    "/admin/settings/logo/remove": (ADMINISTERED, {}),
    "/announcement/<mark>/dismiss": (SENT, {}),
    "/admin/mail/<letter>/retry": (ADMINISTERED, {}),
    "/admin/jobs/retry": (ADMINISTERED, {}),  # all that has failed, also that letter
    "/logout": ("303 303 303 303 303", {}),
}


@dataclass
class Stage:
    """Something of everything, by Alice, with Bob at the other side."""

    board: Board
    topic: Topic
    comment: Comment
    conversation: ObjectId
    letter: Letter
    passkey: ObjectId
    login: ObjectId
    report: ObjectId

    def path(self, rule: str, alice: Person) -> str:
        values = {
            "board": self.board.oid,
            "topic": self.topic.oid,
            "comment": self.comment.oid,
            "conversation": self.conversation,
            "letter": self.letter.oid,
            "passkey": self.passkey,
            "login": self.login,
            "upload": ObjectId(),
            "network": ObjectId(),
            "log": "operations",
            "rule": ObjectId(),
            **dict.fromkeys(("operation", "appeal"), ObjectId()),
            "report": self.report,
            "kind": "comment",
            "subject": self.comment.oid,
            "api_token": ObjectId(),
            "token": "nonsense",
            "user": alice.id,
            "person": alice.id,
            "key": GARDENERS,
            "overrides": f"{GARDENERS}.moderate+",
            "fresh": str(ObjectId()),
            "number": 1,
            "rest": "1/an-old-title",
            "slug": "somebody",
            "first": self.topic.oid,
            "last": self.topic.oid,
            "tag": "leaf",
            "name": "dark" if "theme" in rule else "alice",
            "code": "zh",
            "section": "announcement",
            "mark": "nonsense",
            "id": "8a0c3a52-6f0b-4b8e-9d57-0d2b6a1f7c11",
        }
        return re.sub(r"<(\w+)>", lambda found: str(values[found[1]]), rule)


def rules(app: Quart, *, unsafe: bool) -> set[str]:
    """Every route as the tables above write it."""
    # The JSON API has a matrix of its own, tests/api.
    found = [r for r in app.url_map.iter_rules() if not r.websocket and operation_at(r.endpoint) is None]
    wanted = [
        rule.rule
        for rule in found
        if (bool((rule.methods or set()) - SAFE) if unsafe else "GET" in (rule.methods or set()))
    ]
    return {re.sub(r"<(?:\w+:)?(\w+?)(?:_id)?>", r"<\1>", rule) for rule in wanted}


ROLES = ("guest", "author", "new", "moderator", "administrator", "member", "trusted", "gardener")
GARDENERS = "6" * 24


@pytest.fixture
async def people(
    guest: Person, alice: Person, charlie: Person, mod: Person, admin: Person, forum: Forum
) -> list[Person]:
    """One of each of `ROLES`: alice and charlie are new, as everybody is who has just come."""
    await Role(
        id=ObjectId(GARDENERS), key=GARDENERS, name="Gardeners", name_key="gardeners", position=1, created_at=now()
    ).insert()
    further = [await forum.person(name) for name in ("martha", "trudy", "gunter")]
    for person, key in zip(further, ("member", "trusted", GARDENERS), strict=True):
        await User.raw().update_one({"_id": person.id}, {"$set": {"roles": [key]}})
    return [guest, alice, charlie, mod, admin, *further]


async def tended(board: Board) -> Board:
    """The own role moderates here."""
    here = {GARDENERS: {"moderate": True}}
    await Board.raw().update_one({"_id": board.oid}, {"$set": {"overrides": here}})
    await tell(RolesChanged())
    return board


def columns(expected: str, need: Need | None) -> list[int]:
    """The statuses for all `ROLES`: members are as the stranger is, the own role is a moderator where boards decide."""
    five = [int(status) for status in expected.split()]
    areas = {PERMISSIONS[name].area for name in need.permissions} if need else set()
    return [*five, five[2], five[2], five[3] if "moderate" in areas else five[2]]


def needed(app: Quart) -> dict[tuple[str, bool], Need]:
    """What each route declares, as the tables name it: for pages, and for forms."""
    found: dict[tuple[str, bool], Need] = {}
    for rule in app.url_map.iter_rules():
        name = re.sub(r"<(?:\w+:)?(\w+?)(?:_id)?>", r"<\1>", rule.rule)
        need = need_of(rule.endpoint)
        assert need is not None, f"{rule.rule}: say beside its blueprint what it needs (app/web/needs.py)"
        for unsafe in (False, True):
            if (rule.methods or set()) - SAFE if unsafe else "GET" in (rule.methods or set()):
                found[name, unsafe] = need
    return found


async def staged(board: Board, alice: Person, bob: Person) -> Stage:
    (topic,) = await stock.topics(board, alice, 1)
    await Topic.raw().update_one({"_id": topic.oid}, {"$set": {"tags": ["leaf"]}})
    (comment,) = await stock.comments(topic, alice, 1)
    await stock.comments(topic, bob, 1, "@alice an answer")
    conversation = await messages.start(stock.viewer(alice), to="bob", title="Hello", body="Words")
    return Stage(
        board,
        topic,
        comment,
        conversation,
        await stock.failed_letter(),
        await stock.passkey(alice),
        await stock.login(alice),
        await stock.report(comment),
    )


async def test_the_tables_name_every_route(app: Quart) -> None:
    assert rules(app, unsafe=False) == set(PAGES)
    assert rules(app, unsafe=True) == set(FORMS)


async def test_every_route_declares_what_it_needs(app: Quart) -> None:
    needs = needed(app)
    views = {tuple(rule.endpoint.rpartition(".")[::2]) for rule in app.url_map.iter_rules()}
    for blueprint, (_, named) in declared().items():
        for view, need in named.items():
            assert (blueprint, view) in views, f"{blueprint}: there is no view {view}"
            assert set(need.permissions) <= PERMISSIONS.keys(), (blueprint, view)
    websockets = [need_of(rule.endpoint) for rule in app.url_map.iter_rules() if rule.websocket]
    assert websockets == [MEMBERS]
    assert len(needs) > 100


async def test_who_does_not_have_what_a_route_declares_is_refused(app: Quart) -> None:
    """The tables against the declarations, for every built-in role."""
    viewers = [
        GUEST,
        *(Viewer(ObjectId(), roles=frozenset({key})) for key in ("new", "new", "moderator", "administrator")),
    ]
    expectations = {(rule, False): row for rule, row in PAGES.items()} | {
        (rule, True): row for rule, (row, _) in FORMS.items()
    }
    for where, need in needed(app).items():
        if where not in expectations:
            continue
        for viewer, status in zip(viewers, expectations[where].split(), strict=True):
            if need.login and not viewer.known:
                assert status == "403", (where, status)
            elif need.login and not need.met_by(viewer):
                assert status == ("404" if need.hidden else "403"), (where, viewer.held, status)


async def test_every_page_for_everybody(app: Quart, board: Board, bob: Person, people: list[Person]) -> None:
    alice, needs = people[1], needed(app)
    stage = await staged(await tended(board), alice, bob)
    for rule, expected in PAGES.items():
        answers = [await person.get(stage.path(rule, alice)) for person in people]
        assert [answer.status_code for answer in answers] == columns(expected, needs[rule, False]), rule


async def test_every_form_for_everybody(app: Quart, forum: Forum, bob: Person, people: list[Person]) -> None:
    alice, needs = people[1], needed(app)
    found: dict[str, list[int]] = {}
    for number, person in enumerate(people):
        stage = await staged(await tended(await forum.board(f"Board {number}")), alice, bob)
        token = await person.csrf()
        for rule, (_, fields) in FORMS.items():
            sent = {name: stage.path(value, alice) for name, value in fields.items()}
            answer = await person.send(stage.path(rule, alice), csrf=token, **sent)
            found.setdefault(rule, []).append(answer.status_code)
    assert found == {rule: columns(expected, needs[rule, True]) for rule, (expected, _) in FORMS.items()}
