"""Stand-in of Signal: signal-cli's daemon, and signal-cli-rest-api for the same accounts, groups and people."""

import base64
from typing import Any

from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.standin import only, route
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.networks.signal.daemon import LINK, REFUSED, Daemon
from crosspost.sandbox.networks.signal.server import (
    GROUPS,
    MEMBERS,
    REGISTERED,
    RpcError,
    checked,
    group_id,
    restyled,
    target,
)

_SEND = (
    *("number", "recipients", "message", "text_mode", "base64_attachments", "link_preview", "edit_timestamp"),
    "notify_self",
)
_PREVIEW = ("url", "title", "description", "base64_thumbnail")


class Signal(Daemon):
    """The wrapper's doors; the daemon's are in ``daemon.py``."""

    # ── signal-cli-rest-api ───────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/v1/about")
    def about(self, request: Request) -> Reply:  # noqa: ARG002  # it is the same for everybody
        """What this wrapper is."""
        return Reply.json({"versions": ["v1", "v2"], "build": 2, "mode": "json-rpc", "version": "0.99"})

    @route("GET", "/v1/accounts")
    def accounts(self, request: Request) -> Reply:  # noqa: ARG002  # it is the same for everybody
        """The numbers of this wrapper."""
        return Reply.json(self.numbers())

    @route("GET", "/v1/qrcodelink/raw")
    def link(self, request: Request) -> Reply:
        """What a phone scans; here it has done so as soon as it was asked for."""
        if not dict(request.query).get("device_name"):
            raise Refused(self.refusal(400, "Please provide a name for the device"))
        self.settings["linked"] = True
        return Reply.json({"device_link_uri": LINK})

    @route("GET", "/v1/groups/{number}")
    def groups(self, request: Request, number: str) -> Reply:
        """The groups of a number."""
        self._registered(request, number)
        known = [(group_id(n), name) for n, (name, _) in enumerate(GROUPS)]
        return Reply.json(
            [{"id": _wrapped(i), "internal_id": i, "name": name, "members": MEMBERS} for i, name in known]
        )

    @route("POST", "/v2/send")
    def send(self, request: Request) -> Reply:
        """Send to one group, or to the numbers of people."""
        fields = request.json
        preview = fields.get("link_preview") or {}
        if not isinstance(preview, dict) or (strange := [*only(fields, _SEND), *only(preview, _PREVIEW)]):
            raise self._no(f"unknown field {', '.join(strange)}" if isinstance(preview, dict) else "link_preview")
        me = self._registered(request, str(fields.get("number") or ""))
        where = self._where(fields.get("recipients"))
        if preview and not str(preview.get("url", "")).startswith("https://"):
            raise self._no("link_preview needs an https url")
        text, styles = restyled(fields)
        params: dict[str, Any] = where | {"message": text, "textStyle": styles, "notifySelf": fields.get("notify_self")}
        params["attachments"] = fields.get("base64_attachments") or []
        params["editTimestamp"] = fields.get("edit_timestamp")
        if preview:
            thumbnail = preview.get("base64_thumbnail")
            image = f"data:image/jpeg;base64,{thumbnail}" if thumbnail else None
            params |= {"previewUrl": preview["url"], "previewTitle": preview.get("title"), "previewImage": image}
            params["previewDescription"] = preview.get("description")
        return self._wrapped_send(me, params, request)

    def _where(self, recipients: Any) -> dict[str, Any]:
        """The daemon's parameter for the recipients."""
        if not isinstance(recipients, list) or not recipients or not all(isinstance(r, str) for r in recipients):
            raise self._no("please provide at least one recipient")
        groups = {_wrapped(group_id(n)): group_id(n) for n in range(len(GROUPS))}
        if not any(name.startswith("group.") for name in recipients):
            return {"recipient": recipients}
        if len(recipients) > 1:
            raise self._no("only one group, and nobody besides, is allowed as recipient")
        if recipients[0] not in groups:
            raise self._no("Invalid group id")
        return {"groupId": groups[recipients[0]]}

    def _no(self, why: str) -> Refused:
        return Refused(self.refusal(400, f"Couldn't process request - {why}"))

    def _wrapped_send(self, me: Account, params: dict[str, Any], request: Request) -> Reply:
        try:
            message = checked({name: value for name, value in params.items() if value})
            absent = [number for number in message.people if number not in REGISTERED]
            if request.fault in REFUSED or (absent and absent == message.people):
                raise RpcError(-3, "Failed to send message")
        except RpcError as error:
            return self.refusal(400, str(error))
        timestamp = self.commit(me, message, request)
        if request.fault == "partial-400":
            return self.refusal(
                400, f'Failed to send (some) messages:\nUnregistered user "{MEMBERS[-1]}"\n{timestamp}\n'
            )
        missed = [MEMBERS[-1]] if request.fault == "partial" else absent
        errors = {"errors": [f'Unregistered user "{number}"' for number in missed]} if missed else {}
        return Reply.json({"timestamp": str(timestamp)} | errors, 201)

    @route("DELETE", "/v1/remote-delete/{number}")
    def remote_delete(self, request: Request, number: str) -> Reply:
        """Delete a message."""
        me, fields = self._registered(request, number), request.json
        if strange := only(fields, ("recipient", "timestamp")):
            raise self._no(f"unknown field {strange[0]}")
        self.take_back(me, target(self._where([fields.get("recipient")])), fields.get("timestamp"))
        return Reply.json({"timestamp": str(self.now(request))}, 201)

    def _registered(self, request: Request, number: str) -> Account:
        try:
            me = self.registered(number.replace("%2B", "+") or None)
        except RpcError as error:
            raise Refused(self.refusal(400, str(error))) from None
        request.account = me.name
        return me


def _wrapped(group: str) -> str:
    return "group." + base64.b64encode(group.encode()).decode()
