"""Where pictures may be put: what is taken, and which key a refusal names."""

import pytest

from crosspost.config import store_address
from crosspost.config.installation_settings import Pictures
from crosspost.errors import ConfigError


def where(key: str) -> str:
    return f"line of {key}"


@pytest.mark.parametrize(
    "said",
    [
        Pictures(),
        Pictures(store="../kept"),
        Pictures(store="../kept", public="https://p.example"),
        Pictures(store="s3://bucket/a.b/c", endpoint="https://s3.example:9000", public="https://p.example/x"),
        Pictures(store="gs+x.1-2://bucket"),
    ],
)
def test_what_can_be_meant_is_taken(said: Pictures) -> None:
    store_address.check(said, where)


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        (Pictures(store="a\tb"), "line of store: `store` has a control character in it"),
        (Pictures(store="s3:///x"), "line of store: `store` names no bucket"),
        (Pictures(store="s3://bucket/../x"), "line of store: `store` names no bucket"),
        (Pictures(store="s3://k@bucket"), "line of store: `store` is to be a bucket and a prefix only"),
        (Pictures(store="s3://bucket/a?b"), "line of store: `store` is to be a bucket and a prefix only"),
        (Pictures(store="s3://bucket/a#b"), "line of store: `store` is to be a bucket and a prefix only"),
        (Pictures(store="S3://bucket"), "line of store: `store` begins with nothing that pictures can be put into"),
        (Pictures(store="http://h/x"), "line of store: `store` begins with nothing that pictures can be put into"),
        (Pictures(public="https://p.example"), "line of public: `public` needs `store`"),
        (Pictures(endpoint="https://s3.example"), "line of endpoint: `endpoint` needs `store`"),
        (Pictures(store="s3://b", endpoint="ftp://x"), "line of endpoint: `endpoint`: "),
        (
            Pictures(store="s3://b", endpoint="s3.example:9000"),
            "line of endpoint: `endpoint` is an address, which begins",
        ),
        (Pictures(store="s3://b", public="p.example"), "line of public: `public` is an address, which begins with"),
        (Pictures(store="gs://b", endpoint="https://x.example"), "line of endpoint: `endpoint` is for s3:// only"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_key(said: Pictures, refused: str) -> None:
    with pytest.raises(ConfigError) as told:
        store_address.check(said, where)
    assert str(told.value).startswith(refused)
