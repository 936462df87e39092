"""The request that `reproduce` shows, held against botocore's own signer: same inputs, the same bytes."""

import pytest
from doctor import HEALTHY, run

boto = pytest.importorskip("botocore", reason="run peers/install")

from botocore.auth import SigV4Auth  # noqa: E402
from botocore.awsrequest import AWSRequest  # noqa: E402
from botocore.credentials import Credentials  # noqa: E402

KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
CALLS = {
    "a message": ["--from", "app@example.com"],
    "a message with letters of all kinds": ["--from", "Zoë <zoë+a@example.com>", "--configuration-set", "a b"],
    "a read": ["--call", "get-account"],
    "an endpoint with a port": ["--call", "get-account", "--endpoint-url", "http://127.0.0.1:8080"],
}


@pytest.mark.parametrize("call", CALLS, ids=list(CALLS))
def test_canonical_request_and_string_to_sign_are_botocores(call, secret_file):
    arguments = ["--region", "eu-west-1", "--username", KEY, "--secret-key-file", secret_file(SECRET)]
    ours = run("reproduce", *arguments, *CALLS[call], "--output", "json")
    assert ours.code == HEALTHY, ours
    report = ours.report
    headers = {header["name"]: header["value"] for header in report["request"]["headers"]}
    request = AWSRequest(
        method=report["request"]["method"],
        url=report["endpoint"]["url"] + report["request"]["path"],
        headers={"content-type": headers["content-type"]} if "content-type" in headers else {},
        data=report["request"]["body"].encode(),
    )
    request.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(Credentials(KEY, SECRET), "ses", "eu-west-1")
    signer._modify_request_before_signing(request)
    canonical = signer.canonical_request(request)
    to_sign = signer.string_to_sign(request, canonical)
    shown = report["signature"]
    assert shown["canonical_request"] == canonical
    assert shown["string_to_sign"] == to_sign
    assert signer.signature(to_sign, request).startswith(shown["begins_with"])
    assert shown["credential_scope"] == signer.credential_scope(request)
