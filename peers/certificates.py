"""A certificate authority for one test run, made by the openssl command."""

import functools
import subprocess
from dataclasses import dataclass
from pathlib import Path

NAMES = ["DNS:localhost", "IP:127.0.0.1"] + [
    f"DNS:email-smtp.{region}.amazonaws.com" for region in ("us-east-1", "eu-west-1", "eu-central-1")
]


@dataclass(frozen=True)
class Certificates:
    authority: Path
    certificate: Path
    key: Path

    @classmethod
    def made_in(cls, folder: Path) -> "Certificates":
        run = functools.partial(subprocess.run, check=True, capture_output=True, cwd=folder)
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
        run(["openssl", "req", "-x509", *key, "-days", "2", "-subj", "/CN=peers CA", "-keyout", "ca.key", "-out", "ca.pem", *usage])
        run(["openssl", "req", *key, "-subj", "/CN=localhost", "-keyout", "tls.key", "-out", "tls.csr"])
        (folder / "names").write_text(f"subjectAltName={','.join(NAMES)}\nbasicConstraints=CA:FALSE\n")
        sign = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names"]
        run(["openssl", "x509", "-req", "-in", "tls.csr", *sign, "-out", "tls.pem"])
        return cls(folder / "ca.pem", folder / "tls.pem", folder / "tls.key")
