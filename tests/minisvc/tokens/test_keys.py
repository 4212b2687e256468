import pytest

from minisvc.tokens import KeyRing, TokenKey


def test_a_ring_travels_as_bytes():
    ring = KeyRing.make("ES256").rotated(TokenKey.make("HS256"))
    assert KeyRing.from_bytes(ring.to_bytes()) == ring


def test_only_public_halves_are_published():
    pair, secret = TokenKey.make("ES256"), TokenKey.make("HS256")
    (told,) = KeyRing((secret, pair)).published()["keys"]
    assert {name: told[name] for name in ("kid", "alg", "use", "kty")} == {
        "kid": pair.kid,
        "alg": "ES256",
        "use": "sig",
        "kty": "EC",
    }
    assert "d" not in told
    with pytest.raises(ValueError, match="is a secret: it has no public half"):
        secret.public()


@pytest.mark.parametrize("algorithm", ["HS256", "ES256", "A256GCM"])
def test_a_key_does_not_show_its_material(algorithm):
    key = TokenKey.make(algorithm)
    secret = key.material.get("k") or key.material["d"]
    assert secret not in repr(KeyRing((key,)))


def test_an_algorithm_that_is_none_of_ours_is_refused():
    with pytest.raises(ValueError, match="'none'; it must be one of HS256, ES256, A256GCM"):
        TokenKey.make("none")


def test_a_ring_has_one_to_eight_keys_of_different_names():
    key = TokenKey.make("HS256")
    for keys in ((), (key, key), tuple(TokenKey.make("HS256") for _ in range(9))):
        with pytest.raises(ValueError, match=f"here {len(keys)}"):
            KeyRing(keys)


def test_rotation_keeps_as_many_former_keys_as_wanted():
    keys = [TokenKey.make("HS256") for _ in range(4)]
    ring = KeyRing((keys[0],))
    for key in keys[1:]:
        ring = ring.rotated(key, keep=2)
    assert ring.keys == (keys[3], keys[2], keys[1])
    assert ring.find(keys[0].kid) is None
