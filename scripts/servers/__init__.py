"""MongoDB and Redis for the scripts: the ones that the settings name, the ones of a running Quorum, or own ones.

from scripts import servers

with servers.available(settings) as settings:
    ...  # settings.mongodb_uri and settings.redis_url are filled in
"""

from scripts.servers.connect import Servers, available, started
from scripts.servers.instance import locked
from scripts.servers.mongo import EmbeddedMongo
from scripts.servers.problems import DataFolderInUse, MissingServer, ServersError, StartFailed, Unreachable
from scripts.servers.redis import EmbeddedRedis

__all__ = [
    "DataFolderInUse",
    "EmbeddedMongo",
    "EmbeddedRedis",
    "MissingServer",
    "Servers",
    "ServersError",
    "StartFailed",
    "Unreachable",
    "available",
    "locked",
    "started",
]
