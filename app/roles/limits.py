"""Nobody gives what they do not have: so that who may manage roles cannot make themselves an administrator."""

from __future__ import annotations

from collections.abc import Collection

from app.errors import Conflict, Forbidden
from app.permissions.book import Held, book
from app.permissions.catalogue import ADMINISTRATOR, PERMISSIONS, Area
from app.viewer import Viewer
from app.web.i18n import N_, Text
from documents import Board


def require(viewer: Viewer, permission: str) -> None:
    """`Forbidden` for who may not."""
    if not viewer.may(permission):
        raise Forbidden


def require_held(viewer: Viewer, permissions: Collection[str]) -> None:
    """`Forbidden` when somebody would give or take a permission that they do not have everywhere."""
    missing = next((name for name in PERMISSIONS if name in permissions and not viewer.may(name)), None)
    if missing is not None:
        title = Text(PERMISSIONS[missing].title)
        raise Forbidden(
            Text(N_("You cannot give or take “%(permission)s”, because you do not have it yourself."), permission=title)
        )


def require_above(viewer: Viewer, keys: Collection[str]) -> None:
    """The same for whole roles; only administrators make administrators."""
    if ADMINISTRATOR in keys and ADMINISTRATOR not in viewer.held:
        raise Forbidden(Text(N_("Only administrators can make or unmake administrators.")))
    held: set[str] = set()
    for key in keys:
        held |= permissions_of(book().roles.get(key))
    require_held(viewer, held)


def permissions_of(role: Held | None) -> frozenset[str]:
    """What a role gives anywhere, in the boards that name it too."""
    if role is None or role.key == ADMINISTRATOR:
        return frozenset()
    allowed = {
        area for board in book().boards.values() for area, said in board.overrides.get(role.key, {}).items() if said
    }
    return role.permissions | {name for name, each in PERMISSIONS.items() if each.area in allowed}


def require_area(viewer: Viewer, area: Area, board: Board) -> None:
    """`Forbidden` when somebody would let others do in a board what they may not do there themselves."""
    if not all(viewer.may(name, board) for name, each in PERMISSIONS.items() if each.area == area):
        raise Forbidden(Text(N_("You cannot allow or deny here what you may not do here yourself.")))


def changed_meanwhile() -> Conflict:
    """Somebody else was faster; the form is shown again with what was chosen."""
    return Conflict(
        Text(N_("Someone else has changed this in the meantime. Your choice is still here: look it over, then save."))
    )
