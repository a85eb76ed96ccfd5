"""What a killed process has begun and not stored is in nobody's way for long."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure

from app.lifecycle import mongo_client
from app.orphans import IDLE_AFTER, end_all
from app.settings import Settings
from documents.base import Raw
from tests.people import Forum

Client = AsyncMongoClient[Raw]
OURS, OTHERS = "quorum orphans", "another program"


@pytest.fixture
async def clients(settings: Settings, forum: Forum) -> AsyncIterator[tuple[Client, Client]]:
    """One of a forum, one of somebody else on the same server."""
    found = mongo_client(settings, name=OURS), mongo_client(settings, name=OTHERS)
    yield found
    for client in found:
        await client.drop_database("quorum_orphans")
        await client.close()


async def test_only_our_own_idle_transactions_are_ended(clients: tuple[Client, Client]) -> None:
    sessions = [client.start_session() for client in clients]
    things = [client["quorum_orphans"][f"things_{number}"] for number, client in enumerate(clients)]
    for session, thing in zip(sessions, things, strict=True):
        await thing.insert_one({"_id": 1, "name": "before"})
        await session.start_transaction()
        await thing.update_one({"_id": 1}, {"$set": {"name": "after"}}, session=session)
    ours = clients[0]
    assert await end_all(ours, OURS, IDLE_AFTER) == 0, "it has only just begun"
    assert await end_all(ours, OURS, timedelta()) == 1
    await things[0].update_one({"_id": 1}, {"$set": {"name": "somebody else"}})
    with pytest.raises(OperationFailure) as refused:
        await sessions[0].commit_transaction()
    assert refused.value.has_error_label("TransientTransactionError"), "who lives begins again"
    await sessions[1].commit_transaction()
    assert [(await thing.find_one({})) for thing in things] == [
        {"_id": 1, "name": "somebody else"},
        {"_id": 1, "name": "after"},
    ]
    for session in sessions:
        await session.end_session()
