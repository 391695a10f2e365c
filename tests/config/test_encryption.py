"""Keys seal, open, and are written in either alphabet of base64."""

import base64
import pickle

import pytest

from crosspost.config.encryption import Keys, UnopenedError, new_key

#: has both signs in which the alphabets differ
RAW = b"\xfb\xff\xfe" * 10 + b"ab"


@pytest.mark.parametrize("text", [base64.b64encode(RAW).decode(), base64.urlsafe_b64encode(RAW).decode()])
def test_both_alphabets_are_the_same_key(text: str) -> None:
    assert {"+", "/"} <= set(text) or {"-", "_"} <= set(text)
    plain = Keys(base64.b64encode(RAW).decode())
    assert Keys(f" {text} ").opened(plain.first, plain.seal(b"a token", "x"), "x") == b"a token"


@pytest.mark.parametrize(
    "text", ["", "geheim", base64.b64encode(RAW[1:]).decode(), base64.b64encode(RAW).decode() + "!"]
)
def test_what_is_no_key_is_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="44 characters") as refused:
        Keys(f"{new_key()},{text}")
    assert not text or text not in str(refused.value)


def test_the_first_key_seals_and_each_opens_what_it_sealed_as_what_it_is() -> None:
    one, other = new_key(), new_key()
    old, both = Keys(one), Keys(f"{other},{one}")
    sealed = old.seal(b"a token", "x")
    assert both.opened(old.first, sealed, "x") == b"a token"
    assert (both.first, both.names) == (Keys(other).first, (Keys(other).first, old.first))
    assert old.seal(b"a token", "x") != sealed, "the same twice does not look the same"
    for name, record, about in (
        (both.first, sealed, "x"),
        (old.first, sealed, "y"),
        (old.first, sealed[:-1] + bytes([sealed[-1] ^ 1]), "x"),
        (old.first, b"short", "x"),
        ("nobody's", sealed, "x"),
    ):
        with pytest.raises(UnopenedError):
            both.opened(name, record, about)
    with pytest.raises(TypeError, match="must not be pickled"):
        pickle.dumps(both)
    assert repr(both) == f"Keys({both.first}, {old.first})"


def test_of_several_keys_the_wrong_one_is_named_by_its_place() -> None:
    for text, which in ((f"{new_key()},,{new_key()}", 2), (f"{new_key()},{new_key()},", 3), (f"x,{new_key()}", 1)):
        with pytest.raises(ValueError, match=rf"^number {which} of {text.count(',') + 1}: a key is 32 random bytes"):
            Keys(text)
