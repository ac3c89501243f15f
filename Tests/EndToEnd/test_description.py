"""The API's documents: valid by their standards, and no less true than the tests that read answers (support/contract.py)."""

import json

import httpx
import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from websockets.sync.client import connect

from support.contract import ASYNCAPI, OPENAPI, Contract
from support.person import newcomer


@pytest.fixture(scope="module")
def openapi(service) -> dict:
    return httpx.get(service.url + OPENAPI).json()


@pytest.fixture(scope="module")
def asyncapi(service) -> dict:
    return httpx.get(service.url + ASYNCAPI).json()


@pytest.fixture(scope="module")
def contract(openapi, asyncapi) -> Contract:
    return Contract(openapi, asyncapi)


def resolve(document: dict, reference: str):
    value = document
    for step in reference.removeprefix("#/").split("/"):
        value = value[step.replace("~1", "/").replace("~0", "~")]
    return value


# acceptance: C-039
def test_the_routes_are_described_as_openapi_has_it(openapi):
    assert openapi["openapi"] == "3.1.0"
    assert [str(fault) for fault in OpenAPIV31SpecValidator(openapi).iter_errors()] == []


def test_the_socket_is_described_as_asyncapi_has_it(asyncapi):
    """The rules of AsyncAPI 3.0 for what stands there: https://www.asyncapi.com/docs/reference/specification/v3.0.0"""
    assert asyncapi["asyncapi"] == "3.0.0" and {"title", "version"} <= asyncapi["info"].keys()
    (server,) = asyncapi["servers"].values()
    assert {"host", "protocol"} <= server.keys()
    (channel,) = asyncapi["channels"].values()
    assert channel["address"] == "/ws"
    for key, message in channel["messages"].items():
        payload = resolve(asyncapi, message["$ref"])["payload"]
        assert payload["properties"]["type"]["enum"] == [key.split(".", 1)[1]]
        for validator in (Draft7Validator, Draft202012Validator):
            validator.check_schema(payload)
    for name, operation in asyncapi["operations"].items():
        assert operation["action"] == ("receive" if name.startswith("command.") else "send")
        assert operation["channel"] == {"$ref": "#/channels/socket"}
        for message in operation["messages"] + operation.get("reply", {}).get("messages", []):
            # A reference into the channel, which refers on: so the standard wants it.
            assert message["$ref"].startswith("#/channels/socket/messages/") and resolve(asyncapi, message["$ref"])


def test_the_examples_fit_what_they_are_examples_of(openapi, asyncapi, contract):
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            places = [("requestBody",)] * ("requestBody" in operation) + [("responses", status) for status in operation["responses"] if status != "default"]
            for place in places:
                holder = operation
                for step in place:
                    holder = holder[step]
                content = holder.get("content", {}).get("application/json", {})
                if "example" in content:
                    contract.fits(content["example"], "openapi-strict", "paths", path, method, *place, "content", "application/json", "schema")
    for name, message in asyncapi["components"]["messages"].items():
        for example in message["examples"]:
            contract.fits(example["payload"], "asyncapi-strict", "components", "messages", name, "payload")


def test_the_documents_are_there_for_everybody_and_spare_who_has_them(service, openapi):
    first = httpx.get(service.url + OPENAPI)
    assert first.headers["content-type"] == "application/json" and first.headers["content-encoding"] == "gzip"
    assert httpx.get(service.url + OPENAPI, headers={"If-None-Match": first.headers["etag"]}).status_code == 304


# acceptance: A-041, C-004
def test_the_limits_are_told_alike_by_the_document_and_by_ready(make_service):
    service = make_service(PARLEY_LIMITS="on", PARLEY_LIMIT_SEND_USER="7,3")
    told = {limit["name"]: {"burst": limit["burst"], "per_second": limit["per_second"]} for limit in httpx.get(service.url + OPENAPI).json()["x-rate-limits"]}
    assert told["send.user"] == {"burst": 7, "per_second": 3}
    assert told["http.user"]["burst"] == 100 and told["ws.conn"] == {"burst": 40, "per_second": 20} and told["ws.connect.ip"]["burst"] == 20
    ada = newcomer(service)
    with connect(service.websocket_url, additional_headers={"Authorization": f"Bearer {ada.tokens['access']}"}) as connection:
        limits = json.loads(connection.recv(timeout=5))["data"]["limits"]
    assert limits["rates"] == told
    assert limits["frames"] == told["ws.conn"] and limits["messages"] == told["send.user"]
