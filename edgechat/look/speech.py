"""How the gateway on this machine is spoken to: with TLS or without."""

import ssl

from runtime.limit_settings import LimitSettings


def scheme(kind: str, limits: LimitSettings) -> str:
    """`ws` or `http`, with an s where the gateway has a certificate."""
    return f"{kind}s" if limits.certificate else kind


def local_tls(limits: LimitSettings) -> ssl.SSLContext | None:
    """For questions to the gateway on this machine; None where it speaks no TLS.

    Its certificate is for the name that others know it by, and the answer is no secret: it is not checked.
    """
    if limits.certificate is None:
        return None
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
