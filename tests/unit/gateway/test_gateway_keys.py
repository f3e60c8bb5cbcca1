"""Published keys: which are taken, when they are looked up again, and what happens when they cannot be had."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from gateway.proxy.keys import (
    MAX_AGE_S,
    MAX_JWKS_BYTES,
    MIN_INTERVAL_S,
    Keyring,
    KeysUnavailable,
    from_file,
    from_url,
    parse_jwks,
)
from tests.unit.gateway.tokens import Issuer


class Clock:
    """A clock the test turns."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Source:
    """A place of keys that counts how often it was asked and may fail."""

    def __init__(self, document: bytes) -> None:
        self.document = document
        self.asked = 0
        self.failure: Exception | None = None

    async def __call__(self) -> bytes:
        self.asked += 1
        await asyncio.sleep(0)
        if self.failure:
            raise self.failure
        return self.document


def _only(issuer: Issuer, *kids: str) -> bytes:
    keys = [key for key in json.loads(issuer.document)["keys"] if key["kid"] in kids]
    return json.dumps({"keys": keys}).encode()


def test_each_key_is_tied_to_the_algorithm_of_its_type(issuer: Issuer) -> None:
    found = {kid: key.algorithm for kid, key in parse_jwks(issuer.document).items()}
    assert found == {"rsa": "RS256", "ec": "ES256", "ed": "EdDSA"}


def _entry(algorithm: str, key: Any) -> dict[str, Any]:
    entry: dict[str, Any] = jwt.get_algorithm_by_name(algorithm).to_jwk(key, as_dict=True)
    return entry


@pytest.mark.parametrize(
    "entry",
    [
        {"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "kid": "x"},
        _entry("ES256", ec.generate_private_key(ec.SECP256R1()).public_key()) | {"use": "enc"},
        _entry("ES256", ec.generate_private_key(ec.SECP256R1()).public_key()) | {"alg": "HS256"},
        _entry("ES384", ec.generate_private_key(ec.SECP384R1()).public_key()),
        _entry("RS256", rsa.generate_private_key(65537, 1024).public_key()),  # noqa: S505  that is the point
        {"kty": "RSA", "n": "!", "e": "AQAB"},
        {"kty": "OKP", "crv": "X25519", "x": "AA"},
        {},
    ],
)
def test_other_keys_are_left_out(issuer: Issuer, entry: dict[str, Any]) -> None:
    document = json.loads(issuer.document)
    document["keys"].append(entry | {"kid": "odd"})
    assert set(parse_jwks(json.dumps(document).encode())) == {"rsa", "ec", "ed"}
    with pytest.raises(KeysUnavailable):
        parse_jwks(json.dumps({"keys": [entry]}).encode())


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b'{"keys": 1}', b'{"keys": [1]}', b"\xff", b"[" * 20_000])
def test_what_is_no_document_of_keys_is_said_so(document: bytes) -> None:
    with pytest.raises(KeysUnavailable):
        parse_jwks(document)


def test_a_private_key_published_by_mistake_checks_but_is_not_kept(issuer: Issuer) -> None:
    private = jwt.get_algorithm_by_name("EdDSA").to_jwk(issuer.keys["ed"], as_dict=True) | {"kid": "ed"}
    (key,) = parse_jwks(json.dumps({"keys": [private]}).encode()).values()
    assert not hasattr(key.material, "sign")


async def test_an_unknown_kid_is_looked_up_again_but_not_at_every_request(issuer: Issuer) -> None:
    clock, source = Clock(), Source(_only(issuer, "rsa"))
    ring = Keyring(secret=None, load=source, clock=clock)
    assert await ring.find("RS256", "rsa")
    source.document = issuer.document  # the issuer adds keys
    assert await ring.find("ES256", "ec") is None
    clock.now += MIN_INTERVAL_S + 1
    assert await ring.find("ES256", "ec")
    assert source.asked == 2
    for kid in ("a", "b", "c"):
        assert await ring.find("ES256", kid) is None
    assert source.asked == 2


async def test_many_callers_at_once_look_up_once(issuer: Issuer) -> None:
    source = Source(issuer.document)
    ring = Keyring(secret=None, load=source, clock=Clock())
    assert all(await asyncio.gather(*(ring.find("RS256", "rsa") for _ in range(20))))
    assert source.asked == 1


async def test_keys_age_and_a_withdrawn_one_is_forgotten(issuer: Issuer) -> None:
    clock, source = Clock(), Source(issuer.document)
    ring = Keyring(secret=None, load=source, clock=clock)
    assert await ring.find("RS256", "rsa")
    source.document = _only(issuer, "ec")
    clock.now += MAX_AGE_S + 1
    assert await ring.find("RS256", "rsa") is None
    assert await ring.find("ES256", "ec")


@pytest.mark.parametrize("failure", [KeysUnavailable(), httpx.ConnectError("x"), FileNotFoundError(), TimeoutError()])
async def test_old_keys_stay_while_new_ones_cannot_be_had(issuer: Issuer, failure: Exception) -> None:
    clock, source = Clock(), Source(issuer.document)
    ring = Keyring(secret=None, load=source, clock=clock)
    source.failure = failure
    with pytest.raises(KeysUnavailable):
        await ring.find("RS256", "rsa")
    assert not ring.ready
    source.failure = None
    clock.now += MIN_INTERVAL_S + 1
    assert await ring.find("RS256", "rsa")
    source.failure = failure
    clock.now += MAX_AGE_S + 1
    assert await ring.find("RS256", "rsa")
    assert ring.ready


async def test_without_a_kid_a_key_must_be_the_only_one_of_its_kind(issuer: Issuer) -> None:
    document = json.loads(issuer.document)
    document["keys"].append({**_entry("ES256", ec.generate_private_key(ec.SECP256R1()).public_key()), "kid": "ec2"})
    ring = Keyring(secret=None, load=Source(json.dumps(document).encode()), clock=Clock())
    assert await ring.find("RS256", None)
    assert await ring.find("ES256", None) is None


async def test_a_ring_of_a_secret_alone_is_ready_and_has_no_published_keys() -> None:
    ring = Keyring(secret=b"x" * 32, load=None)
    assert ring.ready
    assert await ring.find("RS256", None) is None
    assert await ring.find("none", None) is None


async def test_keys_come_from_a_file(issuer: Issuer, tmp_path: Path) -> None:
    path = tmp_path / "jwks.json"
    path.write_bytes(issuer.document)
    assert await from_file(path)() == issuer.document


async def test_keys_come_from_a_url_that_must_answer_well_and_briefly(issuer: Issuer) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        match request.url.path:
            case "/keys":
                return httpx.Response(200, content=issuer.document)
            case "/large":
                return httpx.Response(200, content=b" " * (MAX_JWKS_BYTES + 1))
            case "/moved":
                return httpx.Response(302, headers={"location": "/keys"})
        return httpx.Response(500)

    transport = httpx.MockTransport(answer)
    assert await from_url("https://issuer.example/keys", transport)() == issuer.document
    for path in ("moved", "broken"):
        with pytest.raises(httpx.HTTPStatusError):
            await from_url(f"https://issuer.example/{path}", transport)()
    with pytest.raises(KeysUnavailable):
        await from_url("https://issuer.example/large", transport)()
