"""Personal tokens: made once, shown once, bounded by scopes and by their owner, over at once."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

from app.api.tokens import USED_EVERY
from app.events import RolesChanged
from app.permissions.catalogue import PERMISSIONS
from app.settings import Settings
from app.work import tell
from documents import ApiToken, Board, Letter, Role, User
from documents.clock import now
from tests.api.program import Program, path_to, program_of, token_of
from tests.mailbox import PostOffice
from tests.people import PASSWORD, Forum, Person
from tests.scripts.calling import call, on
from tests.security.test_fresh import grow_old

SECRET = re.compile(r"<code>(quorum_[\w-]{43})</code>")


async def test_made_by_form_it_is_shown_once_and_stored_as_a_hash(forum: Forum, alice: Person) -> None:
    page = await alice.send("/settings/tokens", name="Backup 脚本", scopes=["write"], days="90")
    found = SECRET.search(page.text)
    assert found, page.text[:500]
    secret = unescape(found[1])
    assert page.headers["cache-control"] == "no-store"
    (stored,) = await ApiToken.find_all().to_list()
    assert secret not in str(stored.model_dump())
    assert stored.scopes == ["read", "write"]
    assert stored.expires_at is not None
    assert timedelta(days=89) < stored.expires_at - now() < timedelta(days=90)
    (letter,) = await Letter.find({"user": alice.id}).to_list()
    assert (letter.kind, letter.facts["passkey"]) == ("token_made", "Backup 脚本")
    assert secret not in str(letter.model_dump())
    again = await alice.see("/settings/tokens")
    assert "Backup 脚本" in again.text
    assert secret not in again.text
    me = await Program(forum, secret).call("get_me")
    assert (me["username"], me["scopes"]) == ("alice", ["read", "write"])
    (used,) = await ApiToken.find_all().to_list()
    assert used.used_at is not None


async def test_making_one_needs_fresh_proof_and_sense(alice: Person) -> None:
    wrong: tuple[dict[str, Any], ...] = ({"name": ""}, {"name": "x" * 61}, {"days": "8"}, {"scopes": ["root"]})
    for fields in wrong:
        answer = await alice.send("/settings/tokens", **{"name": "x", "days": "30", **fields})
        assert answer.status_code == 422, fields
    await grow_old(alice)
    answer = await alice.send("/settings/tokens", name="x", days="30")
    assert "quorum_" not in answer.text
    assert not await ApiToken.find_all().count()


async def test_revoked_it_is_over_at_once_and_only_its_owner_can(forum: Forum, alice: Person, bob: Person) -> None:
    program = await program_of(forum, alice)
    (stored,) = await ApiToken.find_all().to_list()
    assert (await bob.send(f"/settings/tokens/{stored.oid}/revoke")).status_code == 404
    await program.call("get_me")
    assert (await alice.send(f"/settings/tokens/{stored.oid}/revoke")).status_code == 303
    refused = await program.send("GET", "/me")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == 'Bearer realm="quorum", error="invalid_token"'
    other = await program_of(forum, alice, "read")
    await other.call("revoke_token")
    assert (await other.send("GET", "/me")).status_code == 401


async def test_what_is_no_good_token_is_refused_everywhere(forum: Forum, alice: Person, board: Board) -> None:
    token = await token_of(alice)
    bad = ("quorum_" + "A" * 43, token[:-1], token + "a", "quorum_", "x" * 500, alice.token)
    for header in (*(f"Bearer {value}" for value in bad), f"Basic {token}", token, "Bearer"):
        answer = await Program(forum).send("GET", "/boards", headers={"Authorization": header})
        assert answer.status_code == 401, header
    await ApiToken.raw().update_many({}, {"$set": {"expires_at": now() - timedelta(seconds=1)}})
    assert (await Program(forum, token).send("GET", "/boards")).status_code == 401
    assert "expired" in (await alice.see("/settings/tokens")).text


async def test_cookies_count_for_nothing(forum: Forum, alice: Person, board: Board) -> None:
    guest = await alice.browser.get("/api/v1/me")
    assert (guest.status_code, guest.headers["www-authenticate"]) == (401, 'Bearer realm="quorum"')
    assert (await alice.browser.put(f"/api/v1/boards/{board.oid}/watch")).status_code == 401
    bob = await forum.person("bob")
    both = {"Authorization": f"Bearer {await token_of(bob)}"}
    assert (await alice.browser.get("/api/v1/me", headers=both)).json()["username"] == "bob"


async def test_a_ban_and_a_lost_right_end_it(forum: Forum, alice: Person, bob: Person) -> None:
    program, other = await program_of(forum, alice), await program_of(forum, bob)
    await User.raw().update_one({"_id": alice.id}, {"$set": {"banned_at": now()}})
    assert (await program.send("GET", "/me")).status_code == 401
    await other.call("get_me")
    unused = {"permissions": ["read"], "known": list(PERMISSIONS)}
    await Role(key="new", name="New", name_key="new", position=1, created_at=now(), **unused).insert()
    await tell(RolesChanged())
    assert (await other.send("GET", "/me")).status_code == 403
    page = await bob.see("/settings/tokens")
    assert page.status_code == 200
    assert 'name="days"' not in page.text
    assert (await bob.send("/settings/tokens", name="x", days="30")).status_code == 403


async def test_a_scope_is_never_more_than_the_person(
    forum: Forum, alice: Person, bob: Person, mod: Person, board: Board
) -> None:
    topic = await alice.opens(board)
    comment = await alice.says(topic, "Mine")
    for person, scopes, status in (
        (bob, ("write", "moderate"), 403),
        (mod, ("write",), 403),
        (mod, ("moderate",), 403),
        (mod, ("write", "moderate"), 204),
    ):
        program = await program_of(forum, person, *scopes)
        answer = await program.send("DELETE", path_to("delete_comment", comment=comment.oid))
        assert answer.status_code == status, (person.name, scopes)
    assert (await (await program_of(forum, mod, "write")).send("GET", f"/comments/{comment.oid}")).status_code == 404
    seen = await (await program_of(forum, mod, "moderate")).call("get_comment", comment=comment.oid)
    assert seen["deleted"]["by_moderator"]


async def test_a_new_password_by_letter_ends_all_and_one_s_own_choice_may(
    forum: Forum, alice: Person, bob: Person, mailbox: PostOffice, settings: Settings
) -> None:
    program, others = await program_of(forum, alice), await program_of(forum, bob)
    page = (await alice.see("/settings/account")).text
    assert 'name="tokens"' in page
    change = {"old": PASSWORD, "password": "a new phrase 新的口令", "confirm": "a new phrase 新的口令"}
    assert (await alice.send("/settings/account", **change)).status_code == 303
    await program.call("get_me")
    back = {"old": change["password"], "password": PASSWORD, "confirm": PASSWORD, "tokens": "1"}
    assert (await alice.send("/settings/account", **back)).status_code == 303
    assert (await program.send("GET", "/me")).status_code == 401
    assert 'name="tokens"' not in (await alice.see("/settings/account")).text
    program = await program_of(forum, alice)
    guest = forum.guest()
    await guest.send("/password/forgot", email="alice")
    assert alice.user is not None
    letter = await mailbox.letter_to(alice.user.email, about="A new password")
    await program.call("get_me")
    answer = await guest.send(letter.path, password="another phrase 口令", confirm="another phrase 口令")
    assert answer.status_code == 303, answer.text
    assert (await program.send("GET", "/me")).status_code == 401
    await others.call("get_me")
    staff = await call("admin", "password", "bob", **on(settings), QUORUM_ADMIN_PASSWORD="set by those who run it")
    assert staff.code == 0, staff.err
    assert (await others.send("GET", "/me")).status_code == 401


async def test_last_use_is_written_now_and_then(forum: Forum, alice: Person) -> None:
    program = await program_of(forum, alice)
    await program.call("get_me")
    first = (await ApiToken.find_all().to_list())[0].used_at
    await program.call("get_me")
    assert (await ApiToken.find_all().to_list())[0].used_at == first
    assert first is not None
    await ApiToken.raw().update_many({}, {"$set": {"used_at": first - USED_EVERY * 2}})
    await program.call("get_me")
    later = (await ApiToken.find_all().to_list())[0].used_at
    assert later is not None
    assert later >= first
