"""People and their roles; what boards say of roles; and why somebody can or cannot do something."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import Conflict, Invalid, NotFound, Refusal
from app.moderation.people import TERMS
from app.people.cards import card_of
from app.permissions.allowances import OF_PERMISSION, allowed
from app.permissions.book import book, fresh
from app.permissions.catalogue import AREA_NAMES, AREAS, PERMISSIONS
from app.roles import deciding, giving, many, views
from app.roles import people as listing
from app.roles.explaining import Used, as_viewer_here, explain, role_name, standing_of, with_limits
from app.roles.forms import GivingForm, ManyForm
from app.roles.pages import Answer as Answered
from app.roles.pages import Choice
from app.roles.person import STATES, facts_of, states_of
from app.text.names import username_key
from app.viewer import GUEST
from app.web.context import page, plumbing, say, status_of, to, viewer
from app.web.forms import one_line
from app.web.i18n import N_, Text
from app.web.limits import Limit
from app.web.needs import declare, staff
from app.web.routing import as_id
from documents import Board, User

blueprint = Blueprint("giving", __name__, url_prefix="/admin")
declare(
    blueprint,
    staff("manage_people"),
    overrides=staff("manage_roles"),
    set_overrides=staff("manage_roles"),
    why=staff("manage_roles", "manage_people"),
)
Answer = Response | WerkzeugResponse
QUERY_CHARS = 200


def _asked(name: str) -> str:
    return one_line(request.args.get(name))[:QUERY_CHARS]


@blueprint.get("/people")
async def people() -> Answer:
    """People by name and role."""
    return await _people_page(ManyForm())


async def _people_page(form: ManyForm, refusal: Refusal | None = None) -> Response:
    asked = listing.Asked(*(_asked(name) for name in ("q", "role", "state", "seen", "order")))
    after = _asked("after")
    rows, pager = await listing.people_rows(viewer(), asked, after)
    states: dict[str, str] = {**dict(STATES.items()), **listing.FURTHER}
    return await page(
        "roles/people.html",
        status=status_of(refusal),
        people=rows,
        pager=pager,
        asked=asked,
        many_url=asked.url(after).replace(listing.PATH, f"{listing.PATH}/many", 1),
        addresses=viewer().may("see_addresses"),
        silences=viewer().may("silence"),
        states=[Choice(key, str(Text(word)), chosen=key == asked.state) for key, word in states.items()],
        seen=[Choice(key, str(Text(each[0])), chosen=key == asked.seen) for key, each in listing.SEEN.items()],
        roles=views.role_choices([asked.role]),
        terms=TERMS,
        chosen=form.person.chosen,
        form=form,
        error=form.refuse(refusal) if refusal else None,
    )


@blueprint.post("/people/many")
async def do_to_many() -> Answer:
    """One act with those who are ticked."""
    form = await ManyForm.read()
    ids = [found for found in map(as_id, form.person.chosen) if found is not None]
    said = {name: form.text(name) for name in ("role", "hours", "reason")}
    try:
        form.check()
        count = await many.do_to_many(viewer(), ids, form.text("act"), **said)
    except (Invalid, Conflict) as refusal:
        return await _people_page(form, refusal)
    await say("success", N_("Done, with %(count)s people."), count=count)
    return to(request.full_path.rstrip("?").replace(f"{listing.PATH}/many", listing.PATH, 1))


async def _person(person_id: ObjectId) -> User:
    person = await User.load(person_id)
    if person is None or not person.live:
        raise NotFound
    return person


@blueprint.get("/people/<oid:person_id>")
async def person(person_id: ObjectId) -> Answer:
    """The roles of somebody."""
    found = await _person(person_id)
    return await _person_page(found, GivingForm(data={"roles": sorted(giving.given_to(found))}))


async def _person_page(found: User, form: GivingForm, refusal: Refusal | None = None) -> Response:
    held = as_viewer_here(found, required=False).held
    return await page(
        "roles/person.html",
        status=status_of(refusal),
        card=card_of({**found.model_dump(), "_id": found.oid}),
        names=[role_name(role.key) for role in book().held(held)],
        standing=standing_of(found),
        facts=await facts_of(found),
        states=[str(Text(STATES[state])) for state in states_of(found)],
        logs=viewer().may("see_logs"),
        addresses=viewer().may("see_addresses"),
        choices=views.role_choices(form.roles.chosen),
        seen=" ".join(sorted(giving.given_to(found))),
        form=form,
        error=form.refuse(refusal) if refusal else None,
    )


@blueprint.post("/people/<oid:person_id>")
async def give(person_id: ObjectId) -> Answer:
    """Give and take roles."""
    found = await _person(person_id)
    form = await GivingForm.read()
    try:
        await giving.give_roles(viewer(), person_id, form.roles.chosen, seen=form.text("seen").split())
    except Refusal as refusal:
        return await _person_page(found, form, refusal)
    await say("success", N_("Saved. It applies everywhere now."))
    return to(f"/admin/people/{person_id}")


@blueprint.get("/boards/<oid:board_id>/roles")
async def overrides(board_id: ObjectId) -> Answer:
    """What a board allows and denies."""
    board = await _board(board_id)
    return await _board_page(board, board.overrides)


async def _board(board_id: ObjectId) -> Board:
    found = await Board.load(board_id)
    if found is None:
        raise NotFound
    return found


async def _board_page(board: Board, said: deciding.Overrides, refusal: Refusal | None = None) -> Response:
    return await page(
        "roles/board.html",
        status=status_of(refusal),
        board=board,
        url=f"/admin/boards/{board.oid}",
        lines=views.lines(await fresh(), said),
        areas=[(area, AREA_NAMES[area]) for area in AREAS],
        words=[(key, str(Text(text))) for key, text in views.ALLOWED.items()],
        seen=deciding.mark(board.overrides),
        error=str(refusal.text) if refusal else None,
    )


@blueprint.post("/boards/<oid:board_id>/roles")
async def set_overrides(board_id: ObjectId) -> Answer:
    """Allow and deny."""
    board = await _board(board_id)
    form = await request.form
    said = _overrides(form)
    try:
        await deciding.set_overrides(viewer(), board_id, said, seen=form.get("seen", ""))
    except Refusal as refusal:
        return await _board_page(await _board(board_id), said, refusal)
    await say("success", N_("Saved. It applies everywhere now."))
    return to(f"/admin/boards/{board.oid}/roles")


def _overrides(form: MultiDict[str, str]) -> deciding.Overrides:
    """Out of fields such as `member.post`, each `allow`, `deny` or nothing."""
    found: deciding.Overrides = {}
    for name, value in form.items():
        role, dot, area = name.partition(".")
        if dot and area in AREAS and value in ("allow", "deny"):
            found.setdefault(role, {})[area] = value == "allow"
    return found


@blueprint.get("/why")
async def why() -> Answer:
    """Why somebody can or cannot do something somewhere."""
    name, permission, place = _asked("person"), _asked("permission"), _asked("board")
    found = await User.by_username_key(username_key(name.lstrip("@"))) if name else None
    now = await fresh()
    id = as_id(place)
    board = now.boards.get(id) if id else None
    required = plumbing().settings.email_confirmation == "required"
    unknown = bool(name) and found is None
    asked = permission in PERMISSIONS and not unknown
    return await page(
        "roles/why.html",
        person=name,
        unknown=unknown,
        groups=views.permission_choices([permission]),
        boards=[Choice(str(each.oid), each.name, chosen=each is board) for each in now.boards.values()],
        board=board,
        answer=await _answer(found, permission, board, required=required) if asked else None,
    )


async def _answer(person: User | None, permission: str, board: Board | None, *, required: bool) -> Answered:
    """With the limits of it; how much of them a guest has used depends on the address they come from."""
    who = GUEST if person is None else as_viewer_here(person, required=required)
    used: list[Used] = []
    for name in OF_PERMISSION.get(permission, ()):
        found = allowed(who, name)
        if found is not None:
            spent = await plumbing().limits.used(Limit.of(name), str(person.oid), found) if person else (0, 0)
            used.append(Used(found, *spent))
    return with_limits(explain(person, permission, board, required=required), used)
