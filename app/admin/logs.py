"""The logs: what was done, and who has logged in. Searched, paged by key, and exported as they are read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from urllib.parse import urlencode

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.accounts.devices import device_of
from app.errors import NotFound
from app.moderation import views
from app.moderation.days import NOBODY, day_in, person_named
from app.operations.words import VERBS
from app.people.cards import cards
from app.web.context import page, viewer
from app.web.i18n import Text
from app.web.keys import TimeKey, time_key
from app.web.needs import declare, staff
from app.web.pages import KeyPager
from app.web.routing import as_id
from documents import Attempt, Operation, User
from documents.base import Raw

blueprint = Blueprint("logs", __name__, url_prefix="/admin/logs")
declare(blueprint, staff("see_logs"))
Answer = Response | WerkzeugResponse
Log = Literal["operations", "staff", "logins"]
SHOWN: Final = 50
CHARS_MAX: Final = 100
# Read and sent at a time by an export, so that memory stays flat however long the log is.
BATCH: Final = 500


@blueprint.get("/<log>")
async def show(log: str) -> Answer:
    """A page of a log: `operations`, `staff` (log-ins of moderators and administrators) or `logins`."""
    if log not in ("operations", "staff", "logins"):
        raise NotFound
    asked = {
        name: request.args.get(name, "")[:CHARS_MAX].strip()
        for name in ("person", "verb", "thing", "address", "from", "to")
    }
    which = await (_operations if log == "operations" else _attempts)(asked)
    if log == "staff":
        which = {"$and": [which, {"user": {"$in": await _staff()}}]}
    kind = request.args.get("as", "")
    if kind in ("csv", "jsonl"):
        return _export(log, which, kind)
    return await _page(log, asked, which)


async def _staff() -> list[ObjectId]:
    found: list[ObjectId] = await User.raw().distinct("_id", {"role": {"$nin": ["member"]}})
    return found


async def _operations(asked: dict[str, str]) -> Raw:
    which: list[Raw] = [_between(asked)]
    if asked["person"]:
        person = await person_named(asked["person"])
        which.append({"$or": [{"actor": person}, {"concerns": person}]})
    if asked["verb"]:
        which.append({"verb": asked["verb"]})
    if asked["thing"]:
        which.append({"targets.id": as_id(asked["thing"].rstrip("/").rsplit("/", 1)[-1]) or NOBODY})
    if asked["address"]:
        which.append({"address": asked["address"]})
    return {"$and": which}


async def _attempts(asked: dict[str, str]) -> Raw:
    which: list[Raw] = [_between(asked), {"user": {"$ne": None}}]
    if asked["person"]:
        which.append({"user": await person_named(asked["person"])})
    if asked["address"]:
        which.append({"address": asked["address"]})
    return {"$and": which}


def _between(asked: dict[str, str]) -> Raw:
    """Whole days in UTC, both included; what is no day bounds nothing."""
    first, last = day_in(asked["from"]), day_in(asked["to"])
    bounds: Raw = {}
    if first is not None:
        bounds["$gte"] = first
    if last is not None:
        bounds["$lt"] = last + timedelta(days=1)
    return {"at": bounds} if bounds else {}


async def _page(log: str, asked: dict[str, str], which: Raw) -> Response:
    key = time_key(request.args.get("after"))
    query = {"$and": [which, key.older("at")]} if key else which
    document = Operation if log == "operations" else Attempt
    found = await document.raw().find(query).sort([("at", -1), ("_id", -1)]).limit(SHOWN + 1).to_list()
    rows, filters = found[:SHOWN], {name: value for name, value in asked.items() if value}
    path = f"/admin/logs/{log}"
    first = f"{path}?{urlencode(filters)}" if filters else path
    following = None
    if len(found) > SHOWN:
        following = f"{path}?{urlencode({**filters, 'after': str(TimeKey(rows[-1]['at'], rows[-1]['_id']))})}"
    drawn: Any
    if log == "operations":
        drawn = await views.operation_rows(viewer(), [Operation.model_validate(raw) for raw in rows])
    else:
        people = await cards(raw["user"] for raw in rows)
        drawn = [{**raw, "who": people[raw["user"]], "device": str(device_of(raw["agent"]))} for raw in rows]
    return await page(
        "admin/logs.html",
        log=log,
        rows=drawn,
        asked=asked,
        verbs=sorted((str(Text(label)), verb) for verb, label in VERBS.items()),
        pager=KeyPager(next=following, first=first if key else None),
        here=first,
        export=f"{path}?{urlencode({**filters, 'as': ''})}",
    )


def _export(log: str, which: Raw, kind: str) -> Response:
    rows = _operation_lines(which) if log == "operations" else _attempt_lines(which)
    body = _csv(rows) if kind == "csv" else _jsonl(rows)
    types = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}
    response = Response(body, content_type=types[kind])
    response.timeout = None
    response.headers["Content-Disposition"] = f'attachment; filename="{log}.{kind}"'
    return response


async def _operation_lines(which: Raw) -> AsyncIterator[dict[str, Any]]:
    async for raw in Operation.raw().find(which, batch_size=BATCH).sort([("at", 1), ("_id", 1)]):
        yield {
            "id": str(raw["_id"]),
            "at": raw["at"].isoformat(),
            "actor": str(raw["actor"] or "script"),
            "verb": raw["verb"],
            "targets": raw["targets"],
            "concerns": [str(id) for id in raw["concerns"]],
            "reason": raw["reason"],
            "address": raw["address"],
            "undo_of": str(raw["undo_of"] or ""),
            "undone_by": str(raw["undone_by"] or ""),
        }


async def _attempt_lines(which: Raw) -> AsyncIterator[dict[str, Any]]:
    fields = ("user", "succeeded", "address", "agent")
    async for raw in Attempt.raw().find(which, batch_size=BATCH).sort([("at", 1), ("_id", 1)]):
        yield {"at": raw["at"].isoformat(), **{name: raw[name] for name in fields}}


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


async def _jsonl(rows: AsyncIterator[dict[str, Any]]) -> AsyncIterator[str]:
    async for row in rows:
        yield json.dumps(row, ensure_ascii=False, default=_plain) + "\n"


async def _csv(rows: AsyncIterator[dict[str, Any]]) -> AsyncIterator[str]:
    headed = False
    async for row in rows:
        line = io.StringIO()
        writer = csv.writer(line)
        if not headed:
            writer.writerow(row)
            headed = True
        writer.writerow([_cell(value) for value in row.values()])
        yield line.getvalue()


def _cell(value: Any) -> str:
    """As text; what a spreadsheet would take for a formula gets a quotation mark before it."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_plain)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
