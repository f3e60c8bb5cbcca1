"""Which outside tokens are believed, what is read from them, and what goes inward in their place."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest

from gateway.proxy.identity import REMEMBERED_TOKENS, Caller, Doorkeeper, Expectations
from gateway.proxy.keys import Keyring
from kit.auth import Signer, Verifier
from kit.errors import Unauthenticated, Unavailable
from kit.testing import Keys, caller
from tests.unit.gateway.tokens import SECRET, Issuer

Claims = Callable[..., dict[str, Any]]


@pytest.fixture
def signer(keys: Keys) -> Signer:
    return keys.signer("gateway")


def _keeper(
    signer: Signer, published: Issuer | None = None, *, secret: str | None = SECRET, **expected: Any
) -> Doorkeeper:
    async def load() -> bytes:
        assert published is not None
        return published.document

    keyring = Keyring(secret=secret.encode() if secret else None, load=load if published else None)
    return Doorkeeper(keyring, signer, Expectations(**expected), recognise=_recognise)


async def _recognise(token: str) -> Caller:
    assert token.startswith("rk_")
    return Caller(caller(UUID(int=7)), 0)


async def _refused(keeper: Doorkeeper, token: str) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        await keeper.verify(token)
    assert refusal.value.headers["WWW-Authenticate"].startswith("Bearer")
    return refusal.value.code


def _forged(head: dict[str, Any], claims: dict[str, Any], key: bytes | None) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, claims)]
    signed = b".".join(parts)
    signature = hmac.digest(key, signed, hashlib.sha256) if key is not None else b""
    return (signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


async def test_a_good_token_names_workspace_user_and_scopes(signer: Signer, claims: Claims) -> None:
    good = claims(scope="openid ml:read ml:write ml:everything")
    caller = await _keeper(signer).verify(jwt.encode(good, SECRET))
    assert caller.identity.workspace_id == UUID(good["workspace_id"])
    assert caller.identity.user_id == UUID(good["sub"])
    assert caller.identity.scopes == {"ml:read", "ml:write"}


@pytest.mark.parametrize(("kid", "algorithm"), [("rsa", "RS256"), ("ec", "ES256"), ("ed", "EdDSA")])
async def test_published_keys_of_each_kind_are_believed(
    signer: Signer, issuer: Issuer, claims: Claims, kid: str, algorithm: str
) -> None:
    keeper = _keeper(signer, issuer, secret=None)
    for headers in ({"kid": kid}, None):
        token = jwt.encode(claims(), issuer.keys[kid], algorithm=algorithm, headers=headers)
        assert (await keeper.verify(token)).identity.scopes == {"ml:read"}


@pytest.mark.parametrize("scopes", [["ml:read", "ml:admin", 7], "ml:read ml:admin"])
async def test_scopes_may_come_as_a_list(signer: Signer, claims: Claims, scopes: object) -> None:
    token = jwt.encode(claims(scope=None, scopes=scopes), SECRET)
    assert (await _keeper(signer).verify(token)).identity.scopes == {"ml:read", "ml:admin"}


async def test_a_token_without_scopes_may_do_nothing(signer: Signer, claims: Claims) -> None:
    caller = await _keeper(signer).verify(jwt.encode(claims(scope=None), SECRET))
    assert caller.identity.scopes == frozenset()


@pytest.mark.parametrize("name", ["app_metadata.rapport.workspace", "https://rapport.example/workspace"])
async def test_the_workspace_claim_is_found_by_path_or_by_its_own_dotted_name(
    signer: Signer, claims: Claims, name: str
) -> None:
    workspace = str(uuid4())
    extra = {"app_metadata": {"rapport": {"workspace": workspace}}, "https://rapport.example/workspace": workspace}
    token = jwt.encode(claims(workspace_id=None) | extra, SECRET)
    caller = await _keeper(signer, workspace_claim=name).verify(token)
    assert str(caller.identity.workspace_id) == workspace


@pytest.mark.parametrize(
    "workspace", [None, "", "acme", 7, ["x"], {}, "{9d3f7c1a-0000-4000-8000-000000000000}", "9d3f7c1a" * 4]
)
async def test_a_workspace_that_is_not_an_id_is_refused(signer: Signer, claims: Claims, workspace: object) -> None:
    token = jwt.encode(claims(workspace_id=workspace), SECRET)
    assert await _refused(_keeper(signer), token) == "workspace_missing"


async def test_a_subject_that_is_not_an_id_is_no_user(signer: Signer, claims: Claims) -> None:
    for subject in ("auth0|123", None):
        caller = await _keeper(signer).verify(jwt.encode(claims(sub=subject), SECRET))
        assert caller.identity.user_id is None
    assert (await _keeper(signer).verify(_forged({"alg": "HS256"}, claims(sub=7), SECRET.encode()))).identity


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": 1}, "token_expired"),
        ({"exp": None}, "claim_missing"),
        ({"exp": "soon"}, "invalid_token"),
        ({"exp": [1]}, "invalid_token"),
        ({"exp": float("inf")}, "invalid_token"),
        ({"nbf": 2**40}, "token_not_yet_valid"),
        ({"iat": 2**40}, "token_not_yet_valid"),
        ({"iat": "now"}, "invalid_token"),
    ],
)
async def test_times_are_honoured(signer: Signer, claims: Claims, changes: dict[str, Any], code: str) -> None:
    token = _forged({"alg": "HS256"}, claims(**changes), SECRET.encode())
    assert await _refused(_keeper(signer), token) == code


async def test_clocks_may_differ_a_little_and_expiry_may_be_far(signer: Signer, claims: Claims) -> None:
    now = int(time.time())
    for changes in ({"exp": now - 5}, {"nbf": now + 5}, {"iat": now + 5}, {"exp": 10**400}):
        token = _forged({"alg": "HS256"}, claims(**changes), SECRET.encode())
        assert (await _keeper(signer).verify(token)).identity


async def test_audience_and_issuer_count_only_where_they_are_set(signer: Signer, claims: Claims) -> None:
    strict = _keeper(signer, audience="rapport", issuer="https://crm.example")
    right = {"aud": ["rapport", "other"], "iss": "https://crm.example"}
    assert (await strict.verify(jwt.encode(claims(**right), SECRET))).identity
    assert (await _keeper(signer).verify(jwt.encode(claims(aud="authenticated"), SECRET))).identity
    for changes, code in (
        (right | {"aud": "other"}, "wrong_audience"),
        (right | {"aud": None}, "claim_missing"),
        (right | {"iss": "https://evil.example"}, "wrong_issuer"),
        (right | {"iss": None}, "claim_missing"),
    ):
        assert await _refused(strict, jwt.encode(claims(**changes), SECRET)) == code


async def test_a_wrong_signature_is_refused(signer: Signer, claims: Claims) -> None:
    keeper = _keeper(signer)
    assert await _refused(keeper, jwt.encode(claims(), SECRET + "!")) == "invalid_token"
    good = jwt.encode(claims(), SECRET)
    head, payload, signature = good.split(".")
    assert await _refused(keeper, f"{head}.{payload}.{signature[::-1]}") == "invalid_token"
    other = jwt.encode(claims(scope="ml:admin"), SECRET).split(".")[1]
    assert await _refused(keeper, f"{head}.{other}.{signature}") == "invalid_token"


@pytest.mark.parametrize("name", ["none", "None", "NONE", "HS384", "RS512", "PS256", "ES384", "", "HS256 "])
async def test_only_the_listed_algorithms_exist(signer: Signer, issuer: Issuer, claims: Claims, name: str) -> None:
    for key in (None, b"", SECRET.encode()):
        token = _forged({"alg": name, "kid": "rsa"}, claims(), key)
        assert await _refused(_keeper(signer, issuer), token) in {"unknown_key", "invalid_token"}


async def test_a_public_key_is_never_a_shared_secret(signer: Signer, issuer: Issuer, claims: Claims) -> None:
    public = {key["kid"]: key for key in json.loads(issuer.document)["keys"]}
    guesses = [issuer.document, json.dumps(public["rsa"]).encode(), public["ed"]["x"].encode(), b""]
    for keeper in (_keeper(signer, issuer, secret=None), _keeper(signer, issuer)):
        for guess in guesses:
            token = _forged({"alg": "HS256", "kid": "rsa"}, claims(), guess)
            assert await _refused(keeper, token) in {"unknown_key", "invalid_token"}


async def test_a_key_serves_its_own_algorithm_only(signer: Signer, issuer: Issuer, claims: Claims) -> None:
    token = jwt.encode(claims(), issuer.keys["ec"], algorithm="ES256", headers={"kid": "rsa"})
    assert await _refused(_keeper(signer, issuer), token) == "unknown_key"


async def test_an_unknown_kid_is_refused(signer: Signer, issuer: Issuer, claims: Claims) -> None:
    token = jwt.encode(claims(), issuer.keys["rsa"], algorithm="RS256", headers={"kid": "gone"})
    assert await _refused(_keeper(signer, issuer), token) == "unknown_key"


async def test_while_the_issuers_keys_cannot_be_had_the_fault_is_not_the_callers(
    signer: Signer, issuer: Issuer, claims: Claims
) -> None:
    nothing = Issuer(issuer.keys, b"{}")
    token = jwt.encode(claims(), issuer.keys["rsa"], algorithm="RS256")
    with pytest.raises(Unavailable):
        await _keeper(signer, nothing, secret=None).verify(token)


@pytest.mark.parametrize(
    "token",
    [
        "x", "..", "a.b.c", "a.b", "é.ü.ö", "\udc80.a.b", "A" * 20_000, "[" * 16_000,
        base64.urlsafe_b64encode(b"[" * 8_000).decode().rstrip("=") + ".e30.x",
        "e30.e30.", "W10.e30.x", "bnVsbA.bnVsbA.bnVsbA",
    ],
)  # fmt: skip
async def test_nonsense_is_refused_quietly(signer: Signer, token: str) -> None:
    assert await _refused(_keeper(signer), token) in {"invalid_token", "unknown_key"}


async def test_claims_must_be_an_object_and_extensions_must_be_known(signer: Signer, claims: Claims) -> None:
    keeper = _keeper(signer)
    payloads: list[Any] = [[], "x", 1, None]
    for payload in payloads:
        token = _forged({"alg": "HS256"}, payload, SECRET.encode())
        assert await _refused(keeper, token) == "invalid_token"
    for head in ({"alg": "HS256", "crit": ["b64"]}, {"alg": "HS256", "b64": False}, {"alg": ["HS256"]}):
        assert await _refused(keeper, _forged(head, claims(), SECRET.encode())) in {"invalid_token", "unknown_key"}


async def test_a_verified_token_is_remembered_until_it_expires(signer: Signer, claims: Claims) -> None:
    now = time.time()
    keeper = Doorkeeper(
        Keyring(secret=SECRET.encode(), load=None), signer, Expectations(), recognise=_recognise, clock=lambda: now
    )
    token = jwt.encode(claims(exp=int(now) + 60), SECRET)
    caller = await keeper.verify(token)
    assert await keeper.verify(token) is caller
    now += 61
    assert await keeper.verify(token) is not caller


async def test_memory_of_tokens_is_bounded(signer: Signer, claims: Claims, monkeypatch: pytest.MonkeyPatch) -> None:
    assert REMEMBERED_TOKENS == 10_000
    monkeypatch.setattr("gateway.proxy.identity.REMEMBERED_TOKENS", 3)
    keeper = _keeper(signer)
    tokens = [jwt.encode(claims(), SECRET) for _ in range(5)]
    callers = [await keeper.verify(token) for token in tokens]
    assert len(keeper._callers) == 3
    assert await keeper.verify(tokens[4]) is callers[4]
    assert await keeper.verify(tokens[0]) is not callers[0]


async def test_what_goes_inward_is_signed_by_the_gateway_for_one_service(
    keys: Keys, signer: Signer, claims: Claims
) -> None:
    keeper = _keeper(signer)
    outside = jwt.encode(claims(), SECRET)
    caller = await keeper.verify(outside)
    header = keeper.exchange(caller, "crm").decode()
    scheme, token = header.split()
    assert scheme == "Bearer"
    assert token != outside
    assert Verifier(keys.jwks, "crm").verify(token) == caller.identity
    with pytest.raises(Unauthenticated):
        Verifier(keys.jwks, "embeddings").verify(token)


async def test_an_inside_token_is_used_for_half_its_life(signer: Signer, claims: Claims) -> None:
    now = time.time()
    keeper = Doorkeeper(
        Keyring(secret=SECRET.encode(), load=None), signer, Expectations(), recognise=_recognise, clock=lambda: now
    )
    caller = await keeper.verify(jwt.encode(claims(), SECRET))
    first = keeper.exchange(caller, "crm")
    now += 29
    assert keeper.exchange(caller, "crm") is first
    assert keeper.exchange(caller, "embeddings") != first
    now += 2
    assert keeper.exchange(caller, "crm") is not first


async def test_what_begins_as_an_api_key_is_asked_of_who_keeps_them(signer: Signer) -> None:
    assert (await _keeper(signer).verify("rk_anything")).identity.workspace_id == UUID(int=7)
