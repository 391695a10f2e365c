"""What programs ask a dashboard how it is: probes, for everybody, and metrics, for those who may log in.

It stands before the pages and before the check of names: a probe comes by the machine's number. A probe's answer says
only which check failed, and metrics need a token or the cookie of a session, which no other site's page has.
"""

import json
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from crosspost.errors import CrosspostError
from crosspost.web.guard import marked

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from crosspost.app.monitoring import Metrics, Probes
    from crosspost.web.visitor import Authenticator

LIVE, READY, METRICS = "/livez", "/readyz", "/metrics"


class Operations:
    """The three addresses, before everything else that is served.

    :param pages: everything else
    :param authenticator: who may see metrics
    """

    def __init__(self, pages: "ASGIApp", authenticator: "Authenticator", probes: "Probes", metrics: "Metrics") -> None:
        self._pages, self._authenticator, self._probes, self._metrics = pages, authenticator, probes, metrics

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http" or scope["path"] not in (LIVE, READY, METRICS):
            await self._pages(scope, receive, send)
            return
        await (await self._answer(Request(scope)))(scope, receive, marked(send))

    async def _answer(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return JSONResponse({"error": "GET"}, 405, {"Allow": "GET, HEAD"})
        if request.url.path == LIVE:
            return _told(self._probes.live())  # in the loop itself: it turns when this comes
        if request.url.path == READY:
            return _told(await run_in_threadpool(self._probes.ready))
        return await run_in_threadpool(self._measured, request)

    def _measured(self, request: Request) -> Response:
        try:
            if not self._may_see(request):
                why = "a token of somebody who may see all sites is needed, as Authorization: Bearer"
                return JSONResponse({"error": why}, 401, {"WWW-Authenticate": "Bearer"})
            return Response(self._metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
        except CrosspostError as error:  # a library is missing, or the users cannot be read
            return JSONResponse({"error": str(error)}, 501)

    def _may_see(self, request: Request) -> bool:
        """Whoever may see all sites sees all of it on the pages, too."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._authenticator.of_token(token.strip()) is not None
        peer = request.client.host if request.client is not None else ""
        return self._authenticator.who(peer, request.headers, request.cookies) is not None


def _told(report: tuple[bool, dict[str, Any]]) -> Response:
    well, said = report
    return Response(json.dumps(said) + "\n", 200 if well else 503, media_type="application/json")
