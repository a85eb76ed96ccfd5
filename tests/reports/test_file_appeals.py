"""Appeals against the taking down of files: whose they are is told why, and may ask that somebody looks again."""

from __future__ import annotations

import asyncio

from bson import ObjectId

from documents import Appeal, Board, Operation, Upload
from tests.avatars.pictures import quarters, saved
from tests.moderation.test_arranging import last_operation, undo
from tests.moderation.test_telling import heard
from tests.people import Forum, Person
from tests.reports.test_appeals import QUEUE, only
from tests.uploads.sending import sent
from tests.uploads.test_administration import id_of


async def take_down(admin: Person, *files: dict[str, object], reason: str = "Not ours") -> Operation:
    ids = [str(id_of(found)) for found in files]
    answer = await admin.send("/admin/uploads/take-down", upload=ids, reason=reason)
    assert answer.status_code == 303, answer.text
    return await last_operation("upload.take_down")


async def test_whose_file_was_taken_down_appeals_and_gets_it_back(
    forum: Forum, board: Board, alice: Person, bob: Person, mod: Person, admin: Person, guest: Person
) -> None:
    other = await forum.person("admin_ada", role="admin")
    content = saved(quarters(300, 200))
    found, copy = await sent(alice, content, "private-garden.jpg"), await sent(bob, content, "bobs.jpg")
    await bob.opens(board, "Pictures", f"{copy['markdown']}")
    operation = await take_down(admin, found, reason="Not ours <b>")
    where = f"/decisions/{operation.oid}"
    files = (await alice.get("/uploads")).text
    assert all(words in files for words in ("taken down", "Not ours &lt;b&gt;", f'href="{where}"'))
    assert where in (await alice.get("/notifications")).text
    page = (await alice.get(where)).text
    assert all(words in page for words in ("took a file of yours down", "private-garden.webp", "Not ours &lt;b&gt;"))
    assert "bobs.webp" in (await bob.get(where)).text
    assert (await mod.get(where)).status_code == 404
    kept = await alice.send(f"{where}/appeal", words="x" * 2_001)
    assert (kept.status_code, "x" * 2_001 in kept.text) == (422, True)
    sending = [alice.send(f"{where}/appeal", words="I drew it myself") for _ in range(3)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*sending)) == [303, 409, 409]
    appeal = await only()
    for person in (mod, bob, guest):
        assert "I drew it myself" not in (await person.get(QUEUE)).text
        for path in (f"{QUEUE}/{appeal.oid}/files/{id_of(found)}",):
            assert (await person.get(path)).status_code in (403, 404)
    assert (await mod.send(f"{QUEUE}/{appeal.oid}/grant")).status_code == 404
    queue = (await other.get(QUEUE)).text
    assert "1 waits" in queue
    assert "1 waits" not in (await mod.get(QUEUE)).text
    assert all(words in queue for words in ("I drew it myself", "private-garden.webp", "Put it back"))
    picture = await other.get(f"{QUEUE}/{appeal.oid}/files/{id_of(found)}")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
    for stranger in (id_of(copy), ObjectId()):
        assert (await other.get(f"{QUEUE}/{appeal.oid}/files/{stranger}")).status_code == 404
    assert (await admin.send(f"{QUEUE}/{appeal.oid}/grant")).status_code == 403, "they have decided it"
    judging = [other.send(f"{QUEUE}/{appeal.oid}/grant") for _ in range(3)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*judging)) == [303, 409, 409]
    assert (await guest.get(copy["url"])).status_code == 200
    assert (await heard(alice))[-1] == "Your appeal was granted: your file is there again."
    assert (await heard(bob))[-1] == "A file of yours that was taken down is there again."
    assert (await other.get(f"{QUEUE}/{appeal.oid}/files/{id_of(found)}")).status_code == 404, "it is decided"
    assert "Your appeal was granted" in (await alice.get(where)).text
    assert (await bob.send(f"{where}/appeal", words="Mine too")).status_code == 409
    assert "taken down" not in (await alice.get("/uploads")).text
    again = await Operation.get(operation.oid)
    assert again is not None
    assert again.undone_by is not None


async def test_of_many_that_were_taken_down_at_once_each_gets_their_own_back(
    forum: Forum, alice: Person, bob: Person, admin: Person
) -> None:
    other = await forum.person("admin_ada", role="admin")
    mine = [await sent(alice, f"number {number}\n".encode(), f"a{number}.txt") for number in range(2)]
    theirs = await sent(bob, b"another\n", "b.txt")
    operation = await take_down(admin, *mine, theirs)
    await Upload.raw().delete_one({"_id": id_of(theirs)})
    assert "no longer applies" in (await bob.get(f"/decisions/{operation.oid}")).text
    await alice.send(f"/decisions/{operation.oid}/appeal", words="Only numbers")
    appeal = await only()
    text = await other.get(f"{QUEUE}/{appeal.oid}/files/{id_of(mine[0])}")
    assert (text.text, text.headers["content-disposition"].split(";")[0]) == ("number 0\n", "attachment")
    assert (await other.send(f"{QUEUE}/{appeal.oid}/grant")).status_code == 303
    assert [(await alice.get(each["url"])).status_code for each in mine] == [200, 200]
    again = await Operation.get(operation.oid)
    assert again is not None
    assert again.undone_by is None, "the file of somebody else is still down"


async def test_what_is_back_already_and_what_is_down_again(
    forum: Forum, alice: Person, admin: Person, mod: Person
) -> None:
    other = await forum.person("admin_ada", role="admin")
    found = await sent(alice)
    first = await take_down(admin, found)
    await alice.send(f"/decisions/{first.oid}/appeal", words="Please")
    appeal = await only()
    await admin.send(f"/admin/uploads/{id_of(found)}/restore")
    assert (await other.send(f"{QUEUE}/{appeal.oid}/grant")).status_code == 303, "there is nothing left to do"
    second = await take_down(admin, found, reason="Really not")
    assert (await alice.send(f"/decisions/{first.oid}/appeal", words="Again")).status_code == 409
    assert f"/decisions/{second.oid}" in (await alice.get("/uploads")).text
    assert await undo(admin, "upload.take_down") == 303
    assert (await alice.send(f"/decisions/{second.oid}/appeal", words="It is there")).status_code == 409
    assert await undo(admin, "upload.take_down") == 303, "the undo of it"
    third = await Operation.find({"verb": "upload.take_down"}).sort("-at").first_or_none()
    assert third is not None
    assert f"/decisions/{third.oid}" in (await alice.get("/uploads")).text
    assert (await alice.send(f"/decisions/{third.oid}/appeal", words="Once more")).status_code == 303
    refused = await other.send(f"{QUEUE}/{(await only()).oid}/refuse", answer="It is not yours")
    assert refused.status_code == 303
    assert (await alice.get(found["url"])).status_code == 410
    assert "It is not yours" in (await alice.get(f"/decisions/{third.oid}")).text
    assert await Appeal.find({"state": "open"}).count() == 0
