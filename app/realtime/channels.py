"""Every Redis channel and key prefix of ours, in one place."""

from __future__ import annotations


def prefix(database: str) -> str:
    """What all keys of a forum begin with, so that two can share a Redis."""
    return f"quorum:{database}"


def news(database: str) -> str:
    """The channel on which processes tell each other what has changed."""
    return f"{prefix(database)}:news"


def jobs(database: str) -> str:
    """The name of the queue of jobs; SAQ puts a word of its own before it."""
    return prefix(database)
