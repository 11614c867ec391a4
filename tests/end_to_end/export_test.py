#!/usr/bin/env python3
"""Documents made by a real daemon, as a stranger opens them: the workbook's XML, the release's required parts, a file's
digest and root.

export_test.py WAYMARK WAYMARKD SOURCE_FOLDER OUTPUT_FOLDER [unittest arguments]
"""

import base64
import csv
import datetime
import hashlib
import html.parser
import io
import json
import os
import re
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree
import zipfile

from command_line_fixture import AUTHOR, CONTRACT, CommandLine, setUpModule, story, tearDownModule
from ledger_fixture import Programs

SHEETS = ["About", "Matrix", "Runs and lapses", "Targets", "Evidence register", "Clauses", "Hashes"]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# What must be there by the OCDS 1.1 release schema, and the codes it allows, as far as this export uses them.
RELEASE_PARTS = {"ocid", "id", "date", "tag", "initiationType"}
MILESTONE_STATUS = {"scheduled", "met", "notMet", "partiallyMet"}
ORGANISATION_ROLES = {"buyer", "procuringEntity", "supplier"}
INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"


def sheet(book, index):
    """Rows of one sheet: texts as they stand, numbers as whole numbers, cells with a date style as days."""
    texts = ["".join(part.text or "" for part in entry.iter(MAIN + "t"))
             for entry in xml.etree.ElementTree.fromstring(book.read("xl/sharedStrings.xml")).iter(MAIN + "si")]
    formats = xml.etree.ElementTree.fromstring(book.read("xl/styles.xml"))
    days = {number for number, style in enumerate(formats.find(MAIN + "cellXfs"))
            if int(style.get("numFmtId")) >= 164}
    rows = []
    for row in xml.etree.ElementTree.fromstring(book.read(f"xl/worksheets/sheet{index}.xml")).iter(MAIN + "row"):
        cells = {}
        for cell in row.iter(MAIN + "c"):
            value = cell.find(MAIN + "v").text
            if cell.get("t") == "s":
                value = texts[int(value)]
            elif int(cell.get("s", "0")) in days:
                value = datetime.date(1899, 12, 30) + datetime.timedelta(int(value))
            else:
                value = int(value)
            cells[re.match("[A-Z]+", cell.get("r")).group()] = value
        rows.append(cells)
    return rows


class Exports(CommandLine):
    def export(self, what, file_format, name, *more):
        return self.done(story.waymark("export", what, "--contract", CONTRACT, "--format", file_format, "--out",
                                       self.path(name), *more))

    def rows(self, what, *more):
        text = self.done(story.waymark("export", what, "--contract", CONTRACT, "--format", "csv", "--out", "-", *more))
        return list(csv.DictReader(io.StringIO(text, newline="")))


class TheWorkbook(Exports):
    def test_it_has_every_sheet_no_formula_and_days_as_days(self):
        self.export("matrix", "xlsx", "matrix.xlsx")
        with zipfile.ZipFile(self.path("matrix.xlsx")) as book:
            names = re.findall(r'<sheet name="([^"]*)"', book.read("xl/workbook.xml").decode())
            self.assertEqual(names, SHEETS)
            for number in range(1, len(SHEETS) + 1):
                self.assertNotIn(b"<f>", book.read(f"xl/worksheets/sheet{number}.xml"))
            about = {row["A"]: row["B"] for row in sheet(book, 1)}
            self.assertTrue(about["Standing"].startswith("REHEARSAL"))
            self.assertIn("GAP_POLICY=HOLD", about["Policies"])
            matrix = sheet(book, 2)
            column = {title: letter for letter, title in matrix[0].items()}
            held = next(row for row in matrix if row["A"] == "SE-AM")
            self.assertEqual(held[column["Level"]], 4)
            self.assertEqual(held[column["Level 4"]], "[HELD] DEFINED")
            self.assertEqual(held[column["Sustained since"]], datetime.date(2025, 4, 1))
            self.assertEqual(held[column["Target due"]], datetime.date(2025, 3, 31))
            self.assertEqual(held[column["Target status"]], "MET")
            self.assertEqual(len(matrix), 1 + 9)
            hashes = sheet(book, 7)
            events = self.done(story.waymark("--json", "events", "--contract", CONTRACT, "--limit", "1000"))
            self.assertEqual(len(hashes) - 1, len(events.splitlines()))

    def test_two_runs_give_the_same_bytes(self):
        known = ("--as-of", "2025-04-30", "--known-at", "60")
        self.export("matrix", "xlsx", "one.xlsx", *known)
        self.export("matrix", "xlsx", "two.xlsx", *known)
        self.assertEqual(self.read("one.xlsx"), self.read("two.xlsx"))

    @unittest.skipUnless(shutil.which("soffice"), "LibreOffice (soffice) is not installed")
    def test_libreoffice_opens_it(self):
        self.export("matrix", "xlsx", "matrix.xlsx")
        subprocess.run(["soffice", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,"
                        "false,false,false,2", "--outdir", self.folder, self.path("matrix.xlsx")], check=True, timeout=180,
                       env={**os.environ, "HOME": self.folder}, stdout=subprocess.DEVNULL)
        made = [name for name in os.listdir(self.folder) if name.endswith(".csv")]
        self.assertEqual(len(made), 1)
        self.assertIn("2025-03-31", self.read(made[0]).decode())


class TextOf(html.parser.HTMLParser):
    """The texts of a page that are seen: without its style, and what drawings say to a reader who cannot see them."""

    def __init__(self, page):
        super().__init__()
        self.texts, self.tag = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tag = tag

    def handle_data(self, data):
        if self.tag not in ("style", "title", "desc"):
            self.texts.append("".join(data.split()))


class ThePaper(Exports):
    KNOWN = ("--as-of", "2025-04-30", "--known-at", "60")

    @unittest.skipUnless(shutil.which("weasyprint") and shutil.which("pdftotext"), "weasyprint or pdftotext is not installed")
    def test_it_says_what_the_page_says(self):
        said = self.export("matrix", "pdf", "pack.pdf", *self.KNOWN)
        self.assertIn(hashlib.sha256(self.read("pack.pdf")).hexdigest(), said)
        self.assertIn("bytes of application/pdf", said)
        self.export("matrix", "html", "pack.html", *self.KNOWN)
        printed = subprocess.run(["pdftotext", "-raw", self.path("pack.pdf"), "-"], check=True, capture_output=True).stdout
        # Where a line ends inside a word or a cell is for the paper to say.
        printed = "".join(printed.decode().split())
        missing = [text for text in TextOf(self.read("pack.html").decode()).texts if text not in printed]
        self.assertEqual(missing, [])
        self.export("matrix", "pdf", "again.pdf", *self.KNOWN)
        self.assertEqual(self.read("again.pdf"), self.read("pack.pdf"))
        said = subprocess.run(["pdfinfo", self.path("pack.pdf")], check=True, capture_output=True).stdout.decode()
        self.assertRegex(said, r"Tagged: +yes\n")

    @unittest.skipUnless(shutil.which("weasyprint"), "weasyprint is not installed")
    def test_what_is_recorded_is_the_paper(self):
        said = self.export("matrix", "pdf", "pack.pdf", "--record", "--why", "for the board", "--party", "COUNTY", "--role", "CM")
        position = re.search(r"ExportIssued at position (\d+)", said).group(1)
        shown = self.done(story.waymark("--json", "events", "--contract", CONTRACT, "--from", position))
        digest = hashlib.sha256(self.read("pack.pdf"))
        self.assertTrue(digest.hexdigest() in shown or base64.b64encode(digest.digest()).decode() in shown, shown)
        self.assertIn("EXPORT_FORM_PDF", shown)

    def test_without_the_program_that_prints_it_nothing_is_left(self):
        def asked(path):
            return story.waymark("export", "matrix", "--contract", CONTRACT, "--format", "pdf", "--out", self.path("pack.pdf"),
                                 environment={"PATH": path})
        self.assertIn("weasyprint", self.refused(asked("/nonexistent"), "PDF_PROGRAM_MISSING"))
        for does, says in (("echo 'no such font' >&2; exit 3", "no such font"), ("cat", "made no PDF")):
            os.chmod(self.write("weasyprint", f"#!/bin/sh\n{does}\n"), 0o700)
            self.assertIn(says, self.refused(asked(self.folder + ":/bin"), "PDF_NOT_MADE"))
        self.assertEqual(os.listdir(self.folder), ["weasyprint"])


class TheTables(Exports):
    def test_they_say_in_every_row_where_it_comes_from(self):
        for what in ("matrix", "events", "determinations", "runs", "evidence"):
            rows = self.rows(what, "--known-at", "60")
            self.assertTrue(rows, what)
            for row in rows:
                self.assertEqual((row["Standing"], row["Contract"], row["Known at"]), ("REHEARSAL", CONTRACT, "60"), what)
                self.assertRegex(row["Root"], "^[0-9a-f]{64}$")
        corrected = [row for row in self.rows("determinations") if row["Superseded by"]]
        self.assertEqual([(row["Focus"], row["Level"], row["Ground"]) for row in corrected], [("SE-AM", "1", "ERROR")])
        lapses = [row for row in self.rows("runs") if row["Kind"] == "LAPSE" and row["Level"] == "3"]
        self.assertEqual([(row["Focus"], row["First"], row["Last"], row["Days"]) for row in lapses],
                         [("PI-CS", "2024-10-01", "2024-12-31", "92")])

    def test_what_was_typed_stays_a_text(self):
        event = {"type": "EvidenceSubmitted", "evidence_id": "=1+1", "focuses": ["PI-CS"], "issuer": "Roadworks Limited",
                 "evidence_type": "CUSTOMER_SURVEY", "artefact": hashlib.sha256(b"survey").hexdigest(), "size": 6,
                 "media_type": "text/plain", "received_via": "portal",
                 "period": {"first": "2025-01-01", "last": "2025-03-31"}}
        self.done(story.waymark("append", *AUTHOR, "--file", self.write("event.json", json.dumps(event))))
        self.assertIn("'=1+1", [row["Evidence"] for row in self.rows("evidence")])
        self.export("matrix", "xlsx", "matrix.xlsx")
        with zipfile.ZipFile(self.path("matrix.xlsx")) as book:
            self.assertIn("=1+1", [row.get("A") for row in sheet(book, 5)])


class TheRelease(Exports):
    def test_it_has_what_the_standard_requires(self):
        self.export("release", "json", "release.json")
        release = json.loads(self.read("release.json"))
        self.assertLessEqual(RELEASE_PARTS, set(release))
        self.assertRegex(release["date"], f"^{INSTANT}$")
        self.assertEqual((release["tag"], release["initiationType"]), (["implementationUpdate"], "tender"))
        for party in release["parties"]:
            self.assertLessEqual(set(party["roles"]), ORGANISATION_ROLES)
        self.assertIn(release["buyer"]["id"], [party["id"] for party in release["parties"]])
        contract, = release["contracts"]
        self.assertTrue(contract["id"] and contract["awardID"])
        milestones = contract["implementation"]["milestones"]
        self.assertEqual(len({milestone["id"] for milestone in milestones}), len(milestones))
        for milestone in milestones:
            self.assertIn(milestone["status"], MILESTONE_STATUS)
            self.assertRegex(milestone["dueDate"], f"^{INSTANT}$")
            self.assertEqual("dateMet" in milestone, milestone["status"] == "met" and "target" in milestone["id"])


class TheFile(Exports):
    def test_it_is_whole_and_named_by_digest_position_and_root(self):
        said = self.export("matrix", "html", "pack.html")
        self.assertIn(hashlib.sha256(self.read("pack.html")).hexdigest(), said)
        checkpoint = self.done(story.waymark("checkpoint")).splitlines()
        self.assertIn(f"position  {int(checkpoint[1]) - 1}\n", said)
        self.assertIn("root      " + base64.b64decode(checkpoint[2]).hex(), said)
        self.assertEqual(os.listdir(self.folder), ["pack.html"])
        for drawn in ("timeline", "radar"):
            self.export(drawn, "svg", drawn)
            xml.etree.ElementTree.fromstring(self.read(drawn))

    def test_a_file_that_is_there_stays(self):
        self.write("pack.html", "mine")
        ran = story.waymark("export", "matrix", "--contract", CONTRACT, "--format", "html", "--out", self.path("pack.html"))
        self.refused(ran, "FILE_EXISTS")
        self.assertEqual(self.read("pack.html"), b"mine")
        self.assertEqual(os.listdir(self.folder), ["pack.html"])

    def test_an_export_is_recorded_with_its_digest_or_leaves_no_file(self):
        why = ("--public", "--record", "--why", "for the website")
        ran = story.waymark("export", "matrix", "--contract", CONTRACT, "--format", "csv", "--out", self.path("no.csv"), *why)
        self.refused(ran, "FIELD_MISSING")
        self.assertEqual(os.listdir(self.folder), [])
        said = self.export("matrix", "csv", "yes.csv", *why, "--party", "COUNTY", "--role", "CM")
        position = re.search(r"ExportIssued at position (\d+)", said).group(1)
        shown = self.done(story.waymark("--json", "events", "--contract", CONTRACT, "--from", position))
        digest = hashlib.sha256(self.read("yes.csv"))
        self.assertTrue(digest.hexdigest() in shown or base64.b64encode(digest.digest()).decode() in shown, shown)
        self.assertIn("for the website", shown)

    def test_refusals(self):
        def out(what, *more):
            return story.waymark("export", what, "--contract", CONTRACT, "--out", self.path("f"), *more)
        self.refused(out("notice"), "NOTICE_UNKNOWN")
        self.refused(out("matrix", "--as-of", "2030-01-01"), "AS_OF_IN_FUTURE")
        self.refused(story.waymark("export", "runs", "--contract", "NONE", "--out", self.path("f")), "CONTRACT_UNKNOWN")
        self.refused(story.waymark("export", "matrix", "--contract", CONTRACT, "--out", "-"), "OUT_NOT_TEXT")
        self.refused(story.waymark("export", "matrix", "--contract", CONTRACT, "--format", "pdf", "--out", "-"), "OUT_NOT_TEXT")
        for usage in (("--record",), ("--why", "because"), ("--format", "docx")):
            self.assertEqual(out("matrix", *usage).code, 2, usage)
        self.assertEqual(os.listdir(self.folder), [])


if __name__ == "__main__":
    Programs.waymark, Programs.waymarkd, Programs.source, Programs.output = (os.path.abspath(p) for p in sys.argv[1:5])
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])
