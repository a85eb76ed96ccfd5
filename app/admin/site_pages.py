"""What the pages of the settings print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.settings import Settings
from app.site.catalogue import Section, Setting
from app.site.settings import SiteSettings
from app.web.i18n import Text


@dataclass(frozen=True, slots=True)
class Option:
    """One choice."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class FieldView:
    """One setting in a form. `default` is what holds when it is left empty, `variable` where that comes from.

    `theirs` is what somebody else has saved meanwhile, where that is another value.
    """

    name: str
    kind: str
    label: str
    hint: str
    value: str
    options: tuple[Option, ...]
    default: str
    variable: str
    most: int = 0
    low: int = 0
    high: int = 0
    errors: tuple[str, ...] = ()
    theirs: str | None = None

    @property
    def data(self) -> str:
        """As the macros of forms call it."""
        return self.value


def fields(
    section: Section,
    values: Mapping[str, Any],
    environment: Settings,
    *,
    errors: Mapping[str, Text] | None = None,
    theirs: Mapping[str, Any] | None = None,
) -> tuple[FieldView, ...]:
    """The form of a section, filled in with these."""
    return tuple(
        _field(setting, values.get(setting.name), environment, (errors or {}).get(setting.name), theirs)
        for setting in section.settings
    )


def _field(
    setting: Setting, value: Any, environment: Settings, error: Text | None, theirs: Mapping[str, Any] | None
) -> FieldView:
    default = _default(setting, environment)
    low, high = setting.bounds(environment) if setting.kind == "number" else (0, 0)
    other = theirs is not None and theirs.get(setting.name) != value
    return FieldView(
        name=setting.name,
        kind=setting.kind,
        label=str(Text(setting.label)),
        hint=str(Text(setting.hint)) if setting.hint else "",
        value=_shown(setting, value),
        options=_options(setting, default if value is None and setting.kind == "many" else value),
        default=_worded(setting, default),
        variable=setting.variable,
        most=setting.most,
        low=low,
        high=high,
        errors=(str(error),) if error else (),
        theirs=_worded(setting, default if (theirs or {}).get(setting.name) is None else (theirs or {})[setting.name])
        if other
        else None,
    )


def _default(setting: Setting, environment: Settings) -> Any:
    where = environment if setting.from_environment else SiteSettings.model_construct()
    return getattr(where, setting.name)


def _shown(setting: Setting, value: Any) -> str:
    return "" if value is None or value is False else "1" if value is True else str(value)


def _options(setting: Setting, value: Any) -> tuple[Option, ...]:
    chosen = str(value).split() if setting.kind == "many" else [str(value)]
    return tuple(
        Option(key, str(Text(label)) if setting.kind == "choice" else label, key in chosen)
        for key, label in setting.choices
    )


def _worded(setting: Setting, value: Any) -> str:
    """A value as the form would show it."""
    if setting.kind == "choice":
        return next((str(Text(label)) for key, label in setting.choices if key == value), "")
    if setting.kind == "switch":
        return ""
    return str(value)
