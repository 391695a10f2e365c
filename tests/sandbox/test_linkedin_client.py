"""LinkedIn's own Python client works with the stand-in: an opinion that nobody here wrote."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from linkedin_api.clients.restli.client import RestliClient

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import picture
from tests.sandbox.linkedin_member import Member


@pytest.fixture
def member(sandbox: Sandbox) -> Iterator[Member]:
    with Member(sandbox) as session:
        yield session


@pytest.fixture
def page(sandbox: Sandbox) -> Iterator[Member]:
    with Member(sandbox, "organization_token") as session:
        yield session


class Here(requests.Session):
    """A session that sends what the library prepared for LinkedIn's host to the sandbox instead."""

    def __init__(self, target: str) -> None:
        super().__init__()
        self.target = target

    def send(self, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        request.url = str(request.url).replace("https://api.linkedin.com", self.target, 1)
        return super().send(request, **more | {"timeout": 10})


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[RestliClient]:
    made = RestliClient()
    made.session.close()
    with Here(sandbox.url) as made.session:
        yield made


def test_linkedin_api_client_posts_edits_and_deletes(sandbox: Sandbox, client: RestliClient, member: Member) -> None:
    told = {"access_token": sandbox.accounts()["linkedin"]["credentials"]["access_token"], "version_string": "202609"}
    asked = client.action(
        resource_path="/images",
        action_name="initializeUpload",
        action_params={"initializeUploadRequest": {"owner": member.author}},
        **told,
    )
    member.put(asked.value["uploadUrl"], data=picture("JPEG"), timeout=10)
    content = {"media": {"id": asked.value["image"], "altText": "Zelt auf der Wiese"}}
    entity = member.body(r"Sommerfest \(mit Musik\) #Fest", content=content)
    made = client.create(resource_path="/posts", entity=entity, **told)
    (post,) = sandbox.posts()
    assert (made.status_code, made.decoded_entity_id) == (201, post["id"])
    assert post["text"] == "Sommerfest (mit Musik) #Fest"
    assert [image["alt"] for image in post["images"]] == ["Zelt auf der Wiese"]
    place = {"resource_path": "/posts/{id}", "path_keys": {"id": made.decoded_entity_id}}
    assert client.partial_update(patch_set_object={"commentary": "Neu"}, **place, **told).status_code == 204
    assert sandbox.posts()[0]["text"] == "Neu"
    assert [client.delete(**place, **told).status_code for _ in range(2)] == [204, 204]
    assert sandbox.posts() == []


def test_linkedin_api_client_finds_an_organisations_posts(sandbox: Sandbox, client: RestliClient, page: Member) -> None:
    page.post("eins")
    token = sandbox.accounts()["linkedin"]["credentials"]["organization_token"]
    query = {"author": page.author, "count": 10, "sortBy": "LAST_MODIFIED"}
    found = client.finder(
        resource_path="/posts", finder_name="author", query_params=query, access_token=token, version_string="202609"
    )
    assert [post["commentary"] for post in found.elements] == ["eins"]
