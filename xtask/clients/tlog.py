"""The audit log against four verifiers of others: `metamorphic-log`, `aics-tlog`, `tlog-scales` and Go's own `sumdb`.

The binary pays in its own sandbox, is cosigned by a witness of ours and by one that `aics-tlog` makes here, and writes
checkpoint, proof and tiles. Each verifier has to accept all that it knows of, and to refuse a copy in which one character
or byte was changed. What our log sends to a witness is judged here, too, for the second witness is this script.

Usage: tlog.py UPAH_BINARY SUMDB_BINARY (the latter is `sumdb.go`)
"""

import base64
import hashlib
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

import metamorphic_log as metamorphic
from aics_tlog import checkpoint as aics_checkpoint
from aics_tlog import cosign as aics_cosign
from aics_tlog import note as aics_note
from aics_tlog import tiles as aics_tiles
from aics_tlog import tree as aics_tree
from aics_tlog import verified as aics_verified
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tlog_scales import backend as scales_backend
from tlog_scales import reader as scales_reader
from tlog_scales import signing as scales_signing
from tlog_scales import tlog as scales_tlog

UPAH = str(pathlib.Path(sys.argv[1]).resolve())
SUMDB = str(pathlib.Path(sys.argv[2]).resolve())
WAGES = 90


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def upah(folder, *arguments):
    done = subprocess.run([UPAH, *arguments], cwd=folder, text=True, capture_output=True, timeout=300)
    assert done.returncode == 0, (arguments, done)
    return done.stdout


def pay(folder, wages):
    lines = ["worker_id,name,destination,period,amount"]
    lines += [f"W{n:03},Siti Contoh {n},bank:014:12345{n:05},2026-11,{600_000 + n}" for n in range(wages)]
    (folder / "pay.csv").write_text("\n".join(lines) + "\n")
    return json.loads(upah(folder, "pay", "pay.csv", "--json"))


class OurWitness:
    """`upah witness serve`, for as long as it is needed."""

    def __init__(self, folder, vkey):
        (folder / "logs").write_text(vkey + "\n")
        self.process = subprocess.Popen(
            [UPAH, "witness", "serve", "--key", "ours.key", "--name", "disnaker.example/saksi", "--logs", "logs",
             "--state", "ours.state", "--listen", "127.0.0.1:0", "--json"],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        told = json.loads(self.process.stdout.readline())
        self.url, self.vkey = told["url"], told["vkey"]

    def close(self):
        self.process.terminate()
        self.process.wait()


class TheirWitness:
    """A witness made of `aics-tlog`: it judges each request with all verifiers before it cosigns."""

    def __init__(self, log_vkey):
        self.key, self.seen, self.requests = Ed25519PrivateKey.generate(), None, []
        self.vkey = aics_note.format_vkey(
            aics_cosign.cosignature_vkey("koperasi.example/saksi", self.key.public_key().public_bytes_raw()))
        witness = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                status, body = witness.answer(self.rfile.read(int(self.headers["content-length"])).decode(), log_vkey)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, request, log_vkey):
        head, note = request.split("\n\n", 1)
        old, *proof = head.split("\n")
        old, proof = int(old.removeprefix("old ")), [base64.b64decode(line, validate=True) for line in proof]
        stands = self.seen[0] if self.seen else 0
        if old != stands:
            return 409, f"{stands}\n"
        body = aics_checkpoint.parse_checkpoint(note.split("\n\n")[0] + "\n")
        if self.seen:
            judge_growth(self.seen[1], note, proof, log_vkey)
            self.requests.append((self.seen[1], note, proof))
        self.seen = (body.size, note)
        _, line = aics_cosign.sign_cosignature(
            self.key, "koperasi.example/saksi", int(time.time()), body.origin, body.size, body.root)
        return 200, aics_note.Note(text="", signatures=(line,)).serialise().removeprefix("\n")


def body_of(note):
    return aics_checkpoint.parse_checkpoint(note.split("\n\n")[0] + "\n")


def judge_growth(older, newer, proof, vkey):
    """A consistency proof, by all that are in Python."""
    metamorphic.checkpoint_verify_consistency(older, newer, [vkey], proof)
    old, new = body_of(older), body_of(newer)
    truth(aics_tree.verify_consistency(old.size, new.size, old.root, new.root, proof))
    scales_tlog.ConsistencyProof(old.size, new.size, proof).check(old.root, new.root)


def truth(said):
    """Some say no by raising, others by returning it."""
    if said is False:
        raise ValueError("refused")


# What each verifier judges. Everything raises when it refuses.


def metamorphic_judges(world):
    assert metamorphic.verify_signed_note(world["note"], [world["vkey"]]) == 1
    head = metamorphic.checkpoint_verify(world["note"], [world["vkey"]])
    assert head.size == body_of(world["note"]).size
    metamorphic.checkpoint_verify_inclusion(
        world["note"], [world["vkey"]], world["index"], leaf_hash(world["leaf"]), world["path"])


def aics_judges(world):
    note = aics_note.parse_note(world["note"])
    witnesses = [aics_note.parse_vkey(vkey) for vkey in world["witnesses"]]
    result = aics_checkpoint.verify_checkpoint(
        note, aics_note.parse_vkey(world["vkey"]), witnesses, 2, max_age_seconds=3_600)
    if not (result.ok and result.cosignature_count == 2):
        raise ValueError(f"refused: {result}")
    truth(aics_tree.verify_leaf_inclusion(world["leaf"], world["index"], result.size, world["path"], result.root))
    aics_verified.audit_tiles(aics_tiles.FileSystemTileReader(world["tree"]), result.size, result.root)


def scales_judges(world):
    head = scales_tlog.Checkpoint.from_text(world["note"])
    for vkey in [world["vkey"], *world["witnesses"]]:
        head.verify(scales_signing.Vkey.from_string(vkey))
    scales_tlog.InclusionProof(world["index"], head.size, world["path"]).check(leaf_hash(world["leaf"]), head.root_hash)
    reader = scales_reader.TilesReader(scales_backend.LocalBackend(world["tree"]))
    reader.get_checkpoint()
    if reader.calculate_root_hash() != head.root_hash or reader.get_entry(world["index"]) != world["leaf"]:
        raise ValueError("refused: the tiles are of another log")
    made = reader.get_inclusion_proof(world["index"], head.size)
    if made.node_hashes != world["path"]:
        raise ValueError("refused: the tiles give another proof")


def sumdb_judges(world):
    encoded = lambda data: base64.b64encode(data).decode()
    case = {
        "key": world["vkey"], "older": world["older"], "newer": world["note"], "growth": [*map(encoded, world["growth"])],
        "leaf": encoded(world["leaf"]), "index": world["index"], "path": [*map(encoded, world["path"])],
        "tree": str(world["tree"]),
    }
    judged = subprocess.run([SUMDB], input=json.dumps(case), text=True, capture_output=True, timeout=60)
    if judged.returncode == 1:
        raise ValueError(judged.stderr)
    if judged.returncode != 0:
        sys.exit(f"sumdb.go did not judge: {judged}")  # and not an Exception: it is no refusal


def refuses(judge, what, *arguments):
    try:
        judge(*arguments)
    except Exception:  # each has errors of its own
        return
    raise AssertionError(f"{judge.__name__} accepted a changed {what}")


def changed(data, at):
    """One character or byte of it is another."""
    if isinstance(data, bytes):
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
    return data[:at] + ("B" if data[at] == "A" else "A") + data[at + 1:]


def another_key(vkey):
    """A stranger's, under the same name."""
    name, public = vkey.split("+")[0], Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    typed = b"\1" + public
    number = hashlib.sha256(name.encode() + b"\n" + typed).hexdigest()[:8]
    return f"{name}+{number}+{base64.b64encode(typed).decode()}"


def tampered(world):
    """Copies in which one thing was changed, by name."""
    lines = world["note"].split("\n")
    for name, line in [("root", 2), ("signature of the log", 4), ("cosignature of ours", 5), ("cosignature of theirs", 6)]:
        wrong = lines[:]
        wrong[line] = changed(lines[line], len(lines[line]) - 20)
        yield name, {**world, "note": "\n".join(wrong)}
    yield "size", {**world, "note": world["note"].replace(lines[1], str(int(lines[1]) + 1), 1)}
    yield "name of the log", {**world, "note": changed(world["note"], 0)}
    yield "key", {**world, "vkey": another_key(world["vkey"])}
    yield "leaf", {**world, "leaf": changed(world["leaf"], 20)}
    yield "proof", {**world, "path": [changed(world["path"][0], 5), *world["path"][1:]]}
    yield "index", {**world, "index": world["index"] ^ 1}


def read_proof(text):
    """The parts of a `.tlog-proof`, read by its specification: the entry, where it is, the path, the checkpoint."""
    head, note = text.split("\n\n", 1)
    first, extra, index, *path = head.split("\n")
    assert first == "c2sp.org/tlog-proof@v1", text
    return (base64.b64decode(extra.removeprefix("extra "), validate=True), int(index.removeprefix("index ")),
            [base64.b64decode(line, validate=True) for line in path], note)


def main(folder):
    vkey = pay(folder, 3)["log"]["vkey"]
    ours, theirs = OurWitness(folder, vkey), TheirWitness(vkey)
    try:
        policy = f"log {vkey}\nwitness disnaker {ours.vkey} {ours.url}\nwitness koperasi {theirs.vkey} {theirs.url}\n"
        (folder / "policy").write_text(policy + "group saksi all disnaker koperasi\nquorum saksi\n")
        cosign = lambda: json.loads(upah(folder, "log", "cosign", "--policy", "policy", "--json"))
        cosign()
        # Long enough for a full tile, and for a consistency proof across its edge.
        size = pay(folder, WAGES)["log"]["size"]
        assert size > 256, size
        cosigned = cosign()
    finally:
        ours.close()
        theirs.server.shutdown()
    payment = json.loads(upah(folder, "status", "--json"))["payments"][WAGES // 2]["payment"]
    leaf, index, path, note = read_proof(json.loads(upah(folder, "log", "prove", payment, "--json"))["proof"])
    assert note == cosigned["checkpoint"] == upah(folder, "log", "checkpoint")
    upah(folder, "log", "export", "tree")
    world = {"vkey": vkey, "witnesses": [ours.vkey, theirs.vkey], "note": note, "leaf": leaf, "index": index,
             "path": path, "tree": folder / "tree"}
    assert (folder / "tree" / "checkpoint").read_text() == note

    ((older, newer, proof),) = theirs.requests
    wrong = [changed(proof[0], 5), *proof[1:]]
    refuses(judge_growth, "consistency proof", older, newer, wrong, vkey)
    world.update(older=older, growth=proof)
    cosignatures = {"cosignature of ours", "cosignature of theirs"}
    blind = {metamorphic_judges: cosignatures, sumdb_judges: cosignatures}
    refuses(sumdb_judges, "consistency proof", {**world, "growth": wrong})
    for judge in (metamorphic_judges, aics_judges, scales_judges, sumdb_judges):
        judge(world)
        for what, copy in tampered(world):
            if what not in blind.get(judge, set()):
                refuses(judge, what, copy)
        print(f"{judge.__name__.removesuffix('_judges')}: checkpoint, proofs and what it knows of tiles and witnesses")
    for file in sorted((folder / "tree" / "tile").rglob("*")):
        if file.is_file():
            good = file.read_bytes()
            file.write_bytes(changed(good, len(good) // 2))
            refuses(aics_judges, file.name, world)
            refuses(sumdb_judges, file.name, world)
            file.write_bytes(good)
    # And ours judges the cosignature that theirs has made.
    said = json.loads(upah(folder, "verify", "tree", "--policy", "policy", "--json"))
    assert (said["verdict"], said["intact"]) == ("ASLI", True), said


with tempfile.TemporaryDirectory(prefix="upah-tlog-") as scratch:
    main(pathlib.Path(scratch))
