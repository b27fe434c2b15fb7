"""Verdicts of upah-qris on known and mutated codes beside those of qriskit (PyPI) and promptparse (npm).

usage: qris.py COMMAND...: the command that runs the example `verdicts` of upah-qris.
promptparse is found by NODE_PATH. Every difference is one that is explained here, or ends this with exit code 1.
"""

import binascii
import collections
import json
import random
import subprocess
import sys
from pathlib import Path

import qriskit
from qriskit.errors import QRISError, QRISParseError

# qriskit takes these off both ends of a text; ours leaves that to whoever reads a line.
STRIPPED = " \t\r\n\v\f\xa0\ufeff"
BYTES_MAX = 2048
# The codes to begin with.
VECTORS = Path(__file__).parents[2] / "crates/upah-qris/tests/vectors/qris.json"
COUNT, SEED = 20_000, 20_261_130
TEMPLATES = {str(tag) for tag in range(26, 52)}


def crc(text):
    return format(binascii.crc_hqx(text.encode("utf-8"), 0xFFFF), "04X")


def sealed(text):
    body = text[: -len("6304XXXX")] if text[-8:-4] == "6304" else text
    return body + "6304" + crc(body + "6304")


def objects(text):
    """The objects of a text, or None."""
    try:
        return [(node.tag, node.value) for node in qriskit.tlv.decode(text)]
    except QRISParseError:
        return None


def joined(parts):
    return "".join(f"{tag}{len(value):02d}{value}" for tag, value in parts)


def restructured(rng, text):
    """An object is left out, told twice, moved, or told otherwise: well formed, and another code."""
    parts = [(tag, value) for tag, value in objects(text) or [] if tag != "63"]
    if not parts:
        return text
    at = rng.randrange(len(parts))
    tag, value = parts[at]
    kind = rng.randrange(6)
    if kind == 0:
        parts.pop(at)
    elif kind == 1:
        parts.insert(rng.randrange(len(parts) + 1), parts[at])
    elif kind == 2:
        parts.insert(rng.randrange(len(parts)), parts.pop(at))
    elif kind == 3:
        parts[at] = (tag, rng.choice(["", "1", "0" * 30, "12.5", "1.234", "XY", "***", "é" * 3, value[:-1], value + "9"])[:99])
    elif kind == 4:
        parts[at] = (f"{rng.randrange(100):02d}", value)
    else:
        parts.insert(rng.randrange(1, len(parts) + 1), (f"{rng.randrange(100):02d}", rng.choice(["", "01", "0503ABC", "A" * 40])))
    return sealed(joined(parts))


def damaged(rng, text):
    """Characters are lost, doubled or mistyped."""
    at = rng.randrange(len(text) + 1)
    to = min(len(text), at + rng.randrange(6))
    kind = rng.randrange(4)
    if kind == 0:
        return text[:at] + text[to:]
    if kind == 1:
        return text[:at] + rng.choice("0123456789AZ é-+~") + text[to:]
    if kind == 2:
        return text[:to] + text[at:]
    return text[:at]


def payloads(vectors, count, seed):
    rng = random.Random(seed)
    known = [vector["payload"] for vector in vectors]
    yield from known
    for _ in range(count):
        text = rng.choice(known)
        for _ in range(rng.randrange(1, 4)):
            text = restructured(rng, text) if rng.random() < 0.6 else damaged(rng, text)
        if rng.random() < 0.3:
            text = sealed(text)
        yield text


def of_qriskit(payload):
    """What qriskit says, in the words of ours."""
    try:
        code = qriskit.parse(payload)
    except QRISParseError:
        return {"refused": "structure"}
    issues = qriskit.validate(code)
    codes = {issue.code for issue in issues}
    # Tag 00 that is there and first, and is not 01, is a warning of ours.
    if code.nodes[0].tag != "00" or codes & {"crc.missing", "crc.not_last", "crc.mismatch"}:
        return {"refused": "seal"}
    if any(issue.code == "template.malformed" and issue.path in TEMPLATES for issue in issues):
        return {"refused": "template"}
    accounts = [account for account in code.merchant_accounts if account.tag in TEMPLATES]
    merchant = next((it for it in accounts if it.tag <= "45" and it.tag != "40"), None)
    national = next((it for it in accounts if it.tag == "51"), None)
    try:
        dynamic = {"payload": qriskit.convert.to_dynamic(code, 25_000, reference="GAJI-001").dumps()}
    except (QRISError, ValueError):
        dynamic = {"refused": True}
    return {
        "issues": {(issue.code, issue.path) for issue in issues},
        "tags": [node.tag for node in code.nodes],
        "initiation": code.get("01"),
        "name": code.get("59"),
        "city": code.get("60"),
        "amount": code.get("54"),
        "nmid": national.merchant_id if national else None,
        "mpan": merchant.pan if merchant else None,
        "reference": code.additional_data.reference_label,
        "dynamic": dynamic,
    }


VALUES = ["initiation", "name", "city", "amount", "nmid", "mpan", "reference"]


def warnings_differ(ours, theirs):
    """Warnings that both know under other names, compared; yields what only one of them says."""
    said = set(ours["warnings"])
    issues, tags = theirs["issues"], theirs["tags"]
    is_transfer = "40" in tags
    repeated = {path for code, path in issues if code == "tag.duplicate" and "." not in path}
    if {f"tag.repeated {int(tag)}" for tag in repeated} != {it for it in said if it.startswith("tag.repeated")}:
        yield "tag.repeated"
    # qriskit takes tag 00 out wherever it stands; ours only forgives it in front.
    if tags.count("00") == 1 and (("tag.order", None) in issues) != ("tag.order " in said):
        yield "tag.order"
    for tag in ["01", "53", "58", "59", "60"] + ([] if is_transfer else ["52"]):
        if (("tag.required", tag) in issues) != (f"tag.missing {int(tag)}" in said):
            yield f"tag.missing {tag}"
    if ("amount.on_static", "54") in issues and "amount.static " not in said:
        yield "amount.static"
    if "amount.static " in said and ("amount.on_static", "54") not in issues:
        yield "amount.static"
    for tag in ["52", "59", "60", "61"]:
        # Of a tag that is told twice, qriskit judges each.
        theirs_bad = bool({("tag.length", tag), ("tag.format", tag)} & issues)
        ours_bad = bool({f"tag.length {int(tag)}", f"tag.format {int(tag)}"} & said)
        if theirs_bad != ours_bad:
            yield f"value of tag {tag}"


def compare_with_qriskit(payload, ours):
    """Yields differences that nobody has explained, and counts the explained ones."""
    if len(payload.encode("utf-8")) > BYTES_MAX:
        return (yield from explained(ours.get("refused") == "qris_too_long", "longer than 2048 bytes"))
    if payload != payload.strip(STRIPPED):
        return (yield from explained(True, "space around the code, which qriskit takes off"))
    theirs = of_qriskit(payload)
    if ("refused" in ours) != ("refused" in theirs):
        yield f"readable: ours {ours}, theirs {theirs.get('refused')}"
        return
    if "refused" in ours:
        return
    for value in VALUES:
        if ours[value] != theirs[value]:
            # qriskit reads no sub-tag of a template of which a later part is broken; ours reads up to there.
            broken = any(code == "template.malformed" for code, _ in theirs["issues"])
            yield from explained(broken and value == "reference", "a broken tag 62, read up to where it breaks", f"{value}: {ours[value]} {theirs[value]}")
    yield from warnings_differ(ours, theirs)
    mine, other = ours["dynamic"], theirs["dynamic"]
    if ("refused" in mine) != ("refused" in other):
        has_amount = theirs["initiation"] == "12" and theirs["amount"] is not None
        yield from explained(has_amount and mine.get("refused") == "qris_dynamic", "a code for one payment with an amount, which ours does not change", f"to_dynamic: {mine} {other}")
    elif "payload" in mine and mine != other:
        tags = [tag for tag in theirs["tags"] if tag != "63"]
        odd = tags != sorted(set(tags))
        yield from explained(odd, "tags out of order or told twice: what is new stands at another place", f"to_dynamic: {mine} {other}")


EXPLAINED = collections.Counter()


def explained(is_so, reason, otherwise="not as explained"):
    if is_so:
        EXPLAINED[reason] += 1
    else:
        yield f"{otherwise} ({reason})"


def compare_with_promptparse(payload, ours, theirs):
    if theirs == "skipped":
        return (yield from explained(True, "promptparse is not asked about a minus where a length stands: it never ends there"))
    if not payload.isascii():
        return (yield from explained(True, "promptparse takes the checksum over UTF-16 units, not over UTF-8"))
    if ours.get("refused") == "qris_crc":
        if theirs is not None:
            yield f"a wrong checksum that promptparse accepts: {theirs}"
        return
    if "refused" in ours:
        if theirs is not None:
            EXPLAINED["promptparse looks at the checksum alone: " + ours["refused"]] += 1
        return
    if theirs is None:
        yield from explained("\n" in payload or "\r" in payload, "promptparse reads one line", "promptparse refuses it")
        return
    for value, tag in [("name", "59"), ("city", "60"), ("amount", "54"), ("initiation", "01")]:
        if ours[value] != theirs[tag]:
            yield f"{value}: {ours[value]} and by promptparse {theirs[tag]}"
    if ours["nmid"] != theirs["51.02"]:
        # It takes a template apart only when its last value is as long as it says, and from four digits on.
        yield from explained(theirs["51.02"] is None, "promptparse does not take a template apart", f"nmid: {ours['nmid']} {theirs['51.02']}")


def said_by(command, lines):
    return subprocess.run(command, input=lines, stdout=subprocess.PIPE, text=True, check=True, encoding="utf-8").stdout


def main(*verdicts):
    known = json.loads(VECTORS.read_text(encoding="utf-8"))["payloads"]
    codes = list(payloads(known, COUNT, SEED))
    lines = "".join(json.dumps(code) + "\n" for code in codes)
    ours = said_by(verdicts, lines)
    theirs = said_by(["node", str(Path(__file__).with_name("promptparse.cjs"))], lines)
    differences = collections.Counter()
    read = 0
    for code, mine, other in zip(codes, ours.splitlines(), theirs.splitlines(), strict=True):
        mine, other = json.loads(mine), json.loads(other)
        read += "refused" not in mine
        for name, found in [("qriskit", compare_with_qriskit(code, mine)), ("promptparse", compare_with_promptparse(code, mine, other))]:
            for difference in found:
                differences[name] += 1
                if differences[name] <= 10:
                    print(f"{name}: {difference}\n  {json.dumps(code)}", file=sys.stderr)
    for reason, times in sorted(EXPLAINED.items()):
        print(f"explained, {times} times: {reason}")
    print(f"{len(codes)} codes, {read} of them read: {sum(differences.values())} differences without an explanation")
    return 1 if differences or not read else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
