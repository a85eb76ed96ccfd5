"""Texts for a demo forum: names, boards, topics, replies and private messages, all of our own writing.

Everything here is pure and the same for the same seed. What is stored, and how, is the seed script's.
"""

from __future__ import annotations

from scripts.seeding.blocks import shared_blocks
from scripts.seeding.boards import BoardText, boards
from scripts.seeding.generator import Prose
from scripts.seeding.names import usernames
from scripts.seeding.shape import LANGS, THEMES, Lang, Mood, Theme
from scripts.seeding.texts import Conversation, Reply, TopicText, quoted

__all__ = [
    "LANGS",
    "THEMES",
    "BoardText",
    "Conversation",
    "Lang",
    "Mood",
    "Prose",
    "Reply",
    "Theme",
    "TopicText",
    "boards",
    "quoted",
    "shared_blocks",
    "usernames",
]
