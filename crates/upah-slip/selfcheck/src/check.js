// A slip checks itself in the browser, offline: whether the page is the one that the log's key signed, and whether the
// records in it stand in the book. It says UTUH at most, because the key is the one that the slip itself names.
import "./older.js";
import { hashes, verify } from "@noble/ed25519";
import { sha256, sha512 } from "@noble/hashes/sha2.js";

hashes.sha512 = sha512;

// In the words of the verifier (`src/reason.rs`); a test holds them against it.
const PAGE = "Tulisan di halaman tidak sama dengan catatannya.";
const PAGE_NOTE = "Tanda tangan halaman tidak cocok dengan isi slip.";
const MACHINE = "Bagian mesin slip rusak atau diubah.";
const RECORD = "Catatan ini tidak menyambung ke catatan sebelumnya: ada yang diubah, dihapus, atau ditukar.";
const MISSING = "Bukti bahwa catatan ini ada di buku tidak disertakan.";
const PROOF = "Catatan ini tidak ada di buku pada entri yang disebut: isi, nomor, atau buktinya tidak cocok.";
const RUN = "Catatan daftar gaji ini bukan milik daftar yang memerintahkan pembayaran.";
const HEAD = "Tanda tangan pada checkpoint bukan dari kunci yang tertulis di slip.";

// In pieces, so that the machine part has its mark in the file alone.
const OPENING = ["", 'script type="application/json" id="upah-slip">'].join("<");
const CLOSING = "</script>";

const utf8 = (text) => new TextEncoder().encode(text);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
const unbase64 = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const digest = (text) => base64(sha256(utf8(text)));

function join(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

// A verification key: name, id, and the type with the public key.
function readKey(vkey) {
  const [, name, id, field] = vkey.match(/^([^+]+)\+([0-9a-f]{8})\+(.+)$/);
  const typed = unbase64(field);
  const isOurs = typed.length === 33 && typed[0] === 1 && hex(sha256(join(utf8(name + "\n"), typed))).startsWith(id);
  if (!isOurs) throw new Error("key");
  const fingerprint = hex(sha256(utf8(vkey))).slice(0, 32).match(/.{4}/g).join(" ");
  return { name, id, point: typed.subarray(1), fingerprint };
}

// The signature lines of a signed note, and the text above them.
function readNote(note) {
  const end = note.lastIndexOf("\n\n") + 1;
  const lines = note.slice(end + 1, -1).split("\n");
  const signatures = lines.map((line) => {
    const [, name, field] = line.match(/^\u2014 (\S+) (\S+)$/);
    const bytes = unbase64(field);
    return { name, id: hex(bytes.subarray(0, 4)), bytes: bytes.subarray(4) };
  });
  return { text: note.slice(0, end), signatures };
}

// Whether every signature that names the key is its own, and there is one.
function isSigned({ text, signatures }, key) {
  const named = signatures.filter(({ name, id }) => name === key.name && id === key.id);
  const holds = ({ bytes }) => bytes.length === 64 && verify(bytes, utf8(text), key.point, { zip215: false });
  return named.length > 0 && named.every(holds);
}

// The days that witnesses give, who sign with their time in front (c2sp.org/tlog-cosignature). Their keys are not here.
function days({ signatures }) {
  return signatures
    .filter(({ bytes }) => bytes.length === 72 && bytes[0] + bytes[1] + bytes[2] === 0)
    .map(({ name, bytes }) => {
      const seconds = bytes.subarray(0, 8).reduce((sum, byte) => sum * 256 + byte, 0);
      return `${new Date((seconds + 7 * 3600) * 1000).toISOString().slice(0, 10)} (${name})`;
    });
}

const commit = ({ record, salt }) => hex(sha256(join(utf8("upah/v1/record"), unhex(salt), utf8(record))));
const node = (left, right) => sha256(join(Uint8Array.of(1), left, right));

// RFC 9162, 2.1.3.2, in numbers that may be larger than 32 bits.
function leadsTo(root, leaf, { index, path }, size) {
  if (index >= size) return false;
  let [at, last, hash] = [index, size - 1, sha256(join(Uint8Array.of(0), utf8(leaf)))];
  for (const sibling of path.map(unbase64)) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = node(sibling, hash);
      while (at % 2 === 0 && at > 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      hash = node(hash, sibling);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && base64(hash) === root;
}

// What the machine part says, and what does not fit in it.
function check(html) {
  const faults = [];
  const blame = (sentence, place) => faults.push(place ? `${place}: ${sentence}` : sentence);
  const parts = html.split(OPENING);
  const json = parts.length === 2 && parts[1].includes(CLOSING) ? parts[1].slice(0, parts[1].indexOf(CLOSING)) : "";
  const slip = JSON.parse(json);
  if (JSON.stringify(slip).replace(/</g, "\\u003c") !== json) blame(MACHINE);
  const key = readKey(slip.log_key);
  const head = readNote(slip.checkpoint);
  const [origin, size, root] = head.text.split("\n");
  if (origin !== key.name || !isSigned(head, key)) blame(HEAD);

  const { page_note: note, ...bound } = slip;
  if (note !== undefined) {
    const { text, signatures } = readNote(note);
    const emptied = parts[0] + OPENING + parts[1].slice(json.length);
    const [page, machine] = [`page ${digest(emptied)}`, `machine ${digest(JSON.stringify(bound))}`];
    const lines = text.split("\n");
    if (lines[2] !== page || document.compatMode !== "CSS1Compat") blame(PAGE);
    if (lines[3] !== machine) blame(MACHINE);
    const isWhole = text === `upah slip page v1\nlog ${key.name}\n${lines[2]}\n${lines[3]}\n` && signatures.length === 1;
    if (!isWhole || !isSigned({ text, signatures }, key)) blame(PAGE_NOTE);
  }

  const prove = (leaf, entry, place) => {
    if (!entry) blame(MISSING, place);
    else if (!leadsTo(root, leaf, entry, Number(size))) blame(PROOF, place);
  };
  const plain = (commitment) => `{"commit":"${commitment}","v":1}`;
  const events = slip.payment.map(({ record }) => JSON.parse(record));
  let before = "0".repeat(64);
  slip.payment.forEach((one, at) => {
    const { n, prev, stream } = events[at];
    const place = `catatan ${at + 1}`;
    if (n !== at + 1 || prev !== before || stream !== events[0].stream) blame(RECORD, place);
    before = commit(one);
    if (at === 0 || at + 1 === events.length) prove(plain(before), one.entry, place);
  });
  const runs = Array.from(new Set(events.filter(({ kind }) => kind === "instructed").map(({ run }) => run)));
  if (runs.length !== slip.runs.length || runs.length === 0) blame(RUN);
  let sandbox = false;
  slip.runs.forEach(({ sealing, approval }, at) => {
    const place = `daftar ${runs[at]}`;
    let sealed = sealing.closed;
    if (!sealed) {
      const { at: time, count, sandbox: isTest, stream, n } = JSON.parse(sealing.open.record);
      if (stream !== runs[at] || n !== 1) blame(RUN, place);
      sandbox = sandbox || isTest === true;
      sealed = { commit: commit(sealing.open), count, day: time.slice(0, 10), entry: sealing.open.entry };
    }
    const { commit: seal, count, day, entry } = sealed;
    prove(`{"commit":"${seal}","count":${count},"day":"${day}","run":"${runs[at]}","v":1}`, entry, place);
    if (approval) {
      const { prev, stream } = JSON.parse(approval.record);
      if (prev !== seal || stream !== runs[at]) blame(RECORD, place);
      prove(plain(commit(approval)), approval.entry, place);
    }
  });
  const last = slip.payment[slip.payment.length - 1].entry;
  return { faults, isPageSigned: note !== undefined, key, origin, size, sandbox, days: days(head), last: last && last.index };
}

// Puts the verdict where the page keeps a place for it; where that is gone, on top.
function show(word, sentences) {
  let place = document.getElementById("upah-verdict");
  if (!place) {
    place = document.createElement("div");
    place.id = "upah-verdict";
    document.body.insertBefore(place, document.body.firstChild);
  }
  place.textContent = "";
  place.appendChild(document.createElement("b")).textContent = word;
  for (const sentence of sentences) place.appendChild(document.createElement("p")).textContent = sentence;
}

const doesNotFit = (faults) =>
  show("TIDAK COCOK", [
    "Ada yang tidak cocok. Jangan dipercaya sebelum ditanyakan ke kantor pengantar kerja. (Something does not fit.)",
    ...faults,
  ]);

function fits({ isPageSigned, key, origin, size, sandbox, days, last }) {
  const test = sandbox ? "UJI COBA, bukan uang sungguhan. " : "";
  const dated = days.length
    ? `Hari menurut saksi: ${days.join(", ")}; saksi belum diperiksa di layar ini.`
    : "Belum ada saksi yang memberi tanggal.";
  const office =
    "ASLI hanya dapat dikatakan oleh pemeriksa yang memegang kunci atau kebijakan dari kantor, bukan dari slip ini.";
  if (!isPageSigned) {
    const why = "slip ini dicetak tanpa kunci buku, jadi tulisannya tidak ditandatangani.";
    return show("BELUM BISA DICEK", [`${test}Catatannya cocok dengan buktinya, tetapi ${why}`, office]);
  }
  show("UTUH", [
    `${test}Tulisan, catatan dan bukti di slip ini cocok, menurut buku ${origin} sampai entri ${last}, saat buku itu berisi ` +
      `${size} entri. ${dated} Kejadian sesudahnya tidak terlihat. (Intact.)`,
    `Ditandatangani kunci ${key.id}, sidik jari ${key.fingerprint}. Bandingkan dengan sidik jari dari kantor: pemalsu memakai ` +
      "kuncinya sendiri.",
    office,
  ]);
}

try {
  const found = check(document.documentElement.outerHTML);
  if (found.faults.length) doesNotFit(found.faults);
  else fits(found);
} catch (_) {
  doesNotFit([MACHINE]);
}

// What follows this script is read after it has run: nothing may.
const shown = document.documentElement.outerHTML;
document.addEventListener("DOMContentLoaded", () => {
  const isSame = document.documentElement.outerHTML === shown && document.childNodes.length === 2;
  if (!isSame) doesNotFit([PAGE]);
});
