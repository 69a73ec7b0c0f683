"""A real HTTP server that speaks the OpenAI chat-completions protocol as vLLM does, and misbehaves when told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Act:
    """What the server does with one request: waits, breaks off, or answers with this status and these words."""

    status: int = 200
    content: str | None = None
    message: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    drop: bool = False
    raw: str | None = None


@dataclass(kw_only=True)
class ModelServer:
    """`script` is acted on first, an `Act` a request in the order they come in; then `reply` answers each.

    `requests` are the bodies that came in, `most` how many of them were under way at a time.
    """

    models: tuple[str, ...] = ("tiny",)
    reply: Callable[[Body], str | Act] = lambda body: "yes"
    script: list[Act] = field(default_factory=list)
    usage: tuple[int, int] = (100, 20)
    context: int | None = None
    key: str | None = None
    requests: list[Body] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    most: int = 0
    under_way: int = 0
    turn: threading.Lock = field(default_factory=threading.Lock)
    closing: threading.Event = field(default_factory=threading.Event)
    _http: Listener | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def start(self) -> ModelServer:
        self._http = Listener(self)
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def stop(self) -> None:
        """Connections are refused from here on."""
        self.closing.set()
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()

    def act(self, body: Body, authorization: str) -> Act:
        """What to do with a request that is not scripted to fail."""
        if self.key is not None and authorization != f"Bearer {self.key}":
            return Act(status=401, message=f"Incorrect API key provided: {authorization}")
        if body["model"] not in self.models:
            return Act(status=404, message=f"The model `{body['model']}` does not exist.")
        read = len(json.dumps(body.get("messages") or body["input"])) // 4
        if self.context is not None and read > self.context:
            # Word for word what vLLM 0.1x says.
            return Act(
                status=400,
                message=f"This model's maximum context length is {self.context} tokens. However, you requested {read} "
                "tokens in the messages. Please reduce the length of the messages.",
            )
        answer = self.reply(body)
        return answer if isinstance(answer, Act) else Act(content=answer)


class Listener(ThreadingHTTPServer):
    """Hands each connection to a thread, which does what `about` says."""

    daemon_threads = True

    def __init__(self, about: ModelServer) -> None:
        self.about = about
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Listener

    @property
    def about(self) -> ModelServer:
        return self.server.about

    def log_message(self, format: str, *args: object) -> None:
        return

    def do_GET(self) -> None:
        if self.path.rstrip("/").endswith("/v1/models"):
            data = [{"id": name, "object": "model", "created": 0, "owned_by": "test"} for name in self.about.models]
            self._send(200, json.dumps({"object": "list", "data": data}))
        else:
            self._send(404, json.dumps({"detail": "Not Found"}))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.path.endswith(("/v1/chat/completions", "/v1/embeddings")):
            self._send(404, json.dumps({"detail": "Not Found"}))
            return
        with self.about.turn:
            self.about.requests.append(body)
            self.about.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.about.under_way += 1
            self.about.most = max(self.about.most, self.about.under_way)
            act = self.about.script.pop(0) if self.about.script else None
        try:
            self._answer(body, act or self.about.act(body, self.headers.get("Authorization", "")))
        except ConnectionError:
            pass  # the client has had enough
        finally:
            with self.about.turn:
                self.about.under_way -= 1

    def _answer(self, body: Body, act: Act) -> None:
        self.about.closing.wait(act.seconds)
        if act.drop:
            self.close_connection = True
            self.connection.shutdown(2)
        elif act.raw is not None:
            self._send(act.status, act.raw, act.headers)
        elif act.status != 200:
            error = {"message": act.message, "type": "Error", "param": None, "code": act.status}
            self._send(act.status, json.dumps({"error": error}), act.headers)
        elif body.get("stream"):
            self._stream(body, act)
        else:
            self._send(200, json.dumps(completion(body, act, self.about.usage)), act.headers)

    def _stream(self, body: Body, act: Act) -> None:
        whole = completion(body, act, self.about.usage)
        content = whole["choices"][0]["message"]["content"]
        about = {**whole, "object": "chat.completion.chunk", "usage": None}
        chunks = [
            {**about, "choices": [{"index": 0, "delta": {"role": "assistant", "content": content[:3]}}]},
            {**about, "choices": [{"index": 0, "delta": {"content": content[3:]}, "finish_reason": "stop"}]},
            {**about, "choices": [], "usage": whole["usage"]},
        ]
        text = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
        self._send(200, text, {"Content-Type": "text/event-stream"})

    def _send(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        data = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def completion(body: Body, act: Act, usage: tuple[int, int]) -> Body:
    """An answer: as text, or through the tool that the request offers."""
    content = act.content if act.content is not None else "yes"
    message: Body = {"role": "assistant", "content": content}
    if body.get("tools"):
        call = {"name": body["tools"][0]["function"]["name"], "arguments": content}
        message = {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call-1", "type": "function", "function": call}],
        }
    choice: Body = {"index": 0, "message": message, "finish_reason": "tool_calls" if body.get("tools") else "stop"}
    if body.get("logprobs"):
        top = [{"token": content[:1], "logprob": -0.1, "bytes": None}]
        choice["logprobs"] = {"content": [{**top[0], "top_logprobs": top}]}
    return {
        "id": "chat-1",
        "object": "chat.completion",
        "created": 1,
        "model": body["model"],
        "choices": [choice],
        "usage": {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)},
    }
