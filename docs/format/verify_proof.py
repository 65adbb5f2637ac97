#!/usr/bin/env python3
"""Check proofs of a Beleg archive without Beleg.

    verify_proof.py [--key LOGKEY] [--original FILE] PROOF.json ...

Uses nothing but Python's standard library and shares no code with Beleg. The form of a proof is
described in proof.md and log.md beside this file. Prints one line for each proof; the exit status is 0
when all hold. Without --key a proof shows only that whoever holds the key it names signed the record.
"""

import argparse
import base64
import hashlib
import json
import sys


class Refused(Exception):
    pass


def need(condition, why):
    if not condition:
        raise Refused(why)


# Ed25519, RFC 8032 section 5.1. A point is (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def x_from(y, sign):
    need(y < P, "a point is out of range")
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    need((x * x - xx) % P == 0, "a point is not on the curve")
    need(x or not sign, "a point is not in its one form")
    return P - x if x & 1 != sign else x


def point(b):
    n = int.from_bytes(b, "little")
    y = n & (2**255 - 1)
    x = x_from(y, n >> 255)
    return x, y, 1, x * y % P


def add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, a):
    total = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = add(total, a)
        a = add(a, a)
        n >>= 1
    return total


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signature_ok(public, message, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    k = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(k, "little") % ORDER
    return same(times(s, BASE), add(point(signature[:32]), times(k, point(public))))


# The parts of a proof.


def unbase64(text, size, what):
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Refused(what + " is not base64")
    need(len(raw) == size, what + " has the wrong length")
    need(base64.b64encode(raw).decode() == text, what + " is not in its one form")
    return raw


def parse_key(text):
    """A verifier key is name+hash+base64(1, public key); the hash ties the name to the key."""
    parts = text.split("+", 2)
    need(len(parts) == 3, "the key is not name+hash+key")
    name, key_hash, data = parts
    raw = unbase64(data, 33, "the key")
    need(raw[0] == 1, "the key is not ed25519")
    need(hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8] == key_hash, "the key's hash is wrong")
    return name, bytes.fromhex(key_hash), raw[1:]


def parse_checkpoint(text, log_key):
    """Three lines - log, size, root - then an empty one and the signature of the three."""
    name, key_hash, public = parse_key(log_key)
    lines = text.split("\n")
    need(len(lines) >= 6 and lines[3] == "" and lines[-1] == "", "the checkpoint does not have its lines")
    need(len(set(lines[4:-1])) == len(lines[4:-1]), "a signature is there twice")
    need(lines[0] == name, "the checkpoint is another log's")
    need(lines[1].isascii() and lines[1].isdigit() and str(int(lines[1])) == lines[1], "the checkpoint's size is not a number")
    root = unbase64(lines[2], 32, "the checkpoint's root")
    body = "".join(line + "\n" for line in lines[:3]).encode()
    signed = False
    for line in lines[4:-1]:  # other lines are those of witnesses, which need keys of their own
        parts = line.split(" ")
        need(len(parts) == 3 and parts[0] == "\u2014", "a signature line is malformed")
        try:
            raw = base64.b64decode(parts[2], validate=True)
        except ValueError:
            raise Refused("a signature is not base64")
        need(base64.b64encode(raw).decode() == parts[2], "a signature is not in its one form")
        if parts[1] == name and raw[:4] == key_hash:
            need(len(raw) == 68 and signature_ok(public, body, raw[4:]), "the signature is wrong")
            signed = True
    need(signed, "the checkpoint is not signed by the log")
    return int(lines[1]), root


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_from(leaf, index, size, path):
    """RFC 9162 section 2.1.3.2."""
    need(0 <= index < size, "the index lies outside the log")
    fn, sn, root = index, size - 1, leaf
    for p in path:
        need(sn != 0, "the path is too long")
        if fn & 1 or fn == sn:
            root = node(p, root)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            root = node(root, p)
        fn >>= 1
        sn >>= 1
    need(sn == 0, "the path is too short")
    return root


def no_doubles(pairs):
    need(len({k for k, _ in pairs}) == len(pairs), "a name is there twice")
    return dict(pairs)


def loads(text):
    # Numbers in a record keep the form in which they were written, so they stay text here.
    return json.loads(text, object_pairs_hook=no_doubles, parse_int=str, parse_float=str, parse_constant=str)


def check(data, trusted, original):
    try:
        text = data.decode("utf-8")
        proof = json.loads(text, object_pairs_hook=no_doubles)
    except ValueError:
        raise Refused("not JSON in UTF-8")
    need(isinstance(proof, dict) and set(proof) == {"checkpoint", "index", "log_key", "path", "record", "v"},
         "not the members of a proof")
    need(type(proof["v"]) is int and proof["v"] in (1, 2), "not version 1 or 2")
    need(type(proof["index"]) is int, "the index is not a number")
    need(all(isinstance(proof[k], str) for k in ("checkpoint", "log_key", "record")), "a member is not text")
    need(isinstance(proof["path"], list) and all(isinstance(p, str) for p in proof["path"]), "the path is not a list of text")
    canonical = json.dumps(proof, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    need(canonical == text, "not in its one form")

    need(not trusted or proof["log_key"] in trusted, "signed with a key you do not trust")
    size, root = parse_checkpoint(proof["checkpoint"], proof["log_key"])
    committed = proof["record"] if proof["v"] == 1 else proof["record"].split("\n")[0] + "\n"
    commitment = hashlib.sha256(b"beleg record v%d\n" % proof["v"] + committed.encode()).digest()
    leaf = hashlib.sha256(b"\x00" + commitment).digest()
    path = [unbase64(p, 32, "the path") for p in proof["path"]]
    need(root_from(leaf, proof["index"], size, path) == root, "the record is not in the log that was signed")

    record, withheld = record_v1(proof["record"]) if proof["v"] == 1 else record_v2(proof["record"])
    if original is not None:
        need(record.get("original") == original, "the record is about another original than the file given")
    return "holds: record %d of %d, %s at %s, original %s%s" % (
        proof["index"], size, record["kind"], record["time"], record.get("original", "not shown" if withheld else "none"),
        ", %d members withheld" % withheld if withheld else "")


def parse(text, what):
    try:
        return loads(text)
    except ValueError:
        raise Refused(what + " is not JSON")


def record_v1(text):
    record = parse(text, "the record")
    need(isinstance(record, dict) and record.get("v") == "1", "the record is not version 1")
    return record, 0


def record_v2(text):
    """A head, then a line [salt, name, value] for each member that is shown; the head holds the digest of each."""
    need(text.endswith("\n"), "the record has no end")
    lines = text[:-1].split("\n")
    head = parse(lines[0], "the record's head")
    need(isinstance(head, dict) and head.get("v") == "2", "the record is not version 2")
    digests = head.get("sd")
    need(isinstance(digests, list) and digests == sorted(digests), "the digests are not in order")
    record, names = {"kind": head["kind"], "time": head["time"]}, []
    for line in lines[1:]:
        member = parse(line, "a member")
        need(isinstance(member, list) and len(member) == 3 and isinstance(member[1], str), "a member is not salt, name and value")
        need(hashlib.sha256(line.encode() + b"\n").hexdigest() in digests, "the record does not commit to a member")
        names.append(member[1])
        if member[1] == "/original":
            record["original"] = member[2]
    need(names == sorted(set(names), key=lambda n: n.encode()), "the members are not in order")
    return record, len(digests) - len(names)


def sha256_of(name):
    h = hashlib.sha256()
    with open(name, "rb") as f:
        while block := f.read(1 << 20):
            h.update(block)
    return h.hexdigest()


def main():
    args = argparse.ArgumentParser(description="Check proofs of a Beleg archive without Beleg.")
    args.add_argument("--key", action="append", default=[], help="a log key that you have from somewhere else")
    args.add_argument("--original", help="the file that the record should be about")
    args.add_argument("proof", nargs="+")
    args = args.parse_args()
    original = sha256_of(args.original) if args.original else None
    failed = False
    for name in args.proof:
        try:
            with open(name, "rb") as f:
                print(name, check(f.read(), args.key, original))
        except Refused as e:
            failed = True
            print(name, "refused:", e)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
