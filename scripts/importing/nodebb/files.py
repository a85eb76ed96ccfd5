"""NodeBB's uploads, from its folder `public/uploads`: files in texts, and the pictures that people show.

What was taken once is known by where it was (`Upload.sources`), so it is neither read nor touched a second time.
"""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from bson import ObjectId

from app.avatars.service import put_on
from app.errors import Refusal
from app.files.pictures import Pictures
from app.files.storage import Storage
from app.settings import Settings
from app.uploads.service import take
from app.viewer import Viewer
from documents import Upload
from scripts.importing.identity import oid, source
from scripts.importing.tally import Tally

UPLOADS_PATH: Final = "/assets/uploads/"
# Nobody is to lose a file because they had more room in the old forum.
NO_QUOTA_MIB: Final = 2**30


class Files:
    """The folder, or none."""

    def __init__(self, folder: Path | None, settings: Settings, tally: Tally) -> None:
        self._folder = folder.resolve() if folder else None
        self._settings = settings.model_copy(update={"upload_quota_mib": NO_QUOTA_MIB})
        self._tally = tally
        self._pictures = Pictures()
        self._storage = Storage.of(settings)

    async def resolved(self, paths: Sequence[str], user: int) -> dict[str, str]:
        """The addresses here of these files in a text of somebody; those that cannot be taken are left out."""
        found: dict[str, str] = {}
        for path in paths:
            upload = await self._upload(path, user)
            if upload is not None:
                found[path] = f"/uploads/{upload.oid}/{quote(upload.name)}"
        return found

    async def _upload(self, path: str, user: int) -> Upload | None:
        mark, whose = source("upload", path), oid("user", user)
        known = await Upload.find_one({"user": whose, "sources": mark})
        file = None if known else self._file(path)
        if known is not None or file is None:
            return known
        try:
            with file.open("rb") as opened:
                viewer = Viewer(id=whose, role="member")
                upload = await take(self._pictures, self._storage, self._settings, viewer, opened, file.name)
        except (Refusal, OSError):
            self._tally.aside["files that cannot be taken"] += 1
            return None
        await Upload.raw().update_one({"_id": upload.oid}, {"$addToSet": {"sources": mark}})
        self._tally.new["files"] += 1
        return upload

    async def show(self, path: str, person: ObjectId) -> bool:
        """Have somebody show the picture they had; False when there is none to be had."""
        file = self._file(path)
        if file is None:
            return False
        with contextlib.suppress(Refusal, OSError), file.open("rb") as opened:
            await put_on(self._pictures, self._storage, Viewer(id=person, role="member"), opened, None)
            return True
        self._tally.aside["files that cannot be taken"] += 1
        return False

    def _file(self, path: str) -> Path | None:
        """The file below the folder, whatever the path says."""
        if self._folder is None or UPLOADS_PATH not in path:
            return None
        inside = unquote(path.partition(UPLOADS_PATH)[2].partition("?")[0].partition("#")[0])
        try:
            file = (self._folder / inside).resolve()
            found = file.is_relative_to(self._folder) and file.is_file()
        except (OSError, ValueError):
            found = False
        if not found:
            self._tally.aside["files that are not there"] += 1
        return file if found else None
