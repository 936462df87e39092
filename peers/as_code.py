"""What a plan's actions are in Terraform and CloudFormation, written down a second time; and readers for the texts."""

import json
import re

import hcl2
import yaml

#: The scenarios and worlds that a plan cures, with what the person has to tell for it: those of `tests/e2e/ward.rs`.
CURABLE = {
    "api-version-condition": [],
    "configuration-set-not-permitted": [],
    "configuration-set-paused": [],
    "explicit-deny": [],
    "from-address-condition": [],
    "identity-policy-deny": [],
    "ip-condition": ["--source-ip", "198.51.100.40"],
    "key-inactive": [],
    "missing-send-permission": [],
    "recipient-not-permitted-in-sandbox": [],
    "security-group-blocks-endpoint": ["--client-source", "10.60.0.0/16"],
    "sending-disabled": [],
    "tenant-resource-missing": [],
    "unsupported-condition-key": [],
    "vpc-endpoint-policy-deny": [],
    "denied-by-a-managed-policy": [],
    "tenant-switched-off-by-its-account": [],
}

#: One for each kind of action that these plans hold.
ONE_OF_A_KIND = [
    "configuration-set-paused",
    "denied-by-a-managed-policy",
    "explicit-deny",
    "identity-policy-deny",
    "key-inactive",
    "missing-send-permission",
    "security-group-blocks-endpoint",
    "sending-disabled",
    "tenant-resource-missing",
    "tenant-switched-off-by-its-account",
    "vpc-endpoint-policy-deny",
]


def path_and_name(arn: str) -> tuple[str, str]:
    path, _, name = arn.split(":policy", 1)[1].rpartition("/")
    return path + "/", name


def terraform(action: dict):
    """Type, arguments and id for `import` of what the action leaves; `None` where there is no resource."""
    match action:
        case {"kind": "access-key-status", "user": user, "key": key, "after": after}:
            return "aws_iam_access_key", {"user": user, "status": "Active" if after else "Inactive"}, key
        case {"kind": "user-policy", "user": user, "name": name, "after": after}:
            return "aws_iam_user_policy", {"user": user, "name": name, "policy": json.loads(after)}, f"{user}:{name}"
        case {"kind": "group-policy", "group": group, "name": name, "after": after}:
            return "aws_iam_group_policy", {"group": group, "name": name, "policy": json.loads(after)}, f"{group}:{name}"
        case {"kind": "default-policy-version", "policy": arn, "after": after}:
            path, name = path_and_name(arn)
            return "aws_iam_policy", {"name": name, "path": path, "policy": json.loads(after)}, arn
        case {"kind": "identity-policy", "identity": identity, "name": name, "after": after}:
            arguments = {"email_identity": identity, "policy_name": name, "policy": json.loads(after)}
            return "aws_sesv2_email_identity_policy", arguments, f"{identity}|{name}"
        case {"kind": "configuration-set-sending", "name": name, "after": after}:
            arguments = {"configuration_set_name": name, "sending_options": [{"sending_enabled": after}]}
            return "aws_sesv2_configuration_set", arguments, name
        case {"kind": "tenant-resource", "tenant": tenant, "resource": arn}:
            return "aws_sesv2_tenant_resource_association", {"tenant_name": tenant, "resource_arn": arn}, f"{tenant}|{arn}"
        case {"kind": "vpc-endpoint-policy", "endpoint": endpoint, "after": after}:
            return "aws_vpc_endpoint_policy", {"vpc_endpoint_id": endpoint, "policy": json.loads(after)}, endpoint
        case {"kind": "security-group-ingress", "group": group, "port": port, "source": source}:
            ports = {"ip_protocol": "tcp", "from_port": port, "to_port": port}
            return "aws_vpc_security_group_ingress_rule", {"security_group_id": group, "cidr_ipv4": source, **ports}, None
    return None


def cloudformation(action: dict):
    """Type, properties and identifier of what the action leaves; `None` where there is no resource type."""
    match action:
        case {"kind": "user-policy", "user": user, "name": name, "after": after}:
            names = {"UserName": user, "PolicyName": name}
            return "AWS::IAM::UserPolicy", names | {"PolicyDocument": json.loads(after)}, names
        case {"kind": "group-policy", "group": group, "name": name, "after": after}:
            names = {"GroupName": group, "PolicyName": name}
            return "AWS::IAM::GroupPolicy", names | {"PolicyDocument": json.loads(after)}, names
        case {"kind": "default-policy-version", "policy": arn, "after": after}:
            path, name = path_and_name(arn)
            properties = {"ManagedPolicyName": name, "Path": path, "PolicyDocument": json.loads(after)}
            return "AWS::IAM::ManagedPolicy", properties, {"PolicyArn": arn}
        case {"kind": "configuration-set-sending", "name": name, "after": after}:
            return "AWS::SES::ConfigurationSet", {"Name": name, "SendingOptions": {"SendingEnabled": after}}, {"Name": name}
        case {"kind": "vpc-endpoint-policy", "endpoint": endpoint, "after": after}:
            properties = {
                "VpcEndpointType": "Interface",
                "VpcId": {"Ref": "VpcOfTheEndpoint"},
                "ServiceName": {"Ref": "ServiceOfTheEndpoint"},
                "PolicyDocument": json.loads(after),
            }
            return "AWS::EC2::VPCEndpoint", properties, {"Id": endpoint}
        case {"kind": "security-group-ingress", "group": group, "port": port, "source": source}:
            ports = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
            return "AWS::EC2::SecurityGroupIngress", {"GroupId": group, "CidrIp": source, **ports}, {"Id": "THE_ID"}
    return None


def resources(text: str) -> list[tuple[str, str, dict]]:
    """The resources of a Terraform configuration: type, label, arguments as values."""
    blocks = hcl2.loads(text).get("resource", [])
    return [
        (string(kind), string(label), {name: value(one) for name, one in arguments.items() if not name.startswith("__")})
        for block in blocks
        for kind, labelled in block.items()
        for label, arguments in labelled.items()
    ]


def imports(text: str) -> dict[str, str]:
    """What is imported: `type.label` to id."""
    return {block["to"].removeprefix("${").removesuffix("}"): string(block["id"]) for block in hcl2.loads(text).get("import", [])}


def string(text: str) -> str:
    """A string as HCL means it (escapes are those of JSON here)."""
    assert not re.search(r"(?<![$])[$]\{|(?<!%)%\{", text), f"a template: {text}"
    return json.loads(text).replace("$${", "${").replace("%%{", "%{")


def value(parsed):
    """What the parser gives, as the value that it stands for."""
    if isinstance(parsed, str) and parsed.startswith('"'):
        return string(parsed)
    if isinstance(parsed, str) and (inner := re.fullmatch(r"\$\{jsonencode\((.*)\)\}", parsed, re.DOTALL)):
        return value(hcl2.loads(f"x = {inner[1]}\n")["x"])
    if isinstance(parsed, dict):
        return {string(name) if name.startswith('"') else name: value(one) for name, one in parsed.items() if not name.startswith("__")}
    if isinstance(parsed, list):
        return [value(one) for one in parsed]
    return parsed


def template(text: str) -> dict | None:
    """The template; `None` where the text has only comments."""
    return yaml.safe_load(text)
