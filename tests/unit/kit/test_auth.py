"""Tokens between services: only the right key, for the right audience, in time, opens the door."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from kit.auth import Identity, Signer, Verifier
from kit.errors import Unauthenticated
from kit.testing import Keys, caller

WORKSPACE = UUID(int=7)


@pytest.fixture(scope="module")
def house() -> Keys:
    return Keys("gateway", "crm")


@pytest.fixture
def verifier(house: Keys) -> Verifier:
    return Verifier(house.jwks, "crm")


def sign(keys: Keys, signer: str = "gateway", *, kid: str = "gateway", **changes: Any) -> str:
    """Return a token that is right but for what is changed; a claim changed to None is left out."""
    now = int(time.time())
    right = {"iss": "gateway", "aud": "crm", "iat": now, "exp": now + 60, "workspace_id": str(WORKSPACE)}
    claims = {name: value for name, value in (right | {"scope": "ml:read"} | changes).items() if value is not None}
    key = load_pem_private_key(keys.pem(signer), None)
    assert isinstance(key, Ed25519PrivateKey)
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": kid})


def forge(header: dict[str, Any], secret: bytes | None) -> str:
    """Return a token as an attacker builds it: any header, no signature or an HMAC with `secret`."""
    claims = jwt.decode(sign(Keys("gateway")), options={"verify_signature": False})
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    signed = b".".join(parts)
    tag = b"" if secret is None else hmac.digest(secret, signed, hashlib.sha256)
    return (signed + b"." + base64.urlsafe_b64encode(tag).rstrip(b"=")).decode()


def test_a_token_signed_by_the_gateway_tells_who_calls(house: Keys, verifier: Verifier) -> None:
    user = uuid4()
    who = caller(WORKSPACE, "ml:read", user_id=user)
    assert verifier.verify(house.signer("gateway").token(who, "crm")) == who


def test_scopes_that_do_not_exist_are_not_granted(house: Keys, verifier: Verifier) -> None:
    assert verifier.verify(sign(house, scope="ml:read ml:everything root")).scopes == {"ml:read"}
    assert verifier.verify(sign(house, scope=None)).scopes == frozenset()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": int(time.time()) - 60}, "token_expired"),
        ({"iat": int(time.time()) + 3_600}, "invalid_token"),
        ({"aud": "embeddings"}, "invalid_token"),
        ({"iss": "crm"}, "invalid_token"),
        ({"signer": "crm"}, "invalid_token"),
        ({"kid": "nobody"}, "unknown_key"),
        ({"workspace_id": "../etc"}, "invalid_token"),
        ({"sub": "the boss"}, "invalid_token"),
        *(({claim: None}, "invalid_token") for claim in ("iss", "aud", "iat", "exp", "workspace_id")),
    ],
    ids=str,
)
def test_a_token_with_one_thing_wrong_is_refused(
    house: Keys, verifier: Verifier, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Unauthenticated) as refused:
        verifier.verify(sign(house, **changes))
    assert refused.value.code == code


def test_a_service_signs_with_its_old_key_or_its_new_one_while_both_are_published(house: Keys) -> None:
    new = Keys("gateway.2")
    both = Verifier({"keys": [*house.jwks["keys"], *new.jwks["keys"]]}, "crm")
    who = caller(WORKSPACE)
    assert both.verify(house.signer("gateway").token(who, "crm")) == who
    assert both.verify(Signer("gateway", new.pem("gateway.2"), "gateway.2").token(who, "crm")) == who
    with pytest.raises(Unauthenticated):
        Verifier(new.jwks, "crm").verify(house.signer("gateway").token(who, "crm"))


def test_a_services_second_key_signs_for_no_other_service(house: Keys) -> None:
    new = Keys("crm.2")
    verifier = Verifier({"keys": [*house.jwks["keys"], *new.jwks["keys"]]}, "crm")
    for changes in ({"iss": "gateway"}, {"iss": "crm.2"}):
        with pytest.raises(Unauthenticated) as refused:
            verifier.verify(sign(new, "crm.2", kid="crm.2", **changes))
        assert refused.value.code == "invalid_token"


@pytest.mark.parametrize("kid", ["crm", "gateway.", "gateway.two", "gateway2", "gateway.2.3"])
def test_a_signer_does_not_take_another_services_key_id(house: Keys, kid: str) -> None:
    with pytest.raises(ValueError, match=r"gateway\.2"):
        Signer("gateway", house.pem("gateway"), kid)


def test_no_algorithm_but_ours_is_accepted_whatever_the_header_says(house: Keys, verifier: Verifier) -> None:
    public_key = next(key for key in house.jwks["keys"] if key["kid"] == "gateway")["x"]
    raw = base64.urlsafe_b64decode(public_key + "=")
    forgeries = [
        forge({"alg": "none", "kid": "gateway"}, None),
        forge({"alg": "HS256", "kid": "gateway"}, public_key.encode()),
        forge({"alg": "HS256", "kid": "gateway"}, raw),
        forge({"alg": "EdDSA", "kid": ["gateway"]}, raw),
        forge({"alg": "EdDSA", "jwk": house.jwks["keys"][0]}, raw),
        "",
        "a.b.c",
        "é" * 40,
        "." * 5_000,
    ]
    for token in forgeries:
        with pytest.raises(Unauthenticated):
            verifier.verify(token)


def test_a_token_that_was_good_once_is_refused_after_its_time(house: Keys, verifier: Verifier) -> None:
    token = sign(house, exp=int(time.time()) + 60)
    verifier.verify(token)
    (digest, (_exp, identity)), *_ = verifier._cache.items()
    verifier._cache[digest] = (time.time() - 1, Identity("intruder", WORKSPACE, None, frozenset()))
    assert verifier.verify(token) == identity
