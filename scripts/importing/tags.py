"""Tags of the archive → what they are called here since administrators have renamed, merged or barred some."""

from collections.abc import Sequence

from documents import Tag
from documents.base import Session


async def tags_here(names: Sequence[str], session: Session = None) -> list[str]:
    """These tags by their names of now, each once, without those that nobody may use."""
    here, barred = await Tag.standing(names, session)
    return [name for name in here if name not in barred]
