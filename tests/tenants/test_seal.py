"""Sealed secrets: what is bound into them, what a wrong key or a swapped row looks like, and where master keys live."""

from __future__ import annotations

import base64
import copy
import os
import pickle
from dataclasses import replace

import pytest
from refresh_bench import MASTER, Bench

import orgkey
from orgkey_tenants import KeyServiceUnavailable, SealBroken
from orgkey_tenants.record import WrappedKey
from orgkey_tenants.seal import Sealer, associated_data
from orgkey_tenants.stores.memory import MemoryStore
from orgkey_tenants.wrappers import LocalKeyWrapper, open_wrapper

SECRET = orgkey.Secret("canary-refresh-token-0123456789abcdef")
BOUND = {"kind": "refresh_token", "family": "f1", "generation": 3}


@pytest.fixture
def store(clock) -> MemoryStore:
    return MemoryStore(clock)


@pytest.fixture
def sealer(store, clock) -> Sealer:
    return Sealer(store, LocalKeyWrapper([MASTER]), clock=clock)


class CountingWrapper(LocalKeyWrapper):
    """Counts what it is asked, and can be away."""

    def __init__(self) -> None:
        super().__init__([MASTER])
        self.unwrapped, self.away = 0, False

    def unwrap(self, *args):
        if self.away:
            raise orgkey.ConfigError("away")
        self.unwrapped += 1
        return super().unwrap(*args)


def test_lengths_are_part_of_what_is_bound():
    assert associated_data("a", "bc") != associated_data("ab", "c")
    assert associated_data("", "a") != associated_data("a", "")


def test_a_secret_opens_where_it_was_sealed(sealer):
    key = sealer.newest("acme")
    sealed = sealer.seal(key, SECRET, **BOUND)
    assert SECRET.reveal().encode() not in sealed
    assert sealer.open(key, sealed, **BOUND) == SECRET
    assert sealer.seal(key, SECRET, **BOUND) != sealed  # a nonce of its own each time


@pytest.mark.parametrize(
    "other", [{"kind": "private_key"}, {"family": "f2"}, {"generation": 2}, {"family": "f", "kind": "refresh_token1"}]
)
def test_it_opens_nowhere_else(sealer, other):
    key = sealer.newest("acme")
    sealed = sealer.seal(key, SECRET, **BOUND)
    with pytest.raises(SealBroken, match="acme"):
        sealer.open(key, sealed, **{**BOUND, **other})


def test_a_row_that_was_swapped_is_an_error_of_that_tenant_alone(sealer, store):
    ours, theirs = sealer.newest("acme"), sealer.newest("globex")
    sealed = sealer.seal(theirs, SECRET, **BOUND)
    with pytest.raises(SealBroken, match="acme"):
        sealer.open(ours, sealed, **BOUND)
    # Their wrapped key in our row does not help: it is bound to them.
    store.drop_keys("acme")
    store.add_key(replace(store.keys("globex")[0], tenant="acme"))
    with pytest.raises(SealBroken, match="acme"):
        Sealer(store, LocalKeyWrapper([MASTER])).key("acme", 1)
    assert sealer.open(theirs, sealed, **BOUND) == SECRET


@pytest.mark.parametrize(
    "damage",
    [
        lambda blob: blob[:-1],
        lambda blob: b"",
        lambda blob: blob[:5],
        lambda blob: b"\x02" + blob[1:],
        lambda blob: blob[:-1] + bytes([blob[-1] ^ 1]),
    ],
)
def test_damage_is_noticed(sealer, damage):
    key = sealer.newest("acme")
    with pytest.raises(SealBroken):
        sealer.open(key, damage(sealer.seal(key, SECRET, **BOUND)), **BOUND)


def test_another_environment_opens_nothing(store):
    production = Sealer(store, LocalKeyWrapper([MASTER]), environment="production")
    production.newest("acme")
    with pytest.raises(SealBroken):
        Sealer(store, LocalKeyWrapper([MASTER]), environment="laptop").key("acme", 1)


def test_an_unwrapped_key_is_kept_for_a_while(store, clock):
    wrapper = CountingWrapper()
    Sealer(store, wrapper, clock=clock).newest("acme")
    sealer = Sealer(store, wrapper, clock=clock, cached=2)
    for _ in range(3):
        sealer.key("acme", 1)
    assert wrapper.unwrapped == 1
    wrapper.away = True
    sealer.key("acme", 1)  # an outage of the key service stops nobody within the time
    wrapper.away = False
    clock.advance(301)
    sealer.key("acme", 1)
    assert wrapper.unwrapped == 2
    for tenant in ("b", "c"):
        sealer.newest(tenant)
    sealer.key("acme", 1)
    assert wrapper.unwrapped == 3  # two others had pushed it out


def test_the_master_key_is_rotated_without_opening_a_secret(store, clock):
    new = os.urandom(32)
    old = Sealer(store, LocalKeyWrapper([MASTER]), clock=clock)
    key = old.newest("acme")
    sealed = old.seal(key, SECRET, **BOUND)
    both = Sealer(store, LocalKeyWrapper([new, MASTER]), clock=clock)
    assert (both.rewrap("acme"), both.rewrap("acme")) == (1, 0)
    after = Sealer(store, LocalKeyWrapper([new]), clock=clock)
    assert after.open(after.key("acme", 1), sealed, **BOUND) == SECRET
    with pytest.raises(SealBroken, match="wrapped under master key"):
        Sealer(store, LocalKeyWrapper([MASTER]), clock=clock).key("acme", 1)


def test_what_was_shredded_opens_no_more(sealer, store):
    key = sealer.newest("acme")
    assert sealer.shred("acme") == 1
    with pytest.raises(SealBroken, match="no data key"):
        sealer.key("acme", key.version)


def test_of_two_first_keys_one_is_kept(store, clock):
    one, two = (Sealer(store, LocalKeyWrapper([MASTER]), clock=clock) for _ in range(2))
    assert (one.new_key("acme").version, two.new_key("acme").version) == (1, 2)
    assert len(store.keys("acme")) == 2


def test_a_data_key_shows_nothing(sealer):
    key = sealer.newest("acme")
    assert repr(key) == "<DataKey 1 of 'acme'>"
    for attempt in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            attempt(key)


@pytest.mark.parametrize(
    ("content", "match"),
    [("", "holds no key"), ("not base64!", "not base64"), (base64.b64encode(b"short").decode(), "takes 32")],
)
def test_a_master_key_that_is_none_is_explained(tmp_path, content, match):
    path = tmp_path / "master.key"
    path.touch(0o600)
    path.write_text(content)
    with pytest.raises(orgkey.ConfigError, match=match):
        open_wrapper(f"file:{path}")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("keys", [1, 2])
def test_a_master_key_that_windows_wrote_is_the_same_key(tmp_path, encoding, keys):
    (tmp_path / "given").mkdir()
    path = tmp_path / "given" / "master.key"
    path.touch(0o600)
    lines = [MASTER, os.urandom(32)][:keys]
    path.write_bytes("\r\n".join(base64.b64encode(key).decode() for key in lines).encode(encoding))
    assert open_wrapper(f"file:{path}").master == LocalKeyWrapper([MASTER]).master


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\xef\xbb\xbf\xe4", b"\x00" * 32, "ключ".encode("utf-16")])
def test_a_master_key_that_is_no_text_is_said_to_be_none(tmp_path, content):
    path = tmp_path / "master.key"
    path.touch(0o600)
    path.write_bytes(content)
    with pytest.raises(orgkey.ConfigError, match=r"no text|not base64"):
        open_wrapper(f"file:{path}")


def test_a_master_key_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "the given.key"
    path.write_text(base64.b64encode(os.urandom(32)).decode())
    path.chmod(0o644)
    with pytest.raises(orgkey.ConfigError) as caught:
        open_wrapper(f"file:{path}")
    assert str(caught.value).endswith(f": chmod 600 '{path}'")


def test_a_master_key_in_a_variable(monkeypatch):
    monkeypatch.setenv(
        "MASTER_KEYS", f"{base64.b64encode(MASTER).decode()} {base64.b64encode(os.urandom(32)).decode()}"
    )
    assert open_wrapper("env:MASTER_KEYS").master == LocalKeyWrapper([MASTER]).master
    monkeypatch.setenv("MARKED_KEY", "\ufeff" + base64.b64encode(MASTER).decode())
    assert open_wrapper("env:MARKED_KEY").master == LocalKeyWrapper([MASTER]).master
    monkeypatch.setenv("FOREIGN_KEY", "ключ")
    with pytest.raises(orgkey.ConfigError, match="not base64"):
        open_wrapper("env:FOREIGN_KEY")
    with pytest.raises(orgkey.ConfigError, match="holds no key"):
        open_wrapper("env:NOT_SET")


@pytest.mark.parametrize(
    ("uri", "match"),
    [("", "No master key"), ("vault:x", "There are: awskms, env, file"), ("file:/nowhere/x", "No such file")],
)
def test_without_a_master_key_nothing_starts(uri, match):
    with pytest.raises(orgkey.ConfigError, match=match):
        open_wrapper(uri)


# --- AWS KMS, by moto's server


@pytest.fixture(scope="module")
def kms_server():
    server_module = pytest.importorskip("moto.server", reason="moto is not installed")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def kms(kms_server, monkeypatch) -> str:
    import boto3

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "invented")
    client = boto3.client("kms", endpoint_url=kms_server, region_name="eu-central-1")
    key = client.create_key()["KeyMetadata"]["KeyId"]
    return f"awskms:{key}?endpoint={kms_server}&region=eu-central-1"


def test_kms_wraps_and_enforces_the_context(kms, clock):
    wrapper = open_wrapper(kms)
    bench = Bench(MemoryStore(clock), clock)
    sealer = Sealer(bench.store, wrapper, clock=clock)
    key = sealer.newest("kms-tenant")
    sealed = sealer.seal(key, SECRET, **BOUND)
    again = Sealer(bench.store, wrapper, clock=clock)
    assert again.open(again.key("kms-tenant", 1), sealed, **BOUND) == SECRET
    stolen = bench.store.keys("kms-tenant")[0]
    bench.store.add_key(WrappedKey("thief", 1, stolen.wrapped, stolen.master, 0.0))
    with pytest.raises(SealBroken, match="InvalidCiphertext"):
        again.key("thief", 1)


def test_an_outage_of_kms_falls_before_anything_is_sent(kms, clock):
    module = pytest.importorskip("moto.server")
    server = module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    import boto3

    client = boto3.client("kms", endpoint_url=f"http://{host}:{port}", region_name="eu-central-1")
    key = client.create_key()["KeyMetadata"]["KeyId"]
    wrapper = open_wrapper(f"awskms:{key}?endpoint=http://{host}:{port}&region=eu-central-1")
    bench = Bench(MemoryStore(clock), clock)
    bench.wrapper = wrapper
    bench.store.drop_keys("acme")
    bench.consent()
    bench.refresh()
    server.stop()
    before = bench.record
    with pytest.raises(KeyServiceUnavailable, match="KMS decrypt"):
        bench.refresh()
    assert bench.record == before
    assert sum(bench.server.sends.values()) == 1


def test_after_a_restore_a_version_may_be_another_key(store, clock):
    sealer, other = (Sealer(store, LocalKeyWrapper([MASTER]), clock=clock) for _ in range(2))
    backup = store.keys("acme")
    sealer.new_key("acme")
    assert backup == []
    store.drop_keys("acme")  # the backup had none yet
    anew = other.new_key("acme")
    assert anew.version == 1
    sealed = other.seal(anew, SECRET, **BOUND)
    assert sealer.open(sealer.key("acme", 1), sealed, **BOUND) == SECRET
