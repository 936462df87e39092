"""A Postfix of its own: configuration, queue and log in one folder, nothing of the system's instance."""

import shutil
import subprocess
import time
from pathlib import Path

PROGRAMS = "/usr/sbin"

SERVICES = """
pickup    unix n - n 60 1 pickup
cleanup   unix n - n -  0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n -  - trivial-rewrite
bounce    unix - - n -  0 bounce
defer     unix - - n -  0 bounce
trace     unix - - n -  0 bounce
verify    unix - - n -  1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n -  - proxymap
smtp      unix - - n -  - smtp
relay     unix - - n -  - smtp
showq     unix n - n -  - showq
error     unix - - n -  - error
retry     unix - - n -  - error
discard   unix - - n -  - discard
anvil     unix - - n -  1 anvil
scache    unix - - n -  1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """Runs from `with` to its end; loopback only."""

    def __init__(self, folder: Path, settings: dict[str, str], services: str = ""):
        self.folder = folder
        self.log = folder / "log/postfix.log"
        self.config = folder / "etc"
        for name in ("etc", "queue", "data", "log"):
            (folder / name).mkdir()
        shutil.chown(folder / "data", "postfix")
        mine = {
            "compatibility_level": "3.6",
            "queue_directory": folder / "queue",
            "data_directory": folder / "data",
            "maillog_file": self.log,
            "maillog_file_prefixes": folder,
            "myhostname": "client.example.com",
            "mydestination": "",
            "inet_interfaces": "loopback-only",
            "inet_protocols": "ipv4",
            "alias_maps": "",
            "alias_database": "",
            "smtp_host_lookup": "native",
            "smtp_dns_support_level": "disabled",
            "minimal_backoff_time": "2s",
            "queue_run_delay": "2s",
        }
        (self.config / "main.cf").write_text("".join(f"{key} = {value}\n" for key, value in (mine | settings).items()))
        (self.config / "master.cf").write_text(SERVICES + services)

    def __enter__(self) -> "Postfix":
        self._tool("postfix", "start")
        return self

    def __exit__(self, *_: object) -> None:
        self._tool("postfix", "stop", check=False)

    def postmap(self, name: str, line: str) -> str:
        """A lookup table with one line; returns what main.cf calls it."""
        path = self.config / name
        path.write_text(line + "\n")
        path.chmod(0o600)
        self._tool("postmap", f"hash:{path}")
        return f"hash:{path}"

    def set(self, **settings: str) -> None:
        self._tool("postconf", "-e", *(f"{key} = {value}" for key, value in settings.items()))

    def send(self, sender: str, recipient: str, text: str) -> None:
        message = f"From: {sender}\nTo: {recipient}\nSubject: from Postfix\n\n{text}\n"
        self._tool("sendmail", "-f", sender, recipient, stdin=message, config_flag="-C")

    def wait_for(self, words: str, seconds: float = 45) -> str:
        """The first line of the log with these words."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for line in self._log().splitlines():
                if words in line:
                    return line
            time.sleep(0.1)  # the pause between two looks, not a guess of how long it takes
        raise AssertionError(f"no '{words}' in Postfix's log within {seconds} s:\n{self._log()}")

    def _log(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _tool(self, name: str, *args: str, stdin: str = "", check: bool = True, config_flag: str = "-c") -> None:
        command = [f"{PROGRAMS}/{name}", config_flag, str(self.config), *args]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60)
        if check and done.returncode:
            raise AssertionError(f"{command} exited {done.returncode}: {done.stderr}\n{self._log()}")
