"""Who may read /metrics: this machine, or whoever knows the token; what passes a proxy is tried in tests/deploy."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from app.web import metrics
from tests.people import Person

TOKEN = "a-token-for-prometheus"


async def test_this_machine_reads_what_routes_were_asked(guest: Person) -> None:
    await guest.get("/login")
    answer = await guest.get("/metrics")
    assert answer.status_code == 200
    assert 'quorum_requests_total{method="GET",route="/login",status="200"}' in answer.text
    for name in metrics.FORWARDED:
        assert (await guest.get("/metrics", headers={name: "127.0.0.1"})).status_code == 404, name


async def test_with_a_token_nobody_else_reads(guest: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = SimpleNamespace(metrics_token=SecretStr(TOKEN))
    monkeypatch.setattr(metrics, "plumbing", lambda: SimpleNamespace(settings=settings))
    for told in ("", TOKEN, "Bearer", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer 令牌"):
        headers = {"Authorization": told.encode()} if told else {}
        assert (await guest.get("/metrics", headers=headers)).status_code == 404, told
    knows = {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "203.0.113.7"}
    assert (await guest.get("/metrics", headers=knows)).status_code == 200
