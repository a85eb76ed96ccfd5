"""A file as those see it who judge whether it may be here, be it taken down."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from quart import Response

from app.errors import NotFound
from app.files.storage import Missing, Storage
from app.uploads.service import KIND
from documents import StoredFile, Upload
from documents.file import key_of

PREVIEW_WIDTH: Final = 480
HEADERS: Final = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


async def inspected(storage: Storage, upload: Upload) -> Response:
    """A small picture, or what is no picture to be saved; `NotFound` when it is not there any more."""
    file = await StoredFile.named(upload.sha256, KIND)
    if file is None or not file.variants:
        raise NotFound
    variant = min(file.variants, key=lambda each: abs(each.width - PREVIEW_WIDTH))
    try:
        content = await storage.get(key_of(file.sha256, file.generation, variant.name))
    except Missing:
        raise NotFound from None
    saved = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(upload.name, safe='')}"}
    headers = HEADERS | ({} if upload.is_picture else saved)
    return Response(content, content_type=variant.type, headers=headers)
