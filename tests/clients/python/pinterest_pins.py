"""Run by a Python that has Pinterest's own client: makes, reads, changes and deletes pins, and tells the results."""

import base64
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from openapi_generated.pinterest_client import ApiClient, Configuration  # type: ignore[import-not-found]  # not in ours
from openapi_generated.pinterest_client.api.boards_api import BoardsApi  # type: ignore[import-not-found]  # the same
from openapi_generated.pinterest_client.api.pins_api import PinsApi  # type: ignore[import-not-found]  # the same
from openapi_generated.pinterest_client.api.user_account_api import (  # type: ignore[import-not-found]  # the same
    UserAccountApi,
)
from openapi_generated.pinterest_client.exceptions import ApiException  # type: ignore[import-not-found]  # the same
from openapi_generated.pinterest_client.model.pin_create import PinCreate  # type: ignore[import-not-found]  # the same
from openapi_generated.pinterest_client.model.pin_update import PinUpdate  # type: ignore[import-not-found]  # the same


def refusal(work: Callable[[], object]) -> str:
    """What the network says to it; "" when it agrees."""
    try:
        work()
    except ApiException as error:
        return str(json.loads(error.body)["message"])
    return ""


def main() -> None:
    access = json.loads(os.environ["CLIENT_ACCESS"])
    board = access["settings"]["board"]
    known = Configuration(host=f"{access['base_url']}/v5", access_token=access["credentials"]["access_token"])
    data = base64.b64encode(Path(access["picture"]).read_bytes()).decode()
    with ApiClient(known) as client:
        pins, boards = PinsApi(client), BoardsApi(client)

        def pin(board: str = board, **more: str) -> PinCreate:
            source = {"source_type": "image_base64", "content_type": "image/png", "data": data}
            return PinCreate(board_id=board, media_source=source, _check_type=False, **more)

        made = pins.pins_create(
            pin(title="Sommerfest", description="Musik", link="https://example.org/", alt_text="Zelt")
        )
        pins.pins_update(made.id, PinUpdate(title="Herbstfest"))
        second = pins.pins_create(pin(title="weg"))
        pins.pins_delete(second.id)
        read = pins.pins_get(made.id)
        told = {
            "who": UserAccountApi(client).user_account_get().username,
            "boards": [one["name"] for one in boards.boards_list()["items"]],
            "listed": [one["title"] for one in boards.boards_list_pins(board, page_size=10)["items"]],
            "read": [read.title, read.description, read.link, read.alt_text, read.board_id == board],
            "refused": refusal(lambda: pins.pins_create(pin("4711", title="weg"))),
            "strange": refusal(lambda: pins.pins_create(pin(title="weg", dominant_color="red"))),
        }
    json.dump(told, sys.stdout)


main()
