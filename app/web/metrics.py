"""/metrics, which Prometheus reads."""

from __future__ import annotations

import asyncio
from hmac import compare_digest
from ipaddress import ip_address
from typing import Any, Final, cast

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from quart import Blueprint, Response, current_app, request

from app.errors import NotFound
from app.web.context import RUNNING, plumbing
from app.web.health import Running, answers, jobs
from app.web.needs import EVERYBODY, declare
from app.web.numbers import shared

blueprint = Blueprint("metrics", __name__)
declare(blueprint, EVERYBODY)  # by address or token, as `_may_read` says

# Set by proxies; with any of these it is not this machine that asks.
FORWARDED: Final = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


@blueprint.get("/metrics")
async def metrics() -> Response:
    """Prometheus' text format, for this machine or whoever knows the token; for all others there is nothing."""
    if not _may_read():
        raise NotFound
    state = await _state()
    body = await asyncio.to_thread(lambda: generate_latest(shared()) + generate_latest(state))
    return Response(body, content_type=CONTENT_TYPE_LATEST)


def _may_read() -> bool:
    token = plumbing().settings.metrics_token
    if token is not None:
        wanted = f"Bearer {token.get_secret_value()}"
        return compare_digest(request.headers.get("Authorization", "").encode(), wanted.encode())
    return not any(name in request.headers for name in FORWARDED) and _is_loopback(request.remote_addr)


def _is_loopback(address: str | None) -> bool:
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False


async def _state() -> CollectorRegistry:
    """What is asked anew each time."""
    running = cast(Running | None, current_app.extensions.get(RUNNING))
    registry = CollectorRegistry()
    up = Gauge("quorum_answers", "Whether what the forum lives on answers", ["service"], registry=registry)
    for name, well in (await answers(running)).items():
        up.labels(name).set(well)
    _count_jobs(registry, await jobs(running))
    return registry


def _count_jobs(registry: CollectorRegistry, found: dict[str, Any] | None) -> None:
    queued = Gauge("quorum_jobs_queued", "Jobs in the queue", ["state"], registry=registry)
    overdue = Gauge("quorum_jobs_overdue", "Documents whose job has waited too long", ["kind"], registry=registry)
    for state, count in ((found or {}).get("queue") or {}).items():
        queued.labels(state).set(count)
    for kind, count in ((found or {}).get("overdue") or {}).items():
        overdue.labels(kind).set(count)
