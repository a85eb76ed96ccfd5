"""Which browser on which system a User-Agent header speaks of, for people who look through their log-ins.

No more than a person recognises their device by: browsers freeze the rest of the header, and it is not to be trusted.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final, Literal

from app.web.i18n import N_, Text

Kind = Literal["phone", "tablet", "computer", "program"]

# The first that is found counts: each browser also names those it descends from.
BROWSERS: Final = (
    ("MicroMessenger/", "WeChat"),
    ("QQBrowser/", "QQ Browser"),
    ("UCBrowser/", "UC Browser"),
    ("DingTalk/", "DingTalk"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("YaBrowser/", "Yandex Browser"),
    ("Vivaldi/", "Vivaldi"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("OPR/", "Opera"),
    ("Opera/", "Opera"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edg/", "Edge"),
    ("Edge/", "Edge"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("MSIE ", "Internet Explorer"),
    ("Trident/", "Internet Explorer"),
)
SYSTEMS: Final[tuple[tuple[str, str, Kind], ...]] = (
    ("HarmonyOS", "HarmonyOS", "phone"),
    ("OpenHarmony", "HarmonyOS", "phone"),
    ("iPhone", "iPhone", "phone"),
    ("iPad", "iPad", "tablet"),
    ("Android", "Android", "phone"),
    ("CrOS", "ChromeOS", "computer"),
    ("Windows", "Windows", "computer"),
    ("Macintosh", "macOS", "computer"),
    ("FreeBSD", "FreeBSD", "computer"),
    ("Linux", "Linux", "computer"),
)


@dataclass(frozen=True, slots=True)
class Device:
    """What is known of a device; empty where it does not say."""

    browser: str = ""
    system: str = ""
    kind: Kind = "program"

    def __str__(self) -> str:
        """As it is called on pages, in the viewer's language."""
        if self.browser and self.system:
            return str(Text(N_("%(browser)s on %(system)s"), browser=self.browser, system=self.system))
        return self.browser or self.system or str(Text(N_("An unknown device")))


@functools.lru_cache(4_096)
def device_of(agent: str) -> Device:
    """The device behind a User-Agent header, whatever it says."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system, kind = next(((name, kind) for mark, name, kind in SYSTEMS if mark in agent), ("", "program"))
    if kind == "phone" and "Mobile" not in agent and system == "Android":
        kind = "tablet"
    return Device(browser, system, kind)
