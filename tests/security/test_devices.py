"""By what people recognise their devices."""

from __future__ import annotations

import pytest

from app.accounts.devices import device_of

M = "Mozilla/5.0"
KHTML = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "expected", "kind"),
    [
        (f"{M} (Windows NT 10.0; Win64; x64) {KHTML} Chrome/141.0.0.0 Safari/537.36", "Chrome on Windows", "computer"),
        (f"{M} (Windows NT 10.0) {KHTML} Chrome/141.0 Safari/537.36 Edg/141.0", "Edge on Windows", "computer"),
        (f"{M} (Macintosh; Intel Mac OS X 10_15_7) Version/18.1 Safari/605.1.15", "Safari on macOS", "computer"),
        (f"{M} (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox on Linux", "computer"),
        (f"{M} (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148 Safari/604.1", "Safari on iPhone", "phone"),
        (f"{M} (iPhone; CPU iPhone OS 18_1 like Mac OS X) CriOS/141 Mobile Safari/604.1", "Chrome on iPhone", "phone"),
        (f"{M} (Linux; Android 10; K) {KHTML} Chrome/141.0 Mobile Safari/537.36", "Chrome on Android", "phone"),
        (f"{M} (Linux; Android 13; SM-X200) {KHTML} Chrome/141.0 Safari/537.36", "Chrome on Android", "tablet"),
        (
            f"{M} (Linux; Android 14) Chrome/116 Mobile Safari/537.36 MicroMessenger/8.0.49",
            "WeChat on Android",
            "phone",
        ),
        (f"{M} (X11; CrOS x86_64 14541.0.0) {KHTML} Chrome/141.0 Safari/537.36", "Chrome on ChromeOS", "computer"),
        ("curl/8.5.0", "An unknown device", "program"),
        ("", "An unknown device", "program"),
        ("<script>alert(1)</script>\x00" * 40, "An unknown device", "program"),
    ],
)
def test_a_device_has_a_name(agent: str, expected: str, kind: str) -> None:
    assert (str(device_of(agent)), device_of(agent).kind) == (expected, kind)
