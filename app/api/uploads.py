"""Files for texts."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId
from quart import request

from app.api.errors import NoForm
from app.api.shapes import Cursor, Id, Page, Shape, next_of
from app.api.table import PREFIX, Given, operation
from app.uploads import routes, service, views
from app.uploads.pages import UploadRow, markdown_of, url_of
from app.web.context import viewer
from app.web.needs import needs
from app.web.uploads import takes_files
from documents import Upload

PATH = "/uploads"
takes_files(PREFIX + PATH, routes.most)


class UploadOut(Shape):
    """A file; `markdown` puts it into a text. `width` and `height` are 0 where it is no picture."""

    id: Id
    name: str
    url: str
    bytes: int
    width: int
    height: int
    at: datetime
    markdown: str


class Uploads(Page[UploadOut]):
    """One page of your files, newest first."""


def _row(row: UploadRow) -> UploadOut:
    return UploadOut(**{name: getattr(row, name) for name in UploadOut.model_fields})


def _out(upload: Upload) -> UploadOut:
    return UploadOut(
        id=str(upload.oid),
        name=upload.name,
        url=url_of(upload),
        bytes=upload.bytes,
        width=upload.width,
        height=upload.height,
        at=upload.created_at,
        markdown=markdown_of(upload),
    )


@operation("GET", PATH, "List your files", asks=Cursor, gives=Uploads)
async def list_uploads(query: Cursor) -> Given:
    """One page."""
    rows, pager = await views.upload_rows(viewer(), query.cursor)
    following = next_of(pager)
    return Given(Uploads(items=[_row(row) for row in rows], next=following), next=following)


@operation("POST", PATH, "Upload a file", scope="write", need=needs("upload"), gives=UploadOut, status=201, files=True)
async def upload_file() -> Given:
    """A form with the field `file`. The same content again is the same file."""
    if request.mimetype != "multipart/form-data":
        raise NoForm
    return Given(_out(await routes.take_sent(viewer())), 201)


@operation("DELETE", f"{PATH}/<oid:upload_id>", "Delete a file that nothing uses", scope="write")
async def delete_upload(upload_id: ObjectId) -> None:
    """One of your own."""
    await service.delete(viewer(), upload_id)
