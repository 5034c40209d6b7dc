"""TLS by certificate files, which may be replaced while the gateway runs."""

import asyncio
import logging
import ssl
from pathlib import Path

from runtime.errors import StackError
from runtime.limit_settings import CertificateFiles
from runtime.logs import event
from runtime.outage import Outage

LOOK_INTERVAL = 2.0
"""Seconds between two looks whether the files have changed."""

logger = logging.getLogger("gateway")


class CertificateError(StackError):
    """The certificate or its key cannot be used; the message says which files and why."""


class Certificate:
    """What the gateway shows to clients: always the last pair of files that could be used."""

    def __init__(self, files: CertificateFiles) -> None:
        """Raises CertificateError."""
        self._files = files
        self._seen = self._look()
        self._present = self._load()
        # Whether there are files that cannot be used.
        self._is_outdated = False
        self._outage = Outage("a certificate that can be used; the former one stays", logger)
        # Handshakes begin with this one and go on with the present one, so that a change is all or nothing.
        self.context = _make_context()
        self.context.sni_callback = self._choose

    async def watch(self) -> None:
        """Take up new files until cancelled. Connections stay as they are; those that come see the new certificate."""
        while True:
            await asyncio.sleep(LOOK_INTERVAL)
            self.refresh()

    def refresh(self) -> None:
        """Take up files that have changed; those that cannot be used are told of, and tried at each look."""
        seen = self._look()
        if seen == self._seen and not self._is_outdated:
            return
        try:
            self._present = self._load()
        except CertificateError as error:
            self._is_outdated = True
            return self._outage.note(str(error), is_partial=True)
        self._seen, self._is_outdated = seen, False
        self._outage.end()
        named = event("certificate_changed", file=str(self._files.certificate))
        logger.info("took up a new certificate from %s", self._files.certificate, extra=named)

    def _choose(self, handshake: ssl.SSLObject | ssl.SSLSocket, _name: str | None, _context: ssl.SSLContext) -> None:
        handshake.context = self._present

    def _look(self) -> list[tuple[int, int, int] | None]:
        """What changes when a file does; None for one that is not there."""
        return [_stamp(path) for path in (self._files.certificate, self._files.key)]

    def _load(self) -> ssl.SSLContext:
        context = _make_context()
        try:
            context.load_cert_chain(self._files.certificate, self._files.key, password=_no_password)
        except (OSError, ValueError) as error:
            # ssl.SSLError is an OSError.
            names = ", ".join(str(path) for path in dict.fromkeys((self._files.certificate, self._files.key)))
            raise CertificateError(
                f"the certificate and key in {names} (TLS_CERT_FILE, TLS_KEY_FILE) cannot be used: {_in_words(error)}"
            ) from None
        return context


def _make_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # WebSockets over HTTP/2 are another protocol (RFC 8441), which the library does not speak.
    context.set_alpn_protocols(["http/1.1"])
    return context


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _no_password() -> str:
    """OpenSSL would ask for it at the terminal."""
    raise ValueError("the key has a password; take it off: openssl pkey -in KEY -out KEY.plain")


def _in_words(error: OSError | ValueError) -> str:
    if isinstance(error, ssl.SSLError):
        if error.reason == "KEY_VALUES_MISMATCH":
            return "the key is not the certificate's"
        # OpenSSL has many words for that, and for some of them no name.
        return f"there is no certificate or no key in PEM in it ({error.reason or error})"
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
