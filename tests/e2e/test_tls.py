"""A gateway with a certificate of its own: everything over TLS, and a certificate that is replaced while it runs."""

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from edgechat.client import Client
from harness.parts import ROOT, Gateway, Stack
from harness.raw import RawClients, request
from harness.servers import free_port
from harness.waiting import until

OPENSSL = shutil.which("openssl")
SECONDS = 30.0


def make_certificate(directory: Path, name: str) -> tuple[Path, Path]:
    """A certificate for localhost that signs itself, and its key."""
    assert OPENSSL, "openssl makes the certificates"
    certificate, key = directory / f"{name}.pem", directory / f"{name}.key"
    names = ("-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    command = (OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", *names, "-out", certificate, "-keyout", key)
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


def trusting(certificate: Path) -> ssl.SSLContext:
    """Of somebody who trusts this certificate and no other."""
    return ssl.create_default_context(cafile=certificate)


async def start(stack: Stack, directory: Path) -> tuple[Gateway, Path, Path]:
    """A gateway with a certificate, and the files that it is to read."""
    certificate, key = make_certificate(directory, "first")
    shown, kept = directory / "shown.pem", directory / "shown.key"
    shutil.copy(certificate, shown)
    shutil.copy(key, kept)
    return await stack.start_gateway(TLS_CERT_FILE=str(shown), TLS_KEY_FILE=str(kept)), shown, kept


def address(gateway: Gateway) -> str:
    """Its URL."""
    return f"wss://127.0.0.1:{gateway.port}/"


async def test_everything_goes_over_tls(stack: Stack, raw: RawClients, tmp_path: Path) -> None:
    """Python's client, a page of some size, `health` and `status`; who speaks no TLS gets nothing."""
    gateway, shown, kept = await start(stack, tmp_path)
    text = "over TLS " * 20_000
    async with Client(address(gateway), ssl=trusting(shown)) as adam:
        await adam.join("adam", 0)
        assert (await adam.comment(text)).comment == text
    client = await raw.at(gateway.port, trusting(shown))
    name = "edgechat.js"
    file = (ROOT / "gateway" / "page" / "static" / name).read_text()
    status, answer = await client.ask(f"GET /{name} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert status == 200
    assert answer.endswith(file)
    plain = await raw.at(gateway.port)
    await plain.send(request({}))
    assert await plain.receive() is None
    settings = {
        "CONTAINER_HOST": "127.0.0.1",
        "CONTAINER_PORT": str(gateway.port),
        "TLS_CERT_FILE": str(shown),
        "TLS_KEY_FILE": str(kept),
        "GATEWAY_METRICS_PORT": "0",
    }
    assert await stack.ask("health", "gateway", **settings) == (0, "")
    _, told = await stack.ask("status", **settings)
    assert f"wss://127.0.0.1:{gateway.port}" in told
    assert "takes connections" in told
    assert "Traceback" not in gateway.part.output


async def test_a_new_certificate_is_taken_up(stack: Stack, raw: RawClients, tmp_path: Path) -> None:
    """Those who connect see it, the others stay connected; one that cannot be used is told of, and changes nothing."""
    gateway, shown, kept = await start(stack, tmp_path)
    first, second = trusting(shown), make_certificate(tmp_path, "second")
    early = await raw.at(gateway.port, first)
    assert (await early.ask(request({})))[0] == 101

    # Half of a new pair: the key is not the certificate's.
    shutil.copy(second[0], shown)
    await gateway.part.until_said("cannot be used: the key is not the certificate's")
    late = await raw.at(gateway.port, first)
    assert (await late.ask(request({})))[0] == 101
    shown.write_text("nothing")
    await gateway.part.until_said("there is no certificate or no key in PEM in it")
    shown.unlink()
    await gateway.part.until_said("cannot be used: No such file or directory")
    late = await raw.at(gateway.port, first)
    assert (await late.ask(request({})))[0] == 101

    shutil.copy(second[0], shown)
    shutil.copy(second[1], kept)

    async def is_second() -> bool:
        try:
            client = await raw.at(gateway.port, trusting(second[0]))
        except ssl.SSLError:
            return False
        return (await client.ask(request({})))[0] == 101

    await until(is_second, "the new certificate", SECONDS)
    with pytest.raises(ssl.SSLError):
        await raw.at(gateway.port, first)
    assert "took up a new certificate" in gateway.part.output
    await early.send(b"\x89\x80\0\0\0\0")
    assert await early.until(0xA) == b""


@pytest.mark.parametrize(
    ("certificate", "key", "words"),
    [
        ("none.pem", "", "cannot be used: No such file or directory"),
        ("first.pem", "second.key", "the key is not the certificate's"),
        ("", "first.key", "TLS_KEY_FILE is set and TLS_CERT_FILE is not"),
    ],
)
async def test_a_certificate_that_cannot_be_used(
    stack: Stack, tmp_path: Path, certificate: str, key: str, words: str
) -> None:
    """The gateway does not start, and says why in a line."""
    make_certificate(tmp_path, "first")
    make_certificate(tmp_path, "second")
    code, told = await stack.ask(
        "gateway",
        CONTAINER_PORT=str(free_port()),
        TLS_CERT_FILE=str(tmp_path / certificate) if certificate else "",
        TLS_KEY_FILE=str(tmp_path / key) if key else "",
    )
    assert code == 1
    assert words in told
    assert "Traceback" not in told


async def test_a_half_open_handshake_of_tls_is_cut(stack: Stack, raw: RawClients, tmp_path: Path) -> None:
    """As one of HTTP is."""
    certificate, key = make_certificate(tmp_path, "first")
    gateway = await stack.start_gateway(TLS_CERT_FILE=str(certificate), TLS_KEY_FILE=str(key), HANDSHAKE_TIMEOUT="1")
    clients = [await raw.at(gateway.port) for _ in range(20)]
    for client in clients[10:]:
        await client.send(b"\x16\x03\x01\x02\x00")
    for client in clients:
        await client.ended()
    assert "Traceback" not in gateway.part.output
