"""The people of the tests: each has a browser of their own, which speaks HTTP to the forum as real ones do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import Any

import httpx
from bson import ObjectId
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from quart import Quart
from quart_auth import QuartAuth

from app.accounts import logins
from app.assembly import AUTH_COOKIE
from app.events import BoardsChanged
from app.settings import Settings
from app.text import names
from app.text.names import username_key
from app.text.segment import SEGMENTER_VERSION
from app.text.starts import starts_of
from app.web.context import EXTENSION, VISITOR_COOKIE
from app.web.csrf import token_for
from app.work import tell
from documents import Board, Comment, Follow, Login, Topic, User
from documents.clock import now

PASSWORD = "correct horse 电池 staple"
TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)"')
HIDDEN_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
ONCE = re.compile(r'name="once" value="([^"]+)"')
TIMEOUT_SECONDS = 20


@lru_cache(1)
def cheap_hasher() -> PasswordHash:
    """Argon2id that costs a thousandth of the real one."""
    return PasswordHash((Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1),))


@lru_cache(1)
def password_hash() -> str:
    """The hash of everybody's password."""
    return cheap_hasher().hash(PASSWORD)


@dataclass
class Person:
    """Somebody with a browser."""

    name: str
    browser: httpx.AsyncClient
    user: User | None = None
    token: str = ""
    _kept: tuple[set[tuple[str, str]], str] | None = None

    @property
    def id(self) -> ObjectId:
        """The account."""
        assert self.user is not None
        return self.user.oid

    async def see(self, path: str, **options: Any) -> httpx.Response:
        """Open a page and follow where it leads."""
        return await self.browser.get(path, follow_redirects=True, **options)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """Open a page and stay where it answers."""
        return await self.browser.get(path, **options)

    async def csrf(self, path: str = "/login") -> str:
        """A token out of a page, as a form has it."""
        return self.token_in(await self.see(path if self.user is None else "/settings/account"))

    @staticmethod
    def token_in(page: httpx.Response) -> str:
        """The token on a page that was opened already."""
        found = TOKEN.search(page.text) or HIDDEN_TOKEN.search(page.text)
        assert found, f"no token on {page.url}"
        return unescape(found[1])

    async def kept_csrf(self) -> str:
        """A token; the same one as long as it is good."""
        if self._kept is None or self._kept[0] != self._bound_to():
            return self.keep(await self.csrf())
        return self._kept[1]

    def keep(self, token: str) -> str:
        """Use this one until the cookies that it is bound to change."""
        self._kept = (self._bound_to(), token)
        return token

    def _bound_to(self) -> set[tuple[str, str]]:
        return {pair for pair in self.browser.cookies.items() if pair[0] in (AUTH_COOKIE, VISITOR_COOKIE)}

    async def send(self, path: str, *, csrf: str | None = None, **fields: Any) -> httpx.Response:
        """Send a form; the answer is not followed."""
        token = csrf if csrf is not None else await self.kept_csrf()
        return await self.browser.post(path, data={"csrf_token": token, **fields})

    async def opens(self, board: Board, title: str = "A topic", body: str = "An opening post", **fields: Any) -> Topic:
        """Open a topic through the form."""
        answer = await self.send(f"/boards/{board.oid}/topics/new", title=title, body=body, **fields)
        assert answer.status_code == 303, answer.text
        topic = await Topic.get(ObjectId(answer.headers["location"].rsplit("/", 1)[1]))
        assert topic is not None
        return topic

    async def says(self, topic: Topic, body: str, **fields: Any) -> Comment:
        """Comment through the form."""
        answer = await self.send(f"/topics/{topic.oid}/comments", body=body, **fields)
        assert answer.status_code == 303, answer.text
        number = int(answer.headers["location"].rsplit("/", 1)[1])
        comment = await Comment.find_one({"topic": topic.oid, "number": number})
        assert comment is not None
        return comment

    async def writes(
        self, to: str, title: str = "Hello", body: str = "A private word", *, as_stranger: bool = False
    ) -> ObjectId:
        """Send a private message through the form, to somebody who follows them; gives the conversation."""
        if not as_stranger:
            await self.known_to(to)
        answer = await self.send("/messages/new", to=to, title=title, body=body)
        assert answer.status_code == 303, answer.text
        return ObjectId(answer.headers["location"].rsplit("/", 1)[1])

    async def known_to(self, *names: str) -> None:
        """Let these people follow them, so that their first message is no request."""
        for name in names:
            person = await User.by_username_key(username_key(name.strip().lstrip("@＠")))
            if person is not None:
                which = {"user": person.oid, "person": self.id}
                new = await Follow.raw().update_one(which, {"$setOnInsert": {"created_at": now()}}, upsert=True)
                if new.upserted_id is not None:
                    await User.raw().update_one({"_id": person.oid}, {"$inc": {"following_count": 1}})
                    await User.raw().update_one({"_id": self.id}, {"$inc": {"follower_count": 1}})

    async def feed(self, after: int = 0) -> dict[str, Any]:
        """The person's numbered events."""
        answer = await self.get(f"/notifications/feed?after={after}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


class Forum:
    """The forum under test, and how people and boards come into it."""

    def __init__(self, app: Quart, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self._browsers: list[httpx.AsyncClient] = []

    @property
    def origin(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self.settings.port}"

    def browser(self, locale: str = "en") -> httpx.AsyncClient:
        """A fresh browser with no cookies."""
        found = httpx.AsyncClient(
            base_url=self.origin,
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
            verify=False,  # no TLS here, and reading the certificates of the world takes 50 ms
            headers={"Accept-Language": locale, "Accept": "text/html,*/*;q=0.1"},
        )
        self._browsers.append(found)
        return found

    def guest(self, locale: str = "en") -> Person:
        """Somebody without an account."""
        return Person("guest", self.browser(locale))

    async def person(self, name: str, *, role: str = "member", locale: str = "en") -> Person:
        """Somebody who is registered and logged in."""
        user = User(
            username=name,
            username_key=names.username_key(name),
            skeleton=names.skeleton(name),
            starts=starts_of(name),
            segmented=SEGMENTER_VERSION,
            email=f"{ObjectId()}@example.org",
            email_key=f"{ObjectId()}@example.org",
            email_confirmed_at=now(),
            password_hash=password_hash(),
            role=role,
            created_at=now(),
        )
        await user.insert()
        return await self.logged_in(user, locale)

    async def logged_in(self, user: User, locale: str = "en") -> Person:
        """Another browser of somebody."""
        token = await logins.begin(user, self.settings, remembered=False, address="127.0.0.1", agent="tests")
        browser = self.browser(locale)
        browser.cookies.set(AUTH_COOKIE, self.cookie(token), domain="127.0.0.1")
        found = Person(user.username, browser, user, token)
        await self._with_a_form_open(found)
        return found

    async def _with_a_form_open(self, person: Person) -> None:
        """They have a page with a form open already, as each page has; opening one for each costs minutes in all."""
        login = await Login.raw().find_one({"token_hash": logins.hashed(person.token)}, {"_id": 1})
        assert login is not None
        person.keep(token_for(self.app.extensions[EXTENSION].key, f"login:{login['_id']}"))

    def cookie(self, token: str) -> str:
        """The value of the cookie that carries a token."""
        auth: QuartAuth = self.app.extensions["QUART_AUTH"][0]
        return auth.dump_token(token, app=self.app)

    async def board(self, name: str = "Garden", *, staff_only: bool = False, position: int = 1) -> Board:
        """A board."""
        board = Board(
            name=name, name_key=names.username_key(name), created_at=now(), staff_only=staff_only, position=position
        )
        await board.insert()
        await tell(BoardsChanged())
        return board

    async def close(self) -> None:
        """Close every browser."""
        for browser in self._browsers:
            await browser.aclose()
