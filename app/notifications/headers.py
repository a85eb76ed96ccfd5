"""By which mail programs keep letters about the same thing together, and by which one is rid of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bson import ObjectId

from app.notifications.unsubscribing import What, path_for
from app.settings import Settings
from app.site.current import effective
from app.web.pages import Locale
from documents import Notification


@dataclass(frozen=True, slots=True)
class Headers:
    """Those of this forum."""

    settings: Settings
    key: bytes
    origin: str
    domain: str

    @classmethod
    def of(cls, settings: Settings) -> Headers:
        """With the key and addresses that the settings give. The domain stays, so that threads do."""
        return cls(settings, settings.secret().encode(), settings.origin, settings.mail_sender.rpartition("@")[2])

    @property
    def locale(self) -> Locale:
        """The language of who has chosen none."""
        return effective(self.settings).default_locale

    def about(self, row: Notification, what: What) -> Mapping[str, str]:
        """Of a letter about one notice. The root of a thread is no letter: all who get one have the same."""
        found = {"List-Id": f"<{self._list(row)}.{self.domain}>", **self.leaving(row.user, what)}
        thread = self._thread(row)
        return {"In-Reply-To": thread, "References": thread, **found} if thread else found

    def of_many(self, user: ObjectId, what: Literal["at_once", "digest"]) -> Mapping[str, str]:
        """Of a letter about many notices."""
        name = "digest" if what == "digest" else "notices"
        return {"List-Id": f"<{name}.{self.domain}>", **self.leaving(user, what)}

    def _thread(self, row: Notification) -> str:
        if row.conversation:
            return f"<conversation-{row.conversation}@{self.domain}>"
        return f"<topic-{row.topic}@{self.domain}>" if row.topic else ""

    @staticmethod
    def _list(row: Notification) -> str:
        if row.conversation:
            return "messages"
        return f"board-{row.board}" if row.board else "notices"

    def leaving(self, user: ObjectId, what: What) -> Mapping[str, str]:
        """One press in the mail program (RFC 2369, RFC 8058)."""
        address = self.origin + path_for(self.key, user, what)
        return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
