"""Tags: the list with its numbers, and renaming, merging, deleting and describing one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import quote, urlencode

from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import BooleanField, StringField

from app.errors import Refusal
from app.moderation import views
from app.tags import counting, service
from app.web.context import page, say, status_of, to, viewer
from app.web.forms import AtMost, Form, Said, one_line
from app.web.i18n import N_
from app.web.needs import declare, staff
from app.web.pages import KeyPager
from documents import Tag

blueprint = Blueprint("admin_tags", __name__, url_prefix="/admin/tags")
declare(blueprint, staff("manage_tags"))
Answer = Response | WerkzeugResponse
QUERY_CHARS: Final = 100
REASON_CHARS: Final = 300


class NamingForm(Form):
    """Another name."""

    to = StringField(filters=[one_line], validators=[Said(), AtMost(100)])
    reason = StringField(filters=[one_line], validators=[AtMost(REASON_CHARS)])


class MergingForm(Form):
    """Another tag."""

    into = StringField(filters=[one_line], validators=[Said(), AtMost(100)])
    reason = StringField(filters=[one_line], validators=[AtMost(REASON_CHARS)])


class DeletingForm(Form):
    """Why, and whether it may come again."""

    barred = BooleanField()
    reason = StringField(filters=[one_line], validators=[AtMost(REASON_CHARS)])


class DescribingForm(Form):
    """What it is for."""

    description = StringField(filters=[one_line], validators=[AtMost(service.DESCRIPTION_CHARS_MAX)])


@blueprint.get("")
async def index() -> Answer:
    """All tags, or the names that lead to others."""
    query = one_line(request.args.get("q"))[:QUERY_CHARS]
    wanted = request.args.get("sort")
    order: counting.Order = next((known for known in counting.ORDERS if known == wanted), "count")
    show = "old" if request.args.get("show") == "old" else ""
    found = await counting.tag_page(query, order, show, request.args.get("after", ""))
    asked = {name: value for name, value in (("q", query), ("sort", wanted or ""), ("show", show)) if value}
    following = "/admin/tags?" + urlencode({**asked, "after": found.after}) if found.after else None
    first = "/admin/tags?" + urlencode(asked) if request.args.get("after") else None
    return await page(
        "admin/tags.html",
        found=found,
        query=query,
        order=order,
        show=show,
        pager=KeyPager(next=following, first=first),
    )


@blueprint.get("/<tag>")
async def one(tag: str) -> Answer:
    """One of them."""
    return await _page(await service.known_tag(tag))


async def _page(name: str, refusal: Refusal | None = None, **forms: Any) -> Response:
    row = await counting.tag_row(name)
    said = (await Tag.named([name])).get(name)
    error = next(iter(forms.values())).refuse(refusal) if refusal and forms else None
    shown: dict[str, Any] = {
        "describing": DescribingForm(data={"description": row.description}),
        "naming": NamingForm(),
    }
    shown |= {"merging": MergingForm(), "deleting": DeletingForm(), **forms}
    others = await counting.tag_page("", "count", "", "")
    return await page(
        "admin/tag.html",
        status=status_of(refusal),
        tag=row,
        url=f"/admin/tags/{quote(name)}",
        left=await counting.topics_left(name),
        others=counting.suggested(others.rows, name),
        operations=await views.about(viewer(), said.oid) if said else (),
        error=error,
        wrong=next(iter(forms), ""),
        **shown,
    )


async def _carry_out(
    tag: str, kind: str, make: type[Form], act: Callable[[str, Form], Awaitable[str]], done: str
) -> Answer:
    """Do what a form asks, and go where the tag is then; what was typed comes back with what is wrong with it."""
    name = await service.known_tag(tag)
    form = await make.read()
    try:
        form.check()
        there = await act(name, form)
    except Refusal as refusal:
        return await _page(name, refusal, **{kind: form})
    await say("success", done)
    return to(f"/admin/tags/{quote(there)}")


@blueprint.post("/<tag>/rename")
async def rename(tag: str) -> Answer:
    """Another name."""

    async def act(name: str, form: Form) -> str:
        return await service.rename_tag(viewer(), name, form.text("to"), form.text("reason"))

    return await _carry_out(tag, "naming", NamingForm, act, N_("Tag renamed. The old name leads here."))


@blueprint.post("/<tag>/merge")
async def merge(tag: str) -> Answer:
    """Into another one."""

    async def act(name: str, form: Form) -> str:
        return await service.merge_tag(viewer(), name, form.text("into"), form.text("reason"))

    return await _carry_out(tag, "merging", MergingForm, act, N_("The tags are one now. The old name leads here."))


@blueprint.post("/<tag>/delete")
async def delete(tag: str) -> Answer:
    """From all topics."""

    async def act(name: str, form: Form) -> str:
        barred = bool(form.data.get("barred"))
        await service.delete_tag(viewer(), name, form.text("reason"), barred=barred)
        return name

    return await _carry_out(tag, "deleting", DeletingForm, act, N_("Tag deleted. You can undo it here."))


@blueprint.post("/<tag>/describe")
async def describe(tag: str) -> Answer:
    """What it is for."""

    async def act(name: str, form: Form) -> str:
        await service.describe_tag(viewer(), name, form.text("description"))
        return name

    return await _carry_out(tag, "describing", DescribingForm, act, N_("Saved."))


@blueprint.post("/<tag>/allow")
async def allow(tag: str) -> Answer:
    """Let people use it again."""

    async def act(name: str, _: Form) -> str:
        await service.allow_tag(viewer(), name)
        return name

    return await _carry_out(tag, "describing", Form, act, N_("People can use this tag again."))
