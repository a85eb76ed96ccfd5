"""What each kind of operation is called, for those who read the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.web.i18n import N_

VERBS: Final[Mapping[str, str]] = {
    "topic.pin": N_("Pin topic"),
    "topic.unpin": N_("Unpin topic"),
    "topic.announce": N_("Announce topic"),
    "topic.unannounce": N_("End announcement of topic"),
    "topic.feature": N_("Feature topic"),
    "topic.unfeature": N_("Feature topic no longer"),
    "topic.lock": N_("Lock topic"),
    "topic.unlock": N_("Unlock topic"),
    "topic.edit": N_("Edit topic"),
    "topic.delete": N_("Delete topic"),
    "topic.restore": N_("Restore topic"),
    "topic.retitle": N_("Change title"),
    "topic.move": N_("Move topic"),
    "topic.merge": N_("Merge topics"),
    "topic.split": N_("Split topic"),
    "topic.slow": N_("Slow mode"),
    "comment.edit": N_("Edit comment"),
    "comment.delete": N_("Delete comment"),
    "comment.restore": N_("Restore comment"),
    "board.create": N_("Create board"),
    "board.change": N_("Change board"),
    "board.move": N_("Move board in the list"),
    "board.archive": N_("Archive board"),
    "board.unarchive": N_("Take board out of the archive"),
    "board.delete": N_("Delete board"),
    "board.restore": N_("Restore board"),
    "board.roles": N_("Change what roles may in a board"),
    "role.create": N_("Create role"),
    "role.change": N_("Change role’s permissions"),
    "role.delete": N_("Delete role"),
    "setting.change": N_("Change settings"),
    "person.create": N_("Create account"),
    "person.role": N_("Change role"),
    "person.ban": N_("Ban"),
    "person.unban": N_("Lift ban"),
    "person.warn": N_("Warn"),
    "person.silence": N_("Silence"),
    "person.unsilence": N_("Lift silence"),
    "network.ban": N_("Ban network"),
    "network.lift": N_("Lift ban of network"),
    "person.password": N_("Set password"),
    "report.accept": N_("Find a report right"),
    "report.reject": N_("Find nothing wrong"),
    "appeal.grant": N_("Grant appeal"),
    "appeal.refuse": N_("Refuse appeal"),
    "person.factors": N_("Remove second factor"),
    "forum.cleanup": N_("Purge by plan"),
}
