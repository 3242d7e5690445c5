"""The sandbox's endpoints: PiktID's, as far as they are known, and `/sandbox/...`, which are ours.

Documented: PUT /webhooks, POST /notifications, GET /notifications/events, the shape of validation errors. Named but
without a page: DELETE /webhooks, POST /webhooks/test, DELETE /notifications/{id}. Not documented at all: GET /webhooks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from webhook_tui.domain.payload.json_decoder import NestingError, is_too_deep
from webhook_tui.domain.scenario import Fault
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.http.asgi import Asgi
from webhook_tui.http.sender import is_base_url
from webhook_tui.sandbox.events import SandboxEvent, Subscription
from webhook_tui.sandbox.jobs import JOB_KINDS
from webhook_tui.sandbox.service import Sandbox

_EVENT_STREAM = "text/event-stream"
_LONGEST_BODY = 64 * 1024
_LONGEST_URL = 2048
_MOST_IMAGES = 1000

_Endpoint = Callable[[Request], Awaitable[Response]]


class _InvalidError(Exception):
    """The request's body is invalid."""

    def __init__(self, field: str | None, message: str) -> None:
        super().__init__(message)
        self.detail = {"field": field, "message": message, "position": "json"}


def application(sandbox: Sandbox) -> Asgi:
    """The endpoints of one sandbox."""
    endpoints = _Endpoints(sandbox)
    routes = [
        ("/webhooks", "PUT", endpoints.put_webhook),
        ("/webhooks", "GET", endpoints.get_webhook),
        ("/webhooks", "DELETE", endpoints.delete_webhook),
        ("/webhooks/test", "POST", endpoints.send_ping),
        ("/notifications", "POST", endpoints.list_notifications),
        ("/notifications/events", "GET", endpoints.stream),
        ("/notifications/{notification_id:int}", "DELETE", endpoints.consume),
        ("/sandbox/jobs", "POST", endpoints.run_job),
        ("/sandbox/next", "POST", endpoints.plan_faults),
    ]
    guarded = [Route(path, endpoints.guarded(endpoint), methods=[method]) for path, method, endpoint in routes]
    return Starlette(routes=[*guarded, Route("/sandbox/images/{name:path}", _picture)])


class _Endpoints:
    """The handlers, one method for each endpoint."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def guarded(self, endpoint: _Endpoint) -> _Endpoint:
        """Return the endpoint with the check of the token; an invalid body is answered with the documented error."""

        async def checked(request: Request) -> Response:
            if not self._may_pass(request):
                return Response(status_code=401)
            try:
                return await endpoint(request)
            except _InvalidError as error:
                body = {"error": "Invalid request", "detail": [error.detail]}
                return JSONResponse(body, self._sandbox.options.invalid_status)
            except ClientDisconnect:
                return Response(status_code=400)

        return checked

    def _may_pass(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            # Documented for the stream only: browsers cannot give it a header.
            given = request.query_params.get("token", "") if request.url.path == "/notifications/events" else ""
        wanted = self._sandbox.options.token
        given = given.strip()
        return Secret(given) == wanted if wanted else bool(given)

    async def put_webhook(self, request: Request) -> Response:
        """Create the webhook or replace its URL; the secret rotates either way (documented)."""
        fields = await _fields(request)
        url = self._hook_url(fields.get("url"))
        registration = await self._sandbox.register(url)
        return JSONResponse(registration.fields(with_secret=True))

    async def get_webhook(self, _: Request) -> Response:
        """Show the webhook without its secret (not documented)."""
        status = self._sandbox.options.get_status
        if status is not None:
            return Response(status_code=status)
        registration = self._sandbox.registry.current
        return Response(status_code=404) if registration is None else JSONResponse(registration.fields())

    async def delete_webhook(self, _: Request) -> Response:
        """Remove the webhook; 404 without one (the published script takes 200 and 404 as fine)."""
        deleted = self._sandbox.registry.delete()
        return Response(status_code=self._sandbox.options.delete_status if deleted else 404)

    async def send_ping(self, _: Request) -> Response:
        """Send a test ping; the answer is JSON of our own shape, and without a webhook 404 (neither is documented)."""
        if self._sandbox.registry.current is None:
            return Response(status_code=404)
        self._sandbox.ping()
        return JSONResponse({"message": "Test ping dispatched"})

    async def list_notifications(self, request: Request) -> Response:
        """The unconsumed notifications of some names (documented)."""
        fields = await _fields(request)
        names = fields.get("name_list")
        if isinstance(names, str):
            names = [names]
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise _InvalidError("name_list", "Missing data for required field." if names is None else "Not a list.")
        tasks = fields.get("id_task")
        if tasks is not None and not isinstance(tasks, list):
            raise _InvalidError("id_task", "Not a list.")
        kept = self._sandbox.notifications.kept()
        wanted = [
            event for event in kept if event.name in names and (tasks is None or event.data.get("job_id") in tasks)
        ]
        return JSONResponse([event.fields() for event in wanted])

    async def consume(self, request: Request) -> Response:
        """Mark one notification as consumed (named on the stream's page)."""
        consumed = self._sandbox.notifications.consume(int(request.path_params["notification_id"]))
        return Response(status_code=200 if consumed else 404)

    async def stream(self, request: Request) -> Response:
        """The event stream (documented). `name_list` and `id_task` filter; how they are written in a URL is not
        documented: repeated or with commas. `id_image` is taken and filters nothing.
        """
        if request.method == "HEAD":
            return Response(media_type=_EVENT_STREAM)
        names, tasks = _listed(request, "name_list"), _listed(request, "id_task")

        def wanted(event: SandboxEvent) -> bool:
            return (not names or event.name in names) and (not tasks or str(event.data.get("job_id")) in tasks)

        subscription, backfill = self._sandbox.notifications.subscribe(wanted)
        return StreamingResponse(
            self._lines(subscription, backfill),
            media_type=_EVENT_STREAM,
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def _lines(self, subscription: Subscription, backfill: list[SandboxEvent]) -> AsyncIterator[bytes]:
        try:
            for event in backfill:
                yield b"event: backfill\ndata: " + event.body() + b"\n\n"
            yield b"event: backfill_complete\ndata: {}\n\n"
            while True:
                try:
                    live = await subscription.following(self._sandbox.options.keepalive_seconds)
                except TimeoutError:
                    yield b":keepalive\n\n"
                    continue
                if live is None:
                    return
                yield b"data: " + live.body() + b"\n\n"
        finally:
            self._sandbox.notifications.unsubscribe(subscription)

    async def run_job(self, request: Request) -> Response:
        """Ours: play a sample job now. Body, all optional: `{"kind": "image|identity|failed", "images": 3}`."""
        fields = await _fields(request)
        kind, images = fields.get("kind", "image"), fields.get("images", 3)
        if kind not in JOB_KINDS:
            raise _InvalidError("kind", f"Not one of {', '.join(JOB_KINDS)}.")
        if not _is_count(images, _MOST_IMAGES) or images == 0:
            raise _InvalidError("images", f"Not a number from 1 to {_MOST_IMAGES}.")
        events = self._sandbox.play_job(str(kind), images=int(str(images)))
        return JSONResponse([event.fields() for event in events], 202)

    async def plan_faults(self, request: Request) -> Response:
        """Ours: send the next deliveries with faults. Body: how many of each, `{"lose": 1, "no_signature": 2}`."""
        fields = await _fields(request)
        known = {str(fault) for fault in Fault}
        for name, count in fields.items():
            if name not in known:
                raise _InvalidError(name, f"Not one of {', '.join(sorted(known))}.")
            if not _is_count(count, 1000):
                raise _InvalidError(name, "Not a number from 0 to 1000.")
        for name, count in fields.items():
            self._sandbox.plan_faults(Fault(name), int(str(count)))
        return Response(status_code=204)

    def _hook_url(self, value: object) -> str:
        if value is None:
            raise _InvalidError("url", "Missing data for required field.")
        if not isinstance(value, str) or len(value) > _LONGEST_URL or not is_base_url(value):
            raise _InvalidError("url", "Not a valid URL.")
        if self._sandbox.options.https_only and not value.lower().startswith("https:"):
            raise _InvalidError("url", "Must be an https URL.")
        return value


async def _picture(request: Request) -> Response:
    """Ours: a picture of a sample job; no token is needed, as for PiktID's result images."""
    from webhook_tui.sandbox.pictures import picture  # noqa: PLC0415 -- Pillow: only pictures need it

    return Response(picture(request.path_params["name"]), media_type="image/png")


async def _fields(request: Request) -> dict[str, object]:
    """Return the JSON object in the body; {} for an empty body."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            raise _InvalidError(None, "The body is too large.")
    if not body:
        return {}
    try:
        if is_too_deep(bytes(body)):
            raise NestingError
        value = msgspec.json.decode(bytes(body))
    except ValueError:  # msgspec's errors are some, too
        raise _InvalidError(None, "Not valid JSON.") from None
    if not isinstance(value, dict):
        raise _InvalidError(None, "Not an object.")
    return value


def _listed(request: Request, name: str) -> set[str]:
    return {part for value in request.query_params.getlist(name) for part in value.split(",") if part}


def _is_count(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
