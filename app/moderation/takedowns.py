"""Taking files down, and putting them back: the content, whoever has sent it, and for whoever would send it again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from bson import ObjectId

from app.errors import Forbidden, Invalid
from app.notifications.moderated import tell_authors
from app.operations.conflicts import changed_since
from app.operations.service import record, target
from app.uploads.kinds import unnamed
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Operation, StoredFile, Upload
from documents.base import Raw
from documents.clock import now
from documents.operation import Target

BULK_MAX: Final = 50


async def take_down(viewer: Viewer, ids: Collection[ObjectId], reason: str) -> int:
    """Let nobody see these files any more; gives how many contents that are, without those that are down already."""
    return await _set_all(viewer, ids, reason, down=True)


async def put_back(viewer: Viewer, ids: Collection[ObjectId]) -> int:
    """Let them be seen where they were; gives how many contents that are."""
    return await _set_all(viewer, ids, "", down=False)


async def _set_all(viewer: Viewer, ids: Collection[ObjectId], reason: str, *, down: bool) -> int:
    if not viewer.may("manage_uploads"):
        raise Forbidden
    chosen = list(dict.fromkeys(ids))
    if not chosen:
        raise Invalid(Text(N_("Choose at least one.")))
    if len(chosen) > BULK_MAX:
        raise Invalid(Text(N_("Choose at most %(count)s at once."), count=BULK_MAX))

    async def steps(work: Work) -> int:
        done: list[Target] = []
        found = Upload.raw().find({"_id": {"$in": chosen}}, session=work.session).sort("_id")
        uploads = [Upload.model_validate(raw) async for raw in found]
        shas = sorted({upload.sha256 for upload in uploads})
        for sha256 in shas:
            changed = await _set(work, next(each for each in uploads if each.sha256 == sha256), reason, down=down)
            done += [] if changed is None else [changed]
        if done:
            await _write_down(work, viewer, "upload.take_down" if down else "upload.restore", done, shas, reason)
        return len(done)

    return await together(steps)


async def _set(work: Work, upload: Upload, reason: str, *, down: bool) -> Target | None:
    """Take the content of one down or put it back; None where it is so already."""
    which: Raw = {"sha256": upload.sha256, "kind": "upload", "taken_at": {"$type": "date"} if not down else None}
    after: Raw = {"taken_at": now() if down else None, "taken_reason": reason}
    raw = await StoredFile.raw().find_one_and_update(which, {"$set": after}, session=work.session)
    if raw is None:
        return None
    before = {name: raw.get(name, "" if name == "taken_reason" else None) for name in after}
    done = target("upload", upload.oid, before, after)
    return done.model_copy(update={"name": unnamed(upload.name, upload.bytes)})


async def _write_down(
    work: Work, viewer: Viewer, verb: str, done: Sequence[Target], shas: Sequence[str], reason: str
) -> None:
    people = sorted(await Upload.raw().distinct("user", {"sha256": {"$in": list(shas)}}, session=work.session))
    by = await record(work, viewer, verb, done, reason, concerns=people)
    await tell_authors(work, viewer, by, verb, people, url="/uploads", reason=reason)


async def turn_back(work: Work, _: Viewer, operation: Operation) -> None:
    """The contents as they were before, if nobody has changed them since."""
    for changed in operation.targets:
        upload = await Upload.raw().find_one({"_id": changed.id}, {"sha256": 1}, session=work.session)
        which: Raw = {"kind": "upload", "sha256": upload["sha256"] if upload else "", **changed.after}
        found = await StoredFile.raw().update_one(which, {"$set": changed.before}, session=work.session)
        if not found.matched_count:
            raise changed_since()


async def tell_turned(work: Work, viewer: Viewer, operation: Operation, by: ObjectId) -> None:
    """Whose files these are hear that they are there again, or not any more."""
    back = operation.targets[0].before.get("taken_at") is None
    verb = "upload.restore" if back else "upload.take_down" if operation.verb == "upload.take_down" else "upload.down"
    await tell_authors(work, viewer, by, verb, operation.concerns, url="/uploads")
