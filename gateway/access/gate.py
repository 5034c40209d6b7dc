"""Looks at tokens: JWTs (RFC 7519), signed with one of the keys, at their time, for this service.

PyJWT brings cryptography, a sixth of what a gateway's start takes: one that asks for no tokens does without.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from gateway.access.errors import TokenError
from gateway.access.grant import Grant, read_grant
from gateway.access.keyring import KeyRing
from gateway.access.keys import Key
from proto.chatmessage_pb2 import chatmessage
from runtime.access_settings import AccessSettings

LEEWAY_SECONDS = 30.0
"""How far the clocks of two machines may differ: so long before `nbf` and after `exp` a token is taken."""
MAX_TOKEN_BYTES = 6144
"""What fits in the line of a header of 8 KiB, as the WebSocket library takes it, with other subprotocols."""
AUTH_REQUIRED = chatmessage(auth_required=True).SerializePartialToString()
NO_TOKEN = "this is no token: a signed JWT is expected, three parts in base64url with dots between"
WRONG_KEY = "the token is not signed with a key of this service"
REASONS = {
    "ExpiredSignatureError": "the token has expired; get a new one",
    "ImmatureSignatureError": "the token is not valid yet; try again later",
    "InvalidAudienceError": "the token is for another service: its `aud` is not ours",
    "InvalidIssuerError": "the token is of another issuer: its `iss` is not the one that is trusted here",
}
"""By the names of PyJWT's errors."""


class Gate:
    """What all connections of a gateway share about tokens. Where no setting asks for tokens, it stands open."""

    def __init__(self, settings: AccessSettings) -> None:
        self.asks_for_tokens = settings.asks_for_tokens
        self._settings = settings
        self._ring = KeyRing(settings)

    async def open(self) -> None:
        """Read the keys; raises KeysError."""
        if self.asks_for_tokens:
            # It is imported where it is first needed: here, and not while somebody waits.
            import_module("jwt")

        await self._ring.open()

    async def run(self) -> None:
        """Follow changes of the keys; ends at once if there can be none."""
        await self._ring.run()

    @property
    def version(self) -> int:
        """Another one when the keys have changed."""
        return self._ring.version

    def announce(self, greeting: bytes) -> bytes:
        """A PENDING that says whether a token is needed."""
        return greeting + AUTH_REQUIRED if self.asks_for_tokens else greeting

    def check(self, token: str) -> Grant:
        """What a token allows; raises TokenError. Takes a tenth of a millisecond of
        the processor's time, and two where a token names none of 32 keys."""
        import jwt

        if len(token) > MAX_TOKEN_BYTES:
            raise TokenError(f"the token has over {MAX_TOKEN_BYTES} bytes")
        try:
            header = jwt.get_unverified_header(token)
        except Exception:
            # Made by anybody: the library is not to be trusted to raise its own errors only.
            raise TokenError(NO_TOKEN) from None
        if "crit" in header:
            # Whoever does not know what it names must refuse (RFC 7515, section 4.1.11).
            raise TokenError("the token has a `crit` header, which is not known here")
        return read_grant(self._verify(token, self._ring.find(header.get("alg"), header.get("kid"))))

    def _verify(self, token: str, keys: list[Key]) -> Mapping[str, Any]:
        import jwt

        for key in keys:
            try:
                return jwt.decode(
                    token,
                    key.value,
                    algorithms=[key.algorithm],
                    audience=self._settings.audience,
                    issuer=self._settings.issuer,
                    leeway=LEEWAY_SECONDS,
                    options={"require": ["exp"]},
                )
            except jwt.InvalidSignatureError:
                continue
            except jwt.MissingRequiredClaimError as error:
                raise TokenError(f"the token has no `{error.claim}`, which it needs") from None
            except Exception as error:
                raise TokenError(REASONS.get(type(error).__name__, "the token's claims cannot be read")) from None
        raise TokenError(WRONG_KEY)
