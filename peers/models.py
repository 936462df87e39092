"""Holds what a server of AWS APIs answers to botocore's own models of the services.

botocore reads an answer leniently: a member that is missing, misspelt or not of its type passes in silence. Here each
answer is read by the model's letter: required members there, types and enumerations right, nothing that the model does
not know.
"""

import json
from xml.etree import ElementTree

from botocore.parsers import RpcV2CBORParser
from botocore.validate import ParamValidator

# Errors that any service may answer with, and that no model lists. (AWS: "Common Errors" in each API reference.)
COMMON = {
    "AccessDenied",
    "AccessDeniedException",
    "IncompleteSignature",
    "InternalFailure",
    "InternalServerError",
    "InvalidAction",
    "InvalidClientTokenId",
    "MissingAuthenticationToken",
    "OptInRequired",
    "RequestExpired",
    "ServiceUnavailable",
    "SignatureDoesNotMatch",
    "SubscriptionRequiredException",
    "Throttling",
    "ThrottlingException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationError",
}


class Watch:
    """Watches a client: what it called, and where an answer differs from the model."""

    def __init__(self):
        self.called: set[tuple[str, str]] = set()
        self.differences: list[str] = []

    def over(self, client):
        client.meta.events.register("after-call", self.answered)
        return client

    def answered(self, http_response, parsed, model, **_):
        service = model.service_model
        where = f"{service.service_name}.{model.name}"
        self.called.add((service.service_name, model.name))
        if http_response.status_code >= 300:
            self.differences += refusal(where, parsed, model)
        elif shape := model.output_shape:
            self.differences += value(where, parsed, shape)
            self.differences += wire(where, http_response.content, shape, service)


def refusal(where: str, parsed: dict, model) -> list[str]:
    code = parsed["Error"]["Code"]
    known = {shape.name for shape in model.service_model.error_shapes} | COMMON
    known |= {shape.metadata.get("error", {}).get("code") for shape in model.service_model.error_shapes}
    # EC2 has no errors in its model: its codes are listed in its API reference alone.
    return [] if code in known or model.service_model.protocol == "ec2" else [f"{where}: no such error: {code}"]


def value(where: str, parsed: dict, shape) -> list[str]:
    """Required members and types, as botocore checks what it sends; enumerations too."""
    told = encoded({name: member for name, member in parsed.items() if name != "ResponseMetadata"})
    report = ParamValidator().validate(told, shape)
    found = [f"{where}: {line}" for line in report.generate_report().splitlines()] if report.has_errors() else []
    return found + enumerations(where, told, shape)


def encoded(found):
    """boto3 decodes IAM's documents before anybody else sees them: here they are text again."""
    match found:
        case dict():
            document = ("PolicyDocument", "Document")
            return {k: json.dumps(v) if k in document and isinstance(v, dict) else encoded(v) for k, v in found.items()}
        case list():
            return [encoded(item) for item in found]
        case _:
            return found


def enumerations(where: str, found, shape) -> list[str]:
    match shape.type_name:
        case "structure":
            members = [(f"{where}.{name}", found[name], member) for name, member in shape.members.items() if name in found]
        case "list":
            members = [(f"{where}[{at}]", item, shape.member) for at, item in enumerate(found)]
        case "map":
            members = [(f"{where}.{name}", item, shape.value) for name, item in found.items()]
        # EC2 answers in small letters what its model has in capitals: `available`, for one.
        case "string" if shape.enum and str(found).lower() not in [name.lower() for name in shape.enum]:
            return [f"{where}: {found!r} is none of {shape.enum}"]
        case _:
            return []
    return [line for place, item, member in members for line in enumerations(place, item, member)]


def wire(where: str, body: bytes, shape, service) -> list[str]:
    """What stands in the answer and not in the model."""
    spoken = service.resolved_protocol
    match spoken if spoken in ("query", "ec2", "smithy-rpc-v2-cbor") else protocol_of(body):
        case "query" | "ec2":
            root = ElementTree.fromstring(body)
            wrapper = shape.serialization.get("resultWrapper")
            root = next((child for child in root if name_of(child) == wrapper), root)
            return in_xml(where, root, shape, spoken)
        case "json":
            return in_json(where, json.loads(body or b"{}"), shape)
        case "smithy-rpc-v2-cbor":
            reader = RpcV2CBORParser()
            return in_json(where, reader.parse_data_item(reader.get_peekable_stream_from_bytes(body)), shape)
        case _:
            return []


def protocol_of(body: bytes) -> str:
    return "json" if body[:1] in (b"{", b"") else "other"


def in_json(where: str, found, shape) -> list[str]:
    match shape.type_name:
        case "structure":
            names = {member.serialization.get("name", name): member for name, member in shape.members.items()}
            unknown = [f"{where}: the model knows no member {name}" for name in found if name not in names]
            nothing = [f"{where}.{name}: null" for name, item in found.items() if item is None]
            inner = [(f"{where}.{name}", found[name], names[name]) for name in found if name in names]
            inner = [entry for entry in inner if entry[1] is not None]
        case "list":
            unknown, nothing, inner = [], [], [(f"{where}[{at}]", item, shape.member) for at, item in enumerate(found)]
        case "map":
            unknown, nothing, inner = [], [], [(f"{where}.{name}", item, shape.value) for name, item in found.items()]
        case _:
            return []
    return unknown + nothing + [line for place, item, member in inner for line in in_json(place, item, member)]


def in_xml(where: str, element, shape, protocol: str) -> list[str]:
    match shape.type_name:
        case "structure":
            names = {xml_name(name, member): member for name, member in shape.members.items()}
            around = {"ResponseMetadata", "requestId"}
            found = []
            for child in element:
                name = name_of(child)
                if name in names:
                    found += in_xml(f"{where}.{name}", child, names[name], protocol)
                elif name not in around:
                    found.append(f"{where}: the model knows no element {name}")
            return found
        case "list" if not shape.serialization.get("flattened"):
            item = shape.member.serialization.get("name", "item" if protocol == "ec2" else "member")
            wrong = [f"{where}: an element {name_of(child)}, not {item}" for child in element if name_of(child) != item]
            return wrong + [line for child in element for line in in_xml(f"{where}[]", child, shape.member, protocol)]
        case "list":
            return in_xml(f"{where}[]", element, shape.member, protocol)
        case "map":
            return []
        case _:
            return [f"{where}: elements inside a {shape.type_name}"] if len(element) else []


def xml_name(name: str, member) -> str:
    flattened = member.type_name == "list" and member.serialization.get("flattened")
    return (member.member.serialization.get("name") if flattened else None) or member.serialization.get("name", name)


def name_of(element) -> str:
    return element.tag.rpartition("}")[2]
