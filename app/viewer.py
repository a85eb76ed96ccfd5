"""Who is looking: what services and policies know of the person behind a request or a socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from bson import ObjectId

from app.permissions import rules
from app.permissions.book import Roles, book
from app.permissions.catalogue import GUEST as GUESTS
from app.permissions.catalogue import MEMBER, OFFICES, RUNNING
from app.web.pages import Card, Unread
from documents import Board

# Stands for whoever is logged in; nobody has this id.
SOMEBODY: Final = ObjectId("0" * 24)
# The roles of somebody of whom only the office is known.
BY_OFFICE: Final[Mapping[str, Roles]] = {
    office: frozenset({role}) if role in (GUESTS, MEMBER) else frozenset({role, MEMBER})
    for office, role in OFFICES.items()
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who is logged in, or a guest (`id` is None). `confirmed` is their address; `withheld` says that they may
    not write before it is. `unread_topics` are those that unread notices are about.

    Who is silenced is `withheld` too, until then, and hears the reason.

    With each topic go the numbers of the comments that the notices are about; none when they are too many to name.
    Notices about people stand under None.
    `role` is their office, `roles` are the keys of all their roles; none stands for those that go with the office.
    `kept_from` are permissions that the token they come with does not carry, whatever their roles hold.
    `blocks` are the people of whom they want to read and hear nothing, `mutes` such topics and boards, `begun` the
    topics with a draft of a reply, `put_away` the announcement that they do not want to see again.
    `turn` is another whenever their notices may look otherwise than before, or others are in their sight.
    `waiting` is how many things wait for them as a moderator, `waits` how many of these are reports, texts, appeals.
    """

    id: ObjectId | None = None
    card: Card | None = None
    role: str = "guest"
    login: ObjectId | None = None
    locale: str = ""
    seq: int = 0
    unread: Unread = field(default_factory=Unread)
    unread_topics: Mapping[ObjectId | None, frozenset[int]] = field(default_factory=dict, hash=False)
    theme: str = ""
    time_zone: str = ""
    blocks: frozenset[ObjectId] = frozenset()
    mutes: frozenset[ObjectId] = frozenset()
    confirmed: bool = True
    withheld: bool = False
    silenced_until: datetime | None = None
    silence_reason: str = ""
    begun: frozenset[ObjectId] = frozenset()
    roles: Roles = frozenset()
    edition: int = 0
    put_away: str = ""
    waiting: int = 0
    waits: tuple[int, int, int] = (0, 0, 0)
    kept_from: frozenset[str] = frozenset()
    turn: int = 0

    @property
    def known(self) -> bool:
        """Whether somebody is logged in."""
        return self.id is not None

    @property
    def writes(self) -> bool:
        """Whether they may write at all."""
        return self.known and not self.withheld

    @property
    def held(self) -> Roles:
        """The keys of all their roles."""
        return self.roles or BY_OFFICE.get(self.role) or BY_OFFICE["member"]

    def may(self, permission: str, board: Board | None = None) -> bool:
        """Whether they may do this, here or by what their roles hold everywhere; see app.permissions.rules."""
        return rules.allows(self, permission, board)

    @property
    def moderates(self) -> bool:
        """Whether they look after what others write, in every board."""
        return rules.allows(self, "delete_others")

    @property
    def handles(self) -> bool:
        """Whether what waits for moderators is for them, in one board at least."""
        return self.known and any(rules.allows_somewhere(self, name) for name in ("see_reports", "approve"))

    @property
    def parts(self) -> frozenset[str]:
        """The permissions they have of those that open a part of the administration."""
        return frozenset(permission for permission in (*RUNNING, "ban") if rules.allows(self, permission))

    @property
    def runs(self) -> bool:
        """Whether any part of the administration is there for them."""
        return not self.parts.isdisjoint(RUNNING)

    @property
    def administers(self) -> bool:
        """Whether they look after the forum itself."""
        return rules.allows(self, "manage_settings")

    def may_be_told_in(self, topic: ObjectId, first: int, last: int) -> bool:
        """Whether an unread notice is about these comments, as far as is known."""
        numbers = self.unread_topics.get(topic)
        return numbers is not None and (not numbers or any(first <= number <= last for number in numbers))

    @property
    def may_be_told_of_people(self) -> bool:
        """Whether an unread notice is about a person."""
        return None in self.unread_topics

    @property
    def standing(self) -> Viewer:
        """Without what is theirs alone: equal for all who may see and do the same with what is nobody's own, and for no
        others: `edition` is that of the roles and boards by which it was decided.

        What a viewer has beside the fields named here counts, so that a new field can only make this too narrow.
        """
        return replace(
            self,
            id=SOMEBODY if self.known else None,
            card=None,
            role="",
            roles=book().alike(self.held),
            edition=book().edition,
            login=None,
            theme="",
            time_zone="",
            blocks=frozenset(),
            mutes=frozenset(),
            locale="",
            seq=0,
            turn=0,
            unread=Unread(),
            unread_topics={},
            begun=frozenset(),
            silenced_until=None,
            silence_reason="",
            put_away="",
            waiting=0,
            waits=(0, 0, 0),
        )

    @property
    def me(self) -> ObjectId:
        """The id of the person; only after a check that there is one."""
        if self.id is None:
            raise LookupError("a guest has no id")
        return self.id


GUEST = Viewer()
