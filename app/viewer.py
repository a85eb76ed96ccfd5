"""Who is looking: what services and policies know of the person behind a request or a socket."""

from __future__ import annotations

from dataclasses import dataclass, field

from bson import ObjectId

from app.web.pages import Card, Unread


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who is logged in, or a guest (`id` is None). `unread_topics` are those that unread notices are about."""

    id: ObjectId | None = None
    card: Card | None = None
    role: str = "guest"
    login: ObjectId | None = None
    locale: str = ""
    seq: int = 0
    unread: Unread = field(default_factory=Unread)
    unread_topics: frozenset[ObjectId] = frozenset()

    @property
    def known(self) -> bool:
        """Whether somebody is logged in."""
        return self.id is not None

    @property
    def moderates(self) -> bool:
        """Whether they look after what others write."""
        return self.role in ("moderator", "admin")

    @property
    def administers(self) -> bool:
        """Whether they look after the forum itself."""
        return self.role == "admin"

    @property
    def me(self) -> ObjectId:
        """The id of the person; only after a check that there is one."""
        if self.id is None:
            raise LookupError("a guest has no id")
        return self.id


GUEST = Viewer()
