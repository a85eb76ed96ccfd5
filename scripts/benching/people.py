"""People who are logged in and watch a board, made in bulk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bson import ObjectId

from app import create_app
from app.accounts.logins import hashed
from app.assembly import AUTH_COOKIE
from app.lifecycle import mongo_client, open_documents
from app.settings import Settings
from app.text import names
from app.text.segment import SEGMENTER_VERSION
from app.text.starts import starts_of
from documents import Login, Topic, User, Watch
from documents.base import Raw
from documents.clock import now
from scripts.benching.stage import UNUSABLE_HASH, Scene


async def people(settings: Settings, scene: Scene, sockets: int, watching: int) -> list[str]:
    """That many people who are logged in; the first of them watch the board of the short topic. Gives their cookies."""
    client = mongo_client(settings)
    try:
        await open_documents(client, settings)
        ids = [ObjectId() for _ in range(sockets)]
        moment = now()
        await User.raw().insert_many([_person(id, at) for at, id in enumerate(ids)], ordered=False)
        tokens = [f"bench-{id}" for id in ids]
        rows = [_login(settings, id, token) for id, token in zip(ids, tokens, strict=True)]
        await Login.raw().insert_many(rows, ordered=False)
        topic = await Topic.load(scene.short_topic)
        assert topic is not None
        fields: Raw = {"place": topic.board, "kind": "board", "level": "watch", "created_at": moment}
        watches = [Watch(user=id, **fields).as_stored() for id in ids[:watching]]
        await Watch.raw().insert_many(watches, ordered=False)
    finally:
        await client.close()
    forum = create_app(settings)
    auth = forum.extensions["QUART_AUTH"][0]
    return [f"{AUTH_COOKIE}={auth.dump_token(token, app=forum)}" for token in tokens]


def _person(id: ObjectId, at: int) -> dict[str, Any]:
    name = f"tab_{at}"
    return User(
        id=id,
        username=name,
        username_key=names.username_key(name),
        skeleton=names.skeleton(name),
        email=f"{name}@example.org",
        email_key=f"{name}@example.org",
        email_confirmed_at=now(),
        password_hash=UNUSABLE_HASH,
        created_at=now(),
        starts=starts_of(name, ""),
        segmented=SEGMENTER_VERSION,
    ).as_stored()


def _login(settings: Settings, user: ObjectId, token: str) -> dict[str, Any]:
    moment = now()
    return Login(
        token_hash=hashed(token),
        user=user,
        created_at=moment,
        seen_at=moment,
        expires_at=moment + timedelta(days=settings.session_days),
        remembered=True,
        idle_seconds=0,
        address="127.0.0.1",
        agent="bench",
    ).as_stored()
