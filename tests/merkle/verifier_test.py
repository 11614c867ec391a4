#!/usr/bin/env python3
"""The independent verifier, itself under test: it passes what is whole and names what is not.

verifier_test.py CLIENTS_VERIFIER_FOLDER VECTORS_FOLDER OUTPUT_FOLDER
Exit 77 (skipped, with the packages' names) where Debian's Go or its x/mod package is missing.
"""

import base64
import functools
import hashlib
import http.server
import json
import os
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

VERIFIER_FOLDER, VECTORS, OUTPUT = sys.argv[1:4]
PROGRAM = os.path.join(OUTPUT, "waymark-verifier")


def load(name):
    with open(os.path.join(VECTORS, name), encoding="utf-8") as file:
        return json.load(file)


def run(*arguments):
    """The exit status and what was printed."""
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


class Ledger(unittest.TestCase):
    """A folder with the files of a ledger."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, path, content):
        path = os.path.join(self.folder.name, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def check(self):
        return run("tiles", self.folder.name, self.vkey)

    def assert_fault(self, what):
        status, output = self.check()
        self.assertEqual(status, 1, what)
        self.assertTrue(output.startswith("FAULT "), output)
        return output


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class TesseraLog(Ledger):
    def setUp(self):
        super().setUp()
        vectors = load("tessera_log.json")
        self.vkey = vectors["vkey"]
        self.files = {path: base64.b64decode(text) for path, text in vectors["files"].items()}
        for path, content in self.files.items():
            self.write(path, content)

    def test_passes_whole(self):
        status, output = self.check()
        self.assertEqual(status, 0, output)
        self.assertIn("OK size=15 ", output)
        self.assertIn(" entries=15 sizes=15 ", output)

    def test_passes_over_http(self):
        handler = functools.partial(Silent, directory=self.folder.name)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever).start()
            url = "http://127.0.0.1:%d" % server.server_port
            status, output = run("tiles", url, self.vkey)
            os.remove(os.path.join(self.folder.name, "tile/0/000.p/15"))
            missing = run("tiles", url, self.vkey)
            server.shutdown()
        self.assertEqual(status, 0, output)
        self.assertIn("OK size=15 ", output)
        self.assertEqual(missing[0], 1)
        self.assertIn("tile/0/000.p/15: absent", missing[1])

    def test_passes_at_every_smaller_size(self):
        for size in range(16):
            self.write("checkpoint", self.files["checkpoint.%d" % size])
            status, output = self.check()
            self.assertEqual(status, 0, output)
            self.assertIn("OK size=%d " % size, output)

    def test_fails_on_any_flipped_byte_of_the_bundle(self):
        self.flip_each("tile/entries/000.p/15", range(len(self.files["tile/entries/000.p/15"])))

    def test_fails_on_one_flipped_bit_of_a_tile(self):
        self.flip_each("tile/0/000.p/15", range(0, 480, 7))
        self.flip_each("tile/0/000.p/8", range(0, 256, 37))

    def test_fails_on_one_flipped_bit_of_the_signed_text(self):
        text = self.files["checkpoint"].index(b"\n\n")
        self.flip_each("checkpoint", range(0, text, 3))
        self.flip_each("checkpoint", range(text + 40, text + 100, 9))

    def flip_each(self, path, places):
        for place in places:
            content = bytearray(self.files[path])
            content[place] ^= 1
            self.write(path, bytes(content))
            self.assert_fault("%s byte %d" % (path, place))
        self.write(path, self.files[path])
        self.assertEqual(self.check()[0], 0)

    def test_fails_on_left_over_missing_or_foreign_files(self):
        bundle = "tile/entries/000.p/15"
        self.write(bundle, self.files[bundle] + b"\0")
        self.assertIn("1 bytes after the last entry", self.assert_fault("left over"))
        self.write(bundle, self.files[bundle][:-1])
        self.assertIn("position 14", self.assert_fault("cut short"))
        self.write(bundle, self.files[bundle])
        self.write("tile/0/000.p/15", self.files["tile/0/000.p/14"])
        self.assert_fault("a narrower tile")
        os.remove(os.path.join(self.folder.name, "tile/0/000.p/15"))
        self.assert_fault("no tile")

    def test_fails_under_another_key(self):
        self.vkey = load("notes.json")["peter"]["vkey"]
        self.assertIn("checkpoint: ", self.assert_fault("key"))


class TreeOf300(Ledger):
    """Past a tile's border, under a key that the openssl command makes."""

    def setUp(self):
        super().setUp()
        entries = [b"record %d" % i for i in range(300)]
        leaves = [hashlib.sha256(b"\0" + entry).digest() for entry in entries]
        self.tiles = {
            "tile/0/000": b"".join(leaves[:256]),
            "tile/0/001.p/44": b"".join(leaves[256:]),
            "tile/1/000.p/1": root_of(leaves[:256]),
        }
        for path, content in self.tiles.items():
            self.write(path, content)
        for path, part in (("000", entries[:256]), ("001.p/44", entries[256:])):
            bundle = b"".join(struct.pack(">H", len(entry)) + entry for entry in part)
            self.write("tile/entries/" + path, bundle)
        text = b"origin.example\n300\n%s\n" % base64.b64encode(root_of(leaves))
        self.vkey, line = sign("origin.example", text, self.folder.name)
        self.write("checkpoint", text + b"\n" + line)

    def test_passes_whole(self):
        status, output = self.check()
        self.assertEqual(status, 0, output)
        root = load("checkpoints.json")["sunlight_tree"]["root"]
        self.assertIn("OK size=300 root=%s " % root, output)
        self.assertIn(" sizes=300 tiles=46", output)

    def test_fails_where_a_full_tile_is_wrong(self):
        for path in self.tiles:
            content = bytearray(self.tiles[path])
            content[len(content) // 2] ^= 0x10
            self.write(path, bytes(content))
            self.assert_fault(path)
            self.write(path, self.tiles[path])


class Proof(Ledger):
    """What `waymark prove` writes, from Waymark's own frozen chain."""

    def setUp(self):
        super().setUp()
        self.chain = load("waymark_chain.json")
        self.vkey = self.chain["vkey"]
        self.headers = [bytes.fromhex(text) for text in self.chain["headers"]]
        self.leaves = [hashlib.sha256(b"\0" + header).digest() for header in self.headers]

    def proof(self, index):
        return "c2sp.org/tlog-proof@v1\nindex %d\n%s\n\n%s" % (
            index, base64.b64encode(self.leaves[1 - index]).decode(), self.chain["checkpoint"])

    def verify(self, proof, header):
        return run("proof", self.write("p.tlog-proof", proof.encode()),
                   self.write("p.header", header),
                   self.write("log.vkey", self.vkey.encode() + b"\n"))

    def test_passes_for_each_entry(self):
        for index in (0, 1):
            status, output = self.verify(self.proof(index), self.headers[index])
            self.assertEqual(status, 0, output)
            self.assertIn("OK position=%d size=2 " % index, output)

    def test_fails_for_another_entry(self):
        self.assertEqual(self.verify(self.proof(0), self.headers[1])[0], 1)
        self.assertEqual(self.verify(self.proof(1), self.headers[0])[0], 1)

    def test_fails_on_any_flipped_byte_of_the_header(self):
        for place in range(len(self.headers[0])):
            header = bytearray(self.headers[0])
            header[place] ^= 1
            self.assertEqual(self.verify(self.proof(0), bytes(header))[0], 1, place)

    def test_fails_without_index_or_checkpoint(self):
        proof = self.proof(0)
        for broken in ("", proof.replace("index 0", "index 1"), proof.replace("index 0\n", ""),
                       proof.split("\n\n")[0], proof.replace("\n2\n", "\n3\n")):
            self.assertEqual(self.verify(broken, self.headers[0])[0], 1, broken)


class Usage(unittest.TestCase):
    def test_says_how_it_is_called(self):
        for arguments in ((), ("tiles",), ("proof", "a", "b"), ("else", "a", "b")):
            self.assertEqual(run(*arguments)[0], 2)


def root_of(leaves):
    """RFC 6962 section 2.1, over leaf hashes."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + root_of(leaves[:k]) + root_of(leaves[k:])).digest()


def sign(name, text, folder):
    """A fresh key's vkey and its signature line over text, by the openssl command."""
    key, message, signature = (os.path.join(folder, file)
                               for file in ("key.pem", "text", "signature"))
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True)
    with open(message, "wb") as file:
        file.write(text)
    subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", message,
                    "-out", signature], check=True)
    public = subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"],
                            check=True, capture_output=True).stdout[-32:]
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    with open(signature, "rb") as file:
        payload = base64.b64encode(key_id + file.read())
    vkey = "%s+%s+%s" % (name, key_id.hex(), base64.b64encode(b"\x01" + public).decode())
    return vkey, "\u2014 {} ".format(name).encode() + payload + b"\n"


if __name__ == "__main__":
    built = subprocess.run([os.path.join(VERIFIER_FOLDER, "build"), OUTPUT], check=False).returncode
    if built != 0:
        sys.exit(built)
    unittest.main(argv=[sys.argv[0]])
