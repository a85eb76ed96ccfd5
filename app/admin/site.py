"""Setting the forum: what was sent is checked, stored with the operation that says so, and in force within a second."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from app.comments import rendering
from app.errors import Conflict, Forbidden, Invalid
from app.events import SettingsChanged
from app.files.service import leave
from app.operations.service import record, target
from app.settings import Settings
from app.site.catalogue import LOGO, SECTIONS, Section, Setting, fits
from app.viewer import Viewer
from app.web.forms import clean, one_line
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Site
from documents.base import Raw
from documents.site import SITE_ID

MARK_CHARS: Final = 12
DIGITS_MAX: Final = 9
ANNOUNCEMENTS: Final = ("announcement_en", "announcement_zh")

# By the name of a setting; None is what the environment says, or nothing.
Values = Mapping[str, Any]


class Overtaken(Conflict):
    """Somebody else has saved the same settings since the form was shown: `theirs` stand there now."""

    default = Text(N_("Somebody else has changed these settings in the meantime. Compare both below, then save again."))

    def __init__(self, theirs: Values) -> None:
        super().__init__()
        self.theirs = theirs


def stored_of(section: Section, site: Site) -> dict[str, Any]:
    """What was set of a section."""
    return {setting.name: site.values.get(setting.name) for setting in section.settings}


def mark_of(values: Values) -> str:
    """By which a form says what it was filled in with."""
    return hashlib.sha256(json.dumps(dict(values), sort_keys=True).encode()).hexdigest()[:MARK_CHARS]


def read(section: Section, sent: Mapping[str, list[str]], environment: Settings) -> dict[str, Any]:
    """The values that a form says; `Invalid` names the fields that say something else."""
    values: dict[str, Any] = {}
    wrong: dict[str, Text] = {}
    for setting in section.settings:
        try:
            values[setting.name] = _value(setting, sent.get(setting.name, []), environment)
        except Invalid as invalid:
            wrong[setting.name] = invalid.text
    if wrong:
        raise Invalid(fields=wrong)
    return values


def _value(setting: Setting, sent: list[str], environment: Settings) -> Any:
    if setting.kind == "switch":
        return bool(sent) or None
    if setting.kind == "many":
        return _many(setting, sent, environment)
    text = clean(sent[0]).strip() if sent and setting.kind == "markdown" else one_line(sent[0]) if sent else ""
    if not text:
        return None
    if setting.kind == "number":
        return _number(setting, text, environment)
    if setting.kind == "choice" and not fits(setting.name, text, environment):
        raise Invalid(Text(N_("Please choose one of the list.")))
    if setting.most and len(text) > setting.most:
        too_long = N_("%(length)s characters; the limit is %(limit)s.")
        raise Invalid(Text(too_long, length=len(text), limit=setting.most))
    return text


def _number(setting: Setting, text: str, environment: Settings) -> int:
    low, high = setting.bounds(environment)
    whole = text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX
    if not whole or not low <= int(text) <= high:
        raise Invalid(Text(N_("A whole number from %(low)s to %(high)s, please."), low=low, high=high))
    return int(text)


def _many(setting: Setting, sent: list[str], environment: Settings) -> str | None:
    """What is the same as in the environment is not set."""
    known = [key for key, _ in setting.choices]
    if not set(sent) <= set(known):
        raise Invalid(Text(N_("Please choose one of the list.")))
    chosen = [key for key in known if key in sent]
    return None if set(chosen) == set(getattr(environment, setting.name).split()) else " ".join(chosen)


async def change(viewer: Viewer, key: str, values: Values, *, seen: str) -> bool:
    """Set a section. `seen` is the mark of what the form was filled in with; `Overtaken` when other things
    stand there now. False when all was so already.
    """
    _require_manager(viewer)
    section = SECTIONS[key]
    made = await _made(viewer, values)

    async def steps(work: Work) -> bool:
        site = await Site.now(work.session)
        before = stored_of(section, site)
        if before == dict(values):
            return False
        if mark_of(before) != seen:
            raise Overtaken(before)
        await _put(work, viewer, site, values, made, key)
        return True

    return await together(steps, hot=(SITE_ID,))


async def _put(work: Work, viewer: Viewer, site: Site, values: Values, made: Raw, section: str) -> None:
    """Store these beside what else is set, and write down what was there before."""
    before = {name: site.values.get(name) for name in values}
    after = {name: value for name, value in {**site.values, **values}.items() if value is not None}
    await Site.put(after, {**site.made, **made}, work.session)
    done = target("setting", None, before, dict(values)).model_copy(update={"name": section})
    await record(work, viewer, "setting.change", [done])
    work.record(SettingsChanged())


async def _made(viewer: Viewer, values: Values) -> Raw:
    """What follows from these values: announcements as HTML, and their mark."""
    if not all(name in values for name in ANNOUNCEMENTS):
        return {}
    html = {name: await _html(viewer, values[name]) for name in ANNOUNCEMENTS}
    mark = mark_of(html) if any(html.values()) else ""
    return {
        "announcement_html_en": html["announcement_en"],
        "announcement_html_zh": html["announcement_zh"],
        "announcement_mark": mark,
    }


async def _html(viewer: Viewer, text: str | None) -> str:
    return (await rendering.write(viewer.me, text, "announcement")).html if text else ""


async def put_logo(work: Work, viewer: Viewer, sha256: str) -> bool:
    """Show this picture as the logo, or none; False when it is so already."""
    _require_manager(viewer)
    site = await Site.now(work.session)
    before = str(site.values.get(LOGO) or "")
    if before == sha256:
        return False
    await _put(work, viewer, site, {LOGO: sha256 or None}, {}, LOGO)
    await leave(work, "avatar", before)
    return True


def _require_manager(viewer: Viewer) -> None:
    if not viewer.may("manage_settings"):
        raise Forbidden
