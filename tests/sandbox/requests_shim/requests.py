"""As much of the `requests` library as the published script uses, over the standard library."""

from __future__ import annotations

import json as json_codec
import urllib.error
import urllib.request
from typing import Any


class HTTPError(Exception):
    """The status was 400 or more."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class ConnectionError(Exception):  # noqa: A001 - the library's own name for it
    """There was no answer."""


class Response:
    """An answer, whatever its status."""

    def __init__(self, status_code: int, body: bytes) -> None:
        self.status_code = status_code
        self.text = body.decode()

    def json(self) -> Any:
        """The body decoded."""
        return json_codec.loads(self.text)

    def raise_for_status(self) -> None:
        """Raise HTTPError when it is no success."""
        if self.status_code >= 400:
            raise HTTPError(self)


class Session:
    """Keeps headers from call to call."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}

    def put(self, url: str, json: object) -> Response:
        """PUT with a JSON body."""
        return self._request("PUT", url, json_codec.dumps(json).encode(), {"Content-Type": "application/json"})

    def post(self, url: str) -> Response:
        """POST without a body."""
        return self._request("POST", url, b"", {})

    def delete(self, url: str) -> Response:
        """DELETE."""
        return self._request("DELETE", url, None, {})

    def _request(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Response:
        request = urllib.request.Request(url, data=body, headers=self.headers | headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return Response(answer.status, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Response(error.code, error.read())
        except OSError as error:
            raise ConnectionError(str(error)) from error
