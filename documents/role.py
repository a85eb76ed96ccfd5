"""Roles: what the people who have them may do."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from documents.base import Field, Record, index


class Role(Record):
    """A named set of permissions (their names in `app.permissions.catalogue`).

    `key` is what people and boards refer to it by: a word for the built-in ones, of which only those that were changed
    are stored; the id for own ones. `known` are the permissions that there were when it was saved, so that one that
    comes with a later version starts as the built-in role has it. `limits` are those of app.permissions.catalogue that
    were set: how often the people with this role may do something.
    """

    key: str
    name: str = ""
    name_key: str = ""
    description: str = ""
    permissions: list[str] = Field(default_factory=list)
    known: list[str] = Field(default_factory=list)
    limits: dict[str, int] = Field(default_factory=dict)
    position: int = 0
    edits: int = 0
    created_at: datetime

    class Settings:
        """Collection and indexes."""

        name = "roles"
        indexes: ClassVar = [
            index("key", unique=True),
            index("name_key", unique=True, where={"name_key": {"$gt": ""}}),
        ]
