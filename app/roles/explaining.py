"""Why somebody can or cannot do something, in a sentence that names the rule which decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from app.errors import duration
from app.people.readers import viewer_from
from app.permissions import trust
from app.permissions.allowances import Allowed
from app.permissions.book import Held, book
from app.permissions.catalogue import AREA_NAMES, NEW, PERMISSIONS, Permission
from app.permissions.rules import Rule, Verdict, why
from app.roles.pages import Answer, Said
from app.viewer import GUEST, Viewer
from app.web.i18n import N_, Text
from documents import Board, User
from documents.clock import now

YES: Final[Mapping[Rule, str]] = {
    "administrator": N_("%(who)s can: administrators can do everything."),
    "role_grants": N_("%(who)s can: the role “%(role)s” holds the permission “%(what)s”."),
    "board_allows": N_("%(who)s can: the board “%(board)s” allows the role “%(role)s” “%(area)s”."),
}
NO: Final[Mapping[Rule, str]] = {
    "unconfirmed": N_("%(who)s cannot: their e-mail address is not confirmed yet."),
    "guests_never": N_("%(who)s cannot: that needs an account, whatever the role of guests holds."),
    "board_archived": N_("%(who)s cannot: the board “%(board)s” is archived and can only be read."),
    "board_deleted": N_("%(who)s cannot: the board “%(board)s” is deleted."),
    "board_closed": N_("%(who)s cannot: the board “%(board)s” is closed, and allows none of their roles to read."),
    "board_denies": N_("%(who)s cannot: the board “%(board)s” denies the role “%(role)s” “%(area)s”."),
    "no_role": N_("%(who)s cannot: none of their roles holds the permission “%(what)s”."),
}
ONE: Final[Mapping[str, str]] = {
    "allows": N_("this board allows it"),
    "denies": N_("this board denies it"),
    "holds": N_("holds it"),
    "lacks": N_("does not hold it"),
    "unread": N_("holds it, but may not read here"),
}


def explain(person: User | None, permission: str, board: Board | None, *, required: bool) -> Answer:
    """The answer for a person or a guest. `required`: who has not confirmed their address may not write."""
    asked = GUEST if person is None else as_viewer_here(person, required=required)
    verdict = why(asked, permission, board)
    beside = ""
    if person is not None and not person.live:
        beside = str(Text(N_("This account is deleted, so nobody can log in with it.")))
    elif person is not None and person.banned_at is not None:
        beside = str(Text(N_("This account is banned, so nobody can log in with it.")))
    return Answer(
        allowed=verdict.allowed and not beside,
        text=_sentence(verdict, person, board),
        roles=tuple(_said(asked, role, permission, board) for role in book().held(asked.held)),
        beside=beside,
    )


@dataclass(frozen=True, slots=True)
class Used:
    """How often somebody has done what is limited, and in how many seconds they may again."""

    allowed: Allowed
    used: int = 0
    seconds: int = 0

    @property
    def up(self) -> bool:
        """Whether they have to wait."""
        return self.used >= self.allowed.most


def with_limits(answer: Answer, used: Sequence[Used]) -> Answer:
    """The answer with how often it may be done, and whether that is used up at this moment."""
    if not answer.allowed:
        return answer
    return replace(answer, limits=tuple(_limit(each) for each in used), waits=any(each.up for each in used))


def _limit(each: Used) -> str:
    allowance = each.allowed.allowance
    params: dict[str, Any] = {"what": Text(allowance.title), "most": each.allowed.most}
    params |= {"window": duration(allowance.seconds), "role": role_name(each.allowed.role), "used": each.used}
    if each.up:
        said = N_("%(what)s: at most %(most)s in %(window)s, by the role “%(role)s”. All used: again in %(wait)s.")
        return str(Text(said, **params, wait=duration(max(1, each.seconds))))
    if each.used:
        said = N_("%(what)s: at most %(most)s in %(window)s, by the role “%(role)s”. %(used)s used so far.")
        return str(Text(said, **params))
    return str(Text(N_("%(what)s: at most %(most)s in %(window)s, by the role “%(role)s”."), **params))


def as_viewer_here(person: User, *, required: bool) -> Viewer:
    """Somebody as they would be if they looked now."""
    found = viewer_from({**person.model_dump(include=set(trust.FIELDS)), "_id": person.oid})
    waits = required and person.email_confirmed_at is None
    return Viewer(id=found.id, role=found.role, roles=found.roles, withheld=waits)


def role_name(key: str) -> str:
    """What a role is called, in the language of the reader."""
    role = book().roles.get(key)
    if role is None:
        return "–"
    return str(Text(role.name)) if role.built_in else role.name


def _sentence(verdict: Verdict, person: User | None, board: Board | None) -> str:
    who = f"@{person.username}" if person else str(Text(N_("A guest")))
    if verdict.rule == "cannot_read" and verdict.because is not None:
        first = Text(N_("Who may not read in a board may do nothing in it."))
        return f"{_sentence(verdict.because, person, board)} {first}"
    wanted = PERMISSIONS[verdict.permission]
    params: dict[str, Any] = {
        "who": who,
        "what": Text(wanted.title),
        "role": role_name(verdict.role),
        "board": board.name if board else "",
        "area": Text(_area(wanted)),
    }
    return str(Text((YES if verdict.allowed else NO)[verdict.rule], **params))


def _area(wanted: Permission) -> str:
    return AREA_NAMES[wanted.area] if wanted.area else wanted.title


def _said(asked: Viewer, role: Held, permission: str, board: Board | None) -> Said:
    """The same question to one role alone."""
    alone = Viewer(id=asked.id, role="", roles=frozenset({role.key}))
    verdict = why(alone, permission, board)
    kind = {"board_allows": "allows", "board_denies": "denies", "role_grants": "holds", "administrator": "holds"}.get(
        verdict.rule, "lacks"
    )
    if verdict.rule == "cannot_read" and permission in role.permissions:
        kind = "unread"
    return Said(role_name(role.key), str(Text(ONE[kind])), verdict.allowed)


def standing_of(person: User) -> str:
    """Why somebody is new, a member or trusted, in numbers."""
    rule, moment = trust.thresholds(), now()
    raw = person.model_dump(include=set(trust.FIELDS))
    posts = person.topic_count + person.comment_count
    days = (moment - person.created_at).days
    if NEW in trust.roles_of(raw, moment):
        return str(
            Text(
                N_("New until %(days)s d old with at least %(posts)s texts; so far %(age)s d and %(written)s."),
                days=rule.new_days,
                posts=rule.new_posts,
                age=days,
                written=posts,
            )
        )
    return str(
        Text(
            N_(
                "Trusted after %(days)s days, %(posts)s texts and %(likes)s likes, without a warning in the last "
                "%(warning)s days; now %(age)s, %(written)s and %(liked)s."
            ),
            days=rule.trusted_days,
            posts=rule.trusted_posts,
            likes=rule.trusted_likes,
            warning=rule.warning_days,
            age=days,
            written=posts,
            liked=person.like_count,
        )
    )
