"""What the tests share: the peers that must be there, labs to talk to, certificates, files with secrets."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from certificates import Certificates  # noqa: E402
from doctor import BINARY, Lab  # noqa: E402

NODE_MODULES = Path(__file__).parent.parent / ".peers/node_modules"


def missing(what: str) -> None:
    """A peer that is not there: said aloud on a laptop, a failure where nobody reads the output."""
    message = f"{what} is not installed: run peers/install"
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def program(name: str) -> str:
    """The path of a peer's program: in the virtual environment, else on the system."""
    path = shutil.which(name, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"], "/usr/sbin"]))
    return path or missing(name)


@pytest.fixture(scope="session", autouse=True)
def built() -> None:
    if not os.access(BINARY, os.X_OK):
        pytest.fail(f"{BINARY} is not built", pytrace=False)


@pytest.fixture(scope="session")
def node() -> str:
    if not (NODE_MODULES / "nodemailer").is_dir():
        missing("nodemailer")
    return program("node")


@pytest.fixture(scope="module")
def moto(tmp_path_factory):
    """The address of a moto_server on loopback."""
    log = tmp_path_factory.mktemp("moto") / "log"
    with log.open("w") as sink:
        process = subprocess.Popen([program("moto_server"), "-H", "127.0.0.1", "-p", "0"], stdout=sink, stderr=sink)
    end = time.monotonic() + 60
    while not (started := re.search(r"Running on (http://\S+)", log.read_text())):
        assert process.poll() is None and time.monotonic() < end, log.read_text()
        time.sleep(0.1)  # the pause between two looks
    yield started[1]
    process.kill()  # it keeps nothing
    process.wait()


@pytest.fixture(scope="module")
def lab():
    """`lab("healthy")`: that scenario's lab, one for all tests of a file that only read it."""
    running: dict[str, Lab] = {}

    def serve(scenario: str) -> Lab:
        if scenario not in running:
            running[scenario] = Lab(scenario).__enter__()
        return running[scenario]

    yield serve
    for one in running.values():
        one.__exit__()


@pytest.fixture
def secret_file(tmp_path):
    """`secret_file(text)`: a file of its own with exactly that text, for its owner only."""

    def write(text: str, name: str = "secret") -> str:
        path = tmp_path / name
        path.touch(mode=0o600)
        path.write_bytes(text.encode())
        return str(path)

    return write


@pytest.fixture
def open_folder():
    """A folder that a daemon with another user may enter, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="ses-doctor-peers-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory) -> Certificates:
    return Certificates.made_in(tmp_path_factory.mktemp("certificates"))
