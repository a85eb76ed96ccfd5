"""Secrets that have to be read again – those shared with an app – are sealed with a key derived from the forum's own.

AES-256-GCM, bound to the person, so that a copied value is no use for another account. A look at the database alone
gives nothing away; with another QUORUM_SECRET_KEY nothing can be opened (recovery codes still work, they are hashes).
"""

from __future__ import annotations

import functools
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from bson import ObjectId
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
PURPOSE: Final = b"quorum second factor 1"


def seal(key: bytes, text: str, owner: ObjectId) -> str:
    """`text` as only the forum with this key can read it, for this person."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = _cipher(key).encrypt(nonce, text.encode(), owner.binary)
    return urlsafe_b64encode(nonce + sealed).decode()


def unseal(key: bytes, sealed: str, owner: ObjectId) -> str | None:
    """What was sealed; None when the key is another, or the person."""
    try:
        raw = urlsafe_b64decode(sealed)
        return _cipher(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], owner.binary).decode()
    except (InvalidTag, ValueError):
        return None


@functools.lru_cache(4)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt=None, info=PURPOSE).derive(key))
