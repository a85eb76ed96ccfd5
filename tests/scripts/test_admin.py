"""scripts/admin.py, called while the forum is being served, and once while it is not."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.assembly import AUTH_COOKIE
from app.realtime.hub import Hub
from app.settings import Settings
from documents import Factor, Letter, Login, Passkey, User
from tests import stock
from tests.people import PASSWORD, Forum, Person
from tests.scripts.calling import Called, call, call_at_terminal, on
from tests.security.second import set_up

NEW_PASSWORD = "eine neue 密码 for tests"
WAIT_SECONDS = 5.0


class Admin:
    """The script on the forum under test."""

    def __init__(self, settings: Settings) -> None:
        self.env = on(settings)

    async def __call__(self, *arguments: str, password: str | None = None) -> Called:
        env = self.env if password is None else {**self.env, "QUORUM_ADMIN_PASSWORD": password}
        return await call("admin", *arguments, **env)

    async def at_terminal(self, answers: list[tuple[str, str]], *arguments: str) -> Called:
        return await call_at_terminal(answers, "admin", *arguments, **self.env)


@pytest.fixture
def run(forum: Forum, settings: Settings) -> Admin:
    return Admin(settings)


async def logs_in(forum: Forum, login: str, password: str) -> bool:
    answer = await forum.guest().send("/login", login=login, password=password)
    return answer.status_code == 303


async def role_of(name: str) -> str:
    user = await User.find_one({"username": name})
    assert user is not None
    return user.role


async def test_a_new_administrator_logs_in_and_administers(run: Admin, forum: Forum) -> None:
    made = await run("create", "Olga", "olga@example.org", password=NEW_PASSWORD)
    assert (made.code, made.out) == (0, "Olga is an administrator now.\n")
    olga = forum.guest()
    answer = await olga.send("/login", login="olga@example.org", password=NEW_PASSWORD)
    assert answer.status_code == 303
    assert (await olga.get("/admin")).status_code == 200


async def test_a_name_that_members_may_not_take_is_free_for_an_administrator(run: Admin) -> None:
    assert (await run("create", "系统管理员", "root@example.org", password=NEW_PASSWORD)).code == 0
    assert await role_of("系统管理员") == "admin"


@pytest.mark.parametrize(
    ("name", "email", "code", "words"),
    [
        ("alice", "new@example.org", 1, "This name is taken, or looks just like one that is."),
        ("ALICE", "new@example.org", 1, "This name is taken, or looks just like one that is."),
        ("olga", "nonsense", 2, "This does not look like an e-mail address."),
        ("o", "new@example.org", 2, "username: Use at least 2 characters."),
    ],
)
async def test_what_cannot_be_made_is_one_sentence(
    run: Admin, alice: Person, name: str, email: str, code: int, words: str
) -> None:
    refused = await run("create", name, email, password=NEW_PASSWORD)
    assert (refused.code, refused.err, refused.out) == (code, f"{words}\n", "")
    assert [user.username for user in await User.find_all().to_list()] == ["alice"]
    assert await role_of("alice") == "member"


@pytest.mark.parametrize(
    ("password", "words"),
    [
        (None, "There is no terminal to ask for a password at: set QUORUM_ADMIN_PASSWORD"),
        ("short", "QUORUM_ADMIN_PASSWORD: Use at least 8 characters."),
        ("olga-olga", "QUORUM_ADMIN_PASSWORD: This is too close to your name, your address or the name of the forum."),
    ],
)
async def test_no_password_or_a_bad_one_is_refused(run: Admin, password: str | None, words: str) -> None:
    refused = await run("create", "Olga-Olga", "olga@example.org", password=password)
    assert (refused.code, refused.err) == (2, f"{words}\n")
    assert await User.find_all().count() == 0


async def test_at_a_terminal_the_password_is_asked_for_twice_and_never_shown(run: Admin, forum: Forum) -> None:
    answers = [
        ("Password:", "short"),
        ("Password:", NEW_PASSWORD),
        ("Once more:", "something else"),
        ("Password:", NEW_PASSWORD),
        ("Once more:", NEW_PASSWORD),
    ]
    made = await run.at_terminal(answers, "create", "Olga", "olga@example.org")
    assert made.code == 0, made.out
    assert "at least 8 characters" in made.out
    assert "do not match" in made.out
    assert NEW_PASSWORD not in made.out
    assert await logs_in(forum, "Olga", NEW_PASSWORD)


async def test_a_role_counts_from_the_next_click_on(run: Admin, forum: Forum, bob: Person, charlie: Person) -> None:
    assert (await bob.get("/admin")).status_code == 404
    given = await run("promote", "@Bob")
    assert (given.code, given.out) == (0, "bob is an administrator now.\n")
    assert (await bob.get("/admin")).status_code == 200
    assert (await charlie.get("/admin")).status_code == 404
    again = await run("promote", "bob")
    assert (again.code, again.out) == (0, "bob was an administrator already.\n")
    assert (await run("promote", "bob", "--role", "member")).code == 0
    assert (await bob.get("/admin")).status_code == 404


async def test_a_role_shows_on_pages_that_guests_had_open(run: Admin, bob: Person, guest: Person) -> None:
    page = f"/users/{bob.id}"
    before = (await guest.see(page)).text
    assert (await run("promote", "bob", "--role", "moderator")).code == 0
    async with asyncio.timeout(WAIT_SECONDS):
        while (await guest.see(page)).text == before:
            continue


@pytest.mark.parametrize("command", ["promote", "password"])
async def test_nobody_of_that_name_is_one_sentence(run: Admin, command: str) -> None:
    refused = await run(command, "nobody-here", password=NEW_PASSWORD)
    assert (refused.code, refused.err) == (1, "There is nobody named nobody-here here.\n")


async def test_a_new_password_ends_every_log_in_of_that_person_only(
    run: Admin, forum: Forum, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(_: Hub) -> None:
        """The patrol would find it out as well: here it is by the news."""

    monkeypatch.setattr(Hub, "_look_round", nothing)
    async with socket_of(forum, alice) as hers, socket_of(forum, bob) as his:
        changed = await run("password", "alice", password=NEW_PASSWORD)
        assert changed.code == 0, changed.err
        assert await closing_code(hers) == 1008
        await his.ping()
        assert his.close_code is None
    assert (await alice.get("/settings/account")).status_code != 200
    assert (await bob.get("/settings/account")).status_code == 200
    assert await Login.find({"user": alice.id, "ended_at": None}).count() == 0
    assert not await logs_in(forum, "alice", PASSWORD)
    assert await logs_in(forum, "alice", NEW_PASSWORD)


async def closing_code(socket: ClientConnection) -> int:
    async with asyncio.timeout(30):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 0


def socket_of(forum: Forum, person: Person) -> connect:
    """A browser tab of somebody."""
    url = f"ws://127.0.0.1:{forum.settings.port}/ws"
    cookie = f"{AUTH_COOKIE}={forum.cookie(person.token)}"
    return connect(url, additional_headers={"Cookie": cookie}, origin=forum.origin, proxy=None)  # type: ignore[arg-type]


async def test_the_list_has_staff_and_nobody_else(run: Admin, admin: Person, mod: Person, charlie: Person) -> None:
    found = (await run("list", "--json")).json
    assert [(person["username"], person["role"]) for person in found] == [("ada", "admin"), ("mod_mira", "moderator")]
    assert "password_hash" not in found[0]
    table = await run("list")
    assert "ada" in table.out
    assert "mod_mira" in table.out
    assert "charlie" not in table.out


async def test_numbers_count_what_is_deleted_apart(run: Admin, forum: Forum, alice: Person, bob: Person) -> None:
    board = await forum.board()
    topic = await alice.opens(board)
    await alice.opens(board, "Another one")
    await bob.says(topic, "A comment")
    gone = await bob.says(topic, "Another comment")
    assert (await bob.send(f"/comments/{gone.oid}/delete", reason="")).status_code == 303
    await alice.writes("bob")
    assert (await run("stats", "--json")).json == {
        "users": {"count": 2, "deleted": 0},
        "boards": {"count": 1, "deleted": 0},
        "topics": {"count": 2, "deleted": 0},
        "comments": {"count": 3, "deleted": 1},
        "messages": {"count": 1, "deleted": 0},
    }
    table = [line.split() for line in (await run("stats")).out.splitlines()]
    assert ["comments", "3", "1"] in table


async def test_it_works_without_a_running_forum(tmp_path: Path) -> None:
    env = {"QUORUM_ADMIN_PASSWORD": NEW_PASSWORD}
    folder = ("--data-dir", str(tmp_path / "var"))
    made = await call("admin", "create", "olga", "olga@example.org", *folder, **env)
    assert made.code == 0, made.err
    listed = await call("admin", "list", "--json", *folder)
    assert [person["username"] for person in json.loads(listed.out)] == ["olga"]
    twice = await call("admin", "create", "0lga", "other@example.org", *folder, **env)
    assert (twice.code, twice.err.splitlines()[-1]) == (1, "This name is taken, or looks just like one that is.")


async def test_servers_that_do_not_answer_are_one_sentence(run: Admin) -> None:
    run.env["MONGODB_URI"] = "mongodb://127.0.0.1:9/"
    refused = await run("stats")
    assert refused.code == 1
    assert refused.err.startswith("MongoDB at 127.0.0.1:9 does not answer (MONGODB_URI)")


async def test_who_has_lost_everything_gets_in_by_the_password_again(run: Admin, forum: Forum, alice: Person) -> None:
    secret, _ = await set_up(alice)
    await stock.passkey(alice)
    reset = await run("reset-factors", "@alice")
    assert reset.code == 0, reset.err
    assert "1 removed" in reset.out
    assert (await alice.get("/settings/account")).status_code != 200
    assert await logs_in(forum, "alice", PASSWORD)
    assert await Passkey.all_of(alice.id) == []
    assert not (await Factor.of(alice.id)).asks
    assert secret not in reset.out
    letters = await Letter.find({"user": alice.id, "kind": "factor_removed"}).to_list()
    assert [letter.facts["what"] for letter in letters] == ["all"]
    assert (await run("reset-factors", "nobody-here")).code == 1
