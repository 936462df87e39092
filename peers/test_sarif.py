"""What `lint --output sarif` prints is SARIF 2.1.0: it fits the types that @types/sarif makes from the official schema, in
TypeScript's eyes, which refuse an unknown property as they do a missing one."""

import subprocess

import pytest
from conftest import NODE_MODULES, missing
from doctor import CAUSE_FOUND, COULD_NOT_RUN, HEALTHY, run

HOST = "email-smtp.eu-west-1.amazonaws.com"
FILES = {
    "wrong": (f"SMTP_ADDRESS={HOST}\nSMTP_PORT=465\nSMTP_USERNAME=\n", CAUSE_FOUND),
    "right": (f"SMTP_HOST={HOST}\nSMTP_PORT=587\n", HEALTHY),
}


def type_errors(log: str, folder) -> str:
    """What the compiler says to the log as a literal of type Log."""
    compiler = NODE_MODULES / "typescript/bin/tsc"
    if not compiler.is_file() or not (NODE_MODULES / "@types/sarif").is_dir():
        missing("@types/sarif and typescript")
    (folder / "log.ts").write_text(f'import type {{ Log }} from "sarif";\nexport const log: Log = {log};\n')
    options = ["--noEmit", "--strict", "--skipLibCheck", "--typeRoots", str(NODE_MODULES / "@types"), "--types", "sarif"]
    (folder / "node_modules").symlink_to(NODE_MODULES)
    done = subprocess.run([compiler, *options, "log.ts"], cwd=folder, capture_output=True, text=True, timeout=120)
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", FILES)
def test_the_log_is_of_the_published_type(name, tmp_path):
    text, code = FILES[name]
    path = tmp_path / ".env"
    path.write_text(text)
    done = run("lint", str(path), "--output", "sarif")
    assert done.code == code, done
    assert type_errors(done.out, tmp_path) == ""


def test_a_file_that_cannot_be_read_is_a_notification(tmp_path):
    done = run("lint", str(tmp_path / "nowhere"), "--output", "sarif")
    assert done.code == COULD_NOT_RUN, done
    assert type_errors(done.out, tmp_path) == ""
    assert not done.report["runs"][0]["invocations"][0]["executionSuccessful"]


def test_the_check_sees_what_is_wrong(tmp_path):
    assert "TS2353" in type_errors('{ version: "2.1.0", runs: [], unknown: 1 }', tmp_path)
