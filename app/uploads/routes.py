"""Sending files, from scripts and from forms without them; serving them; the list of one's own."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from typing import IO, Final
from urllib.parse import quote

import structlog
from bson import ObjectId
from quart import Blueprint, Response, current_app, jsonify, request
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as WerkzeugResponse

from app.avatars.routes import PICTURES, STORAGE
from app.drafts import service as drafts
from app.drafts.forms import whole_number
from app.drafts.places import place_from
from app.errors import Forbidden, Invalid, NotFound, Refusal, TooLarge
from app.files.pictures import EMPTY, Pictures
from app.files.serving import Sendfile
from app.files.storage import Missing, Storage
from app.permissions.rules import allows_somewhere
from app.settings import Settings
from app.uploads import service, views
from app.uploads.access import readable
from app.uploads.kinds import amount
from app.uploads.pages import markdown_of, url_of
from app.uploads.placeholder import placeholder
from app.viewer import Viewer
from app.web.context import page, plumbing, require_login, say, shows_nothing_new, speak_json, spend, to, viewer
from app.web.forms import clean, one_line
from app.web.i18n import N_, Text
from app.web.limits import Limit
from app.web.needs import EVERYBODY, MEMBERS, declare, needs
from app.web.uploads import takes_files, too_large
from documents import StoredFile, Upload
from documents.draft import DRAFT_FIELDS
from documents.file import Variant, key_of

log = structlog.get_logger()
blueprint = Blueprint("uploads", __name__)
declare(blueprint, EVERYBODY, send=needs("upload"), put_into=needs("upload"), mine=MEMBERS, delete=MEMBERS)
Answer = Response | WerkzeugResponse

# Of public files: how long until a browser or a cache asks again whether they still are.
PUBLIC: Final = "public, max-age=300"
# Of others: kept, and asked about each time.
PRIVATE: Final = "private, no-cache"


def most(settings: Settings) -> int:
    """How many bytes a file may have."""
    return settings.upload_max_kib * 1024


PATH: Final = takes_files("/uploads", most)
INTO: Final = takes_files("/uploads/into", most)


@blueprint.post(PATH)
async def send() -> Answer:
    """Take `file`: 201 with `url`, `name`, `width`, `height` (0 where it is no picture) and `markdown`."""
    speak_json()
    shows_nothing_new()
    upload = await take_sent(require_login())
    answer = jsonify(
        url=url_of(upload), name=upload.name, width=upload.width, height=upload.height, markdown=markdown_of(upload)
    )
    answer.status_code = 201
    return answer


@blueprint.post(INTO)
async def put_into() -> Answer:
    """The same from a form of a text, without scripts: what was typed is kept as its draft, with the file in it."""
    found = require_login()
    form = await request.form
    place = place_from(one_line(form.get("draft")))
    fields = {name: clean(form.get(name)) for name in DRAFT_FIELDS}
    try:
        upload = await take_sent(found)
        fields["body"] = "\n\n".join(part for part in (fields["body"].rstrip(), markdown_of(upload)) if part) + "\n"
        await say("success", N_("“%(name)s” is in your text now."), name=upload.name)
    except Refusal as refusal:
        await say("error", refusal.text.msgid, **refusal.text.params)
    await drafts.put_in(found, place, fields, whole_number(form.get("draft_rev", "")) or 0)
    return to(place.url)


async def take_sent(found: Viewer) -> Upload:
    """Keep the file that the form of this request brings."""
    if not allows_somewhere(found, "upload"):
        raise Forbidden(Text(N_("You cannot upload files.")))
    await spend(Limit.UPLOAD)
    sent = (await request.files).get("file")
    if sent is None or (not sent.filename and not _size(sent.stream)):
        raise Invalid(Text(N_("Choose a file first.")))
    settings = plumbing().settings
    size = _size(sent.stream)
    if size == 0:
        raise Invalid(EMPTY)
    if size > most(settings):
        raise TooLarge(too_large(most(settings)))
    pictures: Pictures = current_app.extensions[PICTURES]
    return await service.take(pictures, _storage(), settings, found, sent.stream, sent.filename or "")


def _size(file: IO[bytes]) -> int:
    return file.seek(0, os.SEEK_END)


def _storage() -> Storage:
    storage: Storage = current_app.extensions[STORAGE]
    return storage


@blueprint.get(PATH)
async def mine() -> Answer:
    """One's own files, and where they are used."""
    rows, pager = await views.upload_rows(require_login(), request.args.get("after"))
    user_bytes = await views.bytes_of(require_login())
    quota = plumbing().settings.upload_quota_mib
    used, room = amount(user_bytes), amount(quota * 1024 * 1024)
    return await page("uploads/index.html", rows=rows, pager=pager, used=used, quota=room)


@blueprint.post("/uploads/<oid:upload_id>/delete")
async def delete(upload_id: ObjectId) -> Answer:
    """Delete one that nothing uses."""
    await service.delete(require_login(), upload_id)
    await say("success", N_("File deleted."))
    return to(PATH)


@blueprint.get("/uploads/<oid:upload_id>")
async def unnamed(upload_id: ObjectId) -> Answer:
    """To its whole address."""
    found = await readable(viewer(), upload_id)
    return redirect(url_of(found.upload), 302)


@blueprint.get("/uploads/<oid:upload_id>/<name>")
async def show(upload_id: ObjectId, name: str) -> Answer:
    """The file, or with `?w=` a thumbnail. Whether one may read it is looked at each time; its name does not matter."""
    found = await readable(viewer(), upload_id)
    file = await StoredFile.named(found.upload.sha256, service.KIND)
    if file is not None and file.taken_at is not None:
        return placeholder()
    variant = _asked(file, request.args.get("w")) if file else None
    if file is None or variant is None:
        raise NotFound
    etag = f'"{file.sha256[:40]}-{variant.name}"'
    headers = _headers(found.upload, variant, etag, public=found.public)
    if etag in request.headers.get("If-None-Match", ""):
        return Response(b"", status=304, headers=headers)
    key = key_of(file.sha256, file.generation, variant.name)
    elsewhere = dict(Sendfile(_storage(), plumbing().settings.sendfile_prefix).header(key))
    if elsewhere:
        return Response(b"", headers=headers | {name.decode(): value.decode() for name, value in elsewhere.items()})
    headers["Content-Length"] = str(variant.bytes)
    if request.method == "HEAD":
        return Response(b"", headers=headers)
    return Response(await _content(key), headers=headers)


def _asked(file: StoredFile, width: str | None) -> Variant | None:
    """The narrowest variant of at least that width, or the whole."""
    wanted = whole_number(width or "") or 0
    enough = [each for each in file.variants if each.width >= wanted] if wanted else []
    return min(enough, key=lambda each: each.width) if enough else next(iter(file.variants), None)


def _headers(upload: Upload, variant: Variant, etag: str, *, public: bool) -> dict[str, str]:
    """A picture is shown, anything else is saved under its name (RFC 6266) and can do nothing where it is opened."""
    plain = re.sub(r"[^A-Za-z0-9_. -]", "_", upload.name)
    how = "inline" if upload.is_picture else "attachment"
    return {
        "Content-Type": variant.type,
        "Content-Disposition": f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(upload.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-site",
        "Cache-Control": PUBLIC if public else PRIVATE,
        "ETag": etag,
        **({} if public else {"Vary": "Cookie"}),
    }


async def _content(key: str) -> AsyncIterator[bytes]:
    """The content in pieces. The first is read at once, so that what is missing is still a 404."""
    pieces = _storage().stream(key)
    try:
        first = await anext(pieces, b"")
    except Missing:
        log.error("file.missing", key=key)
        raise NotFound from None

    async def all_of_it() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return all_of_it()
