"""Servers that the settings name: do they answer, and can they do what Quorum needs? Never prints a password."""

import asyncio
from typing import Any
from urllib.parse import unquote, urlsplit

import redis
from pymongo import AsyncMongoClient
from pymongo.errors import InvalidURI, OperationFailure, PyMongoError
from redis.backoff import NoBackoff
from redis.retry import Retry

from scripts.servers.problems import Unreachable

TIMEOUT = 3  # seconds


def check_mongodb(uri: str) -> None:
    """Raise `Unreachable` unless `uri` leads to a replica set or a sharded cluster that lets us in."""
    try:
        if not uri.startswith(("mongodb://", "mongodb+srv://")):  # pymongo would take it for the name of a host
            raise ValueError("no scheme")
        hello = asyncio.run(_greeted(uri))
    except (InvalidURI, ValueError):
        raise Unreachable("MONGODB_URI is no MongoDB URI, such as mongodb://127.0.0.1:27017/?replicaSet=rs0") from None
    except OperationFailure as error:
        why = (error.details or {}).get("errmsg", error.code)
        raise Unreachable(f"MongoDB at {place(uri)} refuses us (MONGODB_URI): {why}") from None
    except PyMongoError as error:
        raise Unreachable(f"MongoDB at {place(uri)} does not answer (MONGODB_URI): {reason(error)}") from None
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise Unreachable(
            f"MongoDB at {place(uri)} is not a replica set, which transactions need: start it with --replSet"
        )


async def _greeted(uri: str) -> dict[str, Any]:
    """What the server says of itself, once it has let us in.

    PyMongo's other client has threads, for whose end the process would wait half a second when it is done.
    """
    limits: dict[str, Any] = {"serverSelectionTimeoutMS": TIMEOUT * 1000, "connectTimeoutMS": TIMEOUT * 1000}
    async with AsyncMongoClient[dict[str, Any]](uri, **limits) as client:
        hello = await client.admin.command("hello")
        await client.admin.command("listDatabases", nameOnly=True)
    return hello


def check_redis(url: str) -> None:
    """Raise `Unreachable` unless `url` leads to a Redis that lets us in."""
    try:
        client = redis.Redis.from_url(
            url, socket_connect_timeout=TIMEOUT, socket_timeout=TIMEOUT, retry=Retry(NoBackoff(), 0)
        )
        with client:
            client.ping()
    except ValueError:
        raise Unreachable("REDIS_URL is no Redis URL, such as redis://127.0.0.1:6379/0") from None
    except redis.AuthenticationError:
        raise Unreachable(f"Redis at {place(url)} refuses the password (REDIS_URL)") from None
    except redis.RedisError as error:
        raise Unreachable(f"Redis at {place(url)} does not answer (REDIS_URL): {reason(error)}") from None


def place(uri: str) -> str:
    """Host and port, or the socket, of `uri`: what may be shown. A password with a bare / or # hides all."""
    parts = urlsplit(uri)
    hosts = unquote(parts.netloc.rpartition("@")[2]) or parts.path
    return "(hidden)" if "@" in uri.removeprefix(f"{parts.scheme}://{parts.netloc}") else hosts


def reason(error: Exception) -> str:
    """The first clause of a driver's message; the rest is a dump of its view of the servers."""
    return str(error).partition(",")[0].partition(" (")[0].rstrip(".")
