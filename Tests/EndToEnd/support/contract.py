"""Holds what the service answers against what it says of itself: every answer of every test, and every frame that a socket reads.

Stricter than a client need be: what a schema does not name must not be there.
"""

import json
import re
import threading

import httpx
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

OPENAPI, ASYNCAPI = "/api/v1/openapi.json", "/api/v1/asyncapi.json"

# What HTTP itself refuses, before there is a route.
OF_HTTP = {405, 408, 413, 414, 417, 426, 431, 500, 501, 505}

# How many answers of one kind are looked at: a test of load sends thousands that are alike.
ENOUGH = 300

formats = FormatChecker(formats=[])
formats.checks("uuid")(lambda value: not isinstance(value, str) or bool(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value)))
formats.checks("date-time")(lambda value: not isinstance(value, str) or bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value)))


class Contract:
    """The two documents of one service."""

    def __init__(self, openapi: dict, asyncapi: dict):
        self.openapi, self.asyncapi = openapi, asyncapi
        documents = {"openapi": openapi, "openapi-strict": strict(openapi), "asyncapi-strict": strict(asyncapi)}
        self.registry = Registry().with_resources(
            (f"parley:{name}", Resource(contents=document, specification=DRAFT202012)) for name, document in documents.items()
        )
        self.templates = sorted(
            ((path.count("{"), re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path) for path in openapi["paths"]), key=lambda entry: entry[0]
        )
        self.validators: dict[str, Draft202012Validator] = {}
        self.seen: dict[tuple, int] = {}

    def fits(self, value, document: str, *steps: str):
        """Checks a value against the schema that stands there in a document."""
        pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D") for step in steps)
        if document + pointer not in self.validators:
            schema = {"$ref": f"parley:{document}#{pointer}"}
            self.validators[document + pointer] = Draft202012Validator(schema, registry=self.registry, format_checker=formats)
        faults = [f"{fault.json_path}: {fault.message}" for fault in self.validators[document + pointer].iter_errors(value)]
        assert not faults, f"not as {document} has it at {pointer}: {faults}"

    def operation(self, method: str, path: str) -> tuple[str, str] | None:
        """The path of the route as the document writes it, and its method."""
        found = [template for _, pattern, template in self.templates if pattern.fullmatch(path)]
        method = "get" if method == "HEAD" else method.lower()
        return next(((template, method) for template in found if method in self.openapi["paths"][template]), None)

    def check(self, request: httpx.Request, answer: httpx.Response):
        path, status = request.url.raw_path.decode().partition("?")[0], answer.status_code
        if request.method == "OPTIONS" or path == "/api/v1/demo":
            return
        found = self.operation(request.method, path)
        if not found:
            assert not path.startswith("/api/v1/") or status in {404} | OF_HTTP, f"{request.method} {path} is answered {status}, and not described"
            return
        template, method = found
        kind = (template, method, status)
        self.seen[kind] = self.seen.get(kind, 0) + 1
        if self.seen[kind] > ENOUGH:
            return
        operation = self.openapi["paths"][template][method]
        if 200 <= status < 300:
            self.check_request(request, operation, template, method)
        response = operation["responses"].get(str(status))
        name = f"{method} {template}, {status}"
        # A connection that is closed with 400 has met a request that is no HTTP.
        is_of_http = status in OF_HTTP or (status == 400 and answer.headers.get("connection") == "close")
        assert response or is_of_http, f"{name} is not described: {answer.text}"
        if request.method == "HEAD":
            return
        content = (response or {}).get("content", {})
        if "application/json" in content:
            assert answer.headers["content-type"] == "application/json", name
            self.fits(answer.json(), "openapi-strict", "paths", template, method, "responses", str(status), "content", "application/json", "schema")
        elif status in (204, 304):
            assert not answer.content, name
        if "x-codes" in (response or {}):
            assert answer.json()["error"]["code"] in response["x-codes"], f"{name}: {answer.text}"

    def check_request(self, request: httpx.Request, operation: dict, template: str, method: str):
        """What was taken must be described; there may be more in it than is described, which is passed over."""
        named = {parameter.get("name") for parameter in operation.get("parameters", []) if parameter.get("in") == "query"}
        unknown = set(request.url.params) - named
        assert not unknown, f"{method} {template} takes {unknown}, and does not say so"
        if request.content and "requestBody" in operation:
            self.fits(json.loads(request.content), "openapi", "paths", template, method, "requestBody", "content", "application/json", "schema")

    def check_frame(self, frame: dict):
        message = f"frame.{frame.get('type')}"
        assert message in self.asyncapi["components"]["messages"], f"a frame that is not described: {frame}"
        self.fits(frame, "asyncapi-strict", "components", "messages", message, "payload")


def strict(document):
    """The same, but that objects have no other members than those that are named."""
    if isinstance(document, list):
        return [strict(element) for element in document]
    if not isinstance(document, dict):
        return document
    made = {name: strict(value) for name, value in document.items()}
    if isinstance(made.get("properties"), dict) and "type" in made:
        made["additionalProperties"] = False
    return made


class Watch:
    """Looks at all that passes, from the first answer on that tells where a service is."""

    def __init__(self):
        self.contract: Contract | None = None
        self.lock = threading.Lock()

    def read(self, origin: str, send) -> Contract | None:
        """The documents of the first service that has them. They are the same for all but for the numbers of the limits."""
        with self.lock:
            if not self.contract:
                try:
                    with httpx.Client(base_url=origin, timeout=5) as client:
                        answers = [send(client, client.build_request("GET", path)) for path in (OPENAPI, ASYNCAPI)]
                except httpx.HTTPError:
                    return None
                if all(answer.status_code == 200 for answer in answers):
                    self.contract = Contract(*(answer.json() for answer in answers))
            return self.contract

    def begin(self):
        """From now on every answer that httpx reads is looked at."""
        send = httpx.Client.send

        def watched(client, request, **options):
            answer = send(client, request, **options)
            if options.get("stream") or not request.url.path.startswith(("/api/v1/", "/health")):
                return answer
            contract = self.contract or self.read(str(request.url.copy_with(path="/", query=None)), send)
            if contract:
                contract.check(request, answer)
            return answer

        httpx.Client.send = watched
        return lambda: setattr(httpx.Client, "send", send)

    def frame(self, frame: dict) -> dict:
        if self.contract:
            self.contract.check_frame(frame)
        return frame


watch = Watch()
