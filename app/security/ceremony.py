"""The two ceremonies of WebAuthn: making a passkey, and showing that one has it.

User verification is asked for in both, so that a passkey is two factors: the device, and what opens it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

import webauthn
from bson import ObjectId
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from app.errors import Invalid
from app.security.place import Place
from app.viewer import Viewer
from app.web.i18n import N_, Text
from documents import Challenge, Passkey
from documents.clock import now
from documents.passkey import Purpose

CHALLENGE_BYTES: Final = 32
LASTS: Final = timedelta(minutes=5)
TIMEOUT_MS: Final = int(LASTS.total_seconds() * 1000)
# A credential is some kilobytes at most.
CREDENTIAL_MAX_CHARS: Final = 32_000

UNREADABLE: Final = Text(N_("The passkey’s answer could not be read. Please try again."))
OVER: Final = Text(N_("That took too long, or was sent twice. Please try again."))
REFUSED: Final = Text(N_("This passkey could not be verified. Please try again, or use another way."))
UNKNOWN: Final = Text(N_("This passkey is not known here. It may have been removed from the account."))


async def options_to_make(place: Place, viewer: Viewer, subject: str, have: Iterable[Passkey]) -> str:
    """What the browser needs to make a passkey, as JSON. `subject` is the browser that may answer."""
    assert viewer.card is not None
    options = webauthn.generate_registration_options(
        rp_id=place.rp,
        rp_name=place.site_name,
        user_id=viewer.me.binary,
        user_name=viewer.card.username,
        user_display_name=viewer.card.name,
        challenge=await _challenge(subject, "register"),
        timeout=TIMEOUT_MS,
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_descriptors(place, have),
    )
    return webauthn.options_to_json(options)


async def options_to_show(place: Place, subject: str, purpose: Purpose, have: Iterable[Passkey] = ()) -> str:
    """What the browser needs to show a passkey: one of these, or any that it has for this place."""
    options = webauthn.generate_authentication_options(
        rp_id=place.rp,
        challenge=await _challenge(subject, purpose),
        timeout=TIMEOUT_MS,
        allow_credentials=_descriptors(place, have),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def _descriptors(place: Place, have: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    known = {transport.value for transport in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(passkey.credential),
            transports=[AuthenticatorTransport(name) for name in passkey.transports if name in known],
        )
        for passkey in have
        if passkey.rp == place.rp
    ]


async def _challenge(subject: str, purpose: Purpose) -> bytes:
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    stored = Challenge(hash=_hash(challenge), subject=subject, purpose=purpose, expires_at=now() + LASTS)
    await Challenge.raw().insert_one(stored.as_stored())
    return challenge


def _hash(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()


async def made(place: Place, subject: str, text: str) -> tuple[VerifiedRegistration, list[str]]:
    """The passkey that the browser has made, and its transports; `Invalid` for anything else."""
    credential, challenge = await _answered(subject, "register", text)
    try:
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.rp,
            expected_origin=list(place.origins),
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 - the library raises whatever its parsers do
        raise Invalid(REFUSED) from None
    transports = credential["response"].get("transports")
    named = [name for name in transports if isinstance(name, str)] if isinstance(transports, list) else []
    return verified, named[:8]


async def shown(place: Place, subject: str, purpose: Purpose, text: str, *, owner: ObjectId | None = None) -> Passkey:
    """The passkey that somebody has shown, with its use noted; `Invalid` when it is none, or not one of `owner`."""
    credential, challenge = await _answered(subject, purpose, text)
    passkey = await Passkey.by_credential(str(credential.get("id")), place.rp)
    if passkey is None or (owner is not None and passkey.user != owner):
        raise Invalid(UNKNOWN)
    verified = _verified(place, passkey, credential, challenge)
    if not await passkey.count_use(verified.new_sign_count):
        raise Invalid(OVER)
    return passkey


def _verified(place: Place, passkey: Passkey, credential: dict[str, Any], challenge: bytes) -> VerifiedAuthentication:
    handle = credential["response"].get("userHandle")
    try:
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.rp,
            expected_origin=list(place.origins),
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 - the library raises whatever its parsers do
        raise Invalid(REFUSED) from None
    if handle and handle != bytes_to_base64url(passkey.user.binary):
        raise Invalid(REFUSED)
    return verified


async def _answered(subject: str, purpose: Purpose, text: str) -> tuple[dict[str, Any], bytes]:
    """The credential that was sent and the challenge it answers, which is used up by that, right or wrong."""
    credential, challenge = _read(text)
    if not await Challenge.take(_hash(challenge), subject, purpose):
        raise Invalid(OVER)
    return credential, challenge


def _read(text: str) -> tuple[dict[str, Any], bytes]:
    if len(text) > CREDENTIAL_MAX_CHARS:
        raise Invalid(UNREADABLE)
    try:
        credential = json.loads(text)
        said = json.loads(_decoded(credential["response"]["clientDataJSON"]))
        return credential, _decoded(said["challenge"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Invalid(UNREADABLE) from None


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
