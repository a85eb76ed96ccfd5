"""Whether a forum has a life of its own already, which an import would mix with."""

from documents import Topic, User
from documents.base import Raw
from scripts.importing.identity import FROM_ANYWHERE

OWN: Raw = {"source": {"$not": FROM_ANYWHERE}}


async def has_a_life_of_its_own() -> bool:
    """People other than administrators, or topics, that no import has brought."""
    people = await User.raw().find_one({**OWN, "role": {"$ne": "admin"}}, {"_id": 1})
    return people is not None or await Topic.raw().find_one(OWN, {"_id": 1}) is not None
