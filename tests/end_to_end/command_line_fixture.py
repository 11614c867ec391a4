"""What the suites of the command line share: a contract's first year on a served ledger, and how a refusal reads."""

import os
import re
import shutil
import unittest

from ledger_fixture import Ledger, temporary_folder

CONTRACT = "HIGHWAYS-1"
AUTHOR = ("--contract", CONTRACT, "--party", "COUNTY", "--role", "CM", "--principal", "county-cm-1")

# A rehearsal ledger with a contract's first year on it. A suite that names the next two beside it has it served while its
# tests run: unittest looks for them in the suite's own module.
story = Ledger(temporary_folder())


def setUpModule():
    story.init()
    story.start()
    story.play_first_year()


def tearDownModule():
    story.kill()
    shutil.rmtree(story.folder, ignore_errors=True)


def verification(evidence_id="REPORT-SE-AM-2024-Q2", **more):
    return {"type": "EvidenceVerified", "evidence_id": evidence_id, "outcome": "VERIFIED", "method": "read",
            "common": {"reason": "matches the survey"}, **more}


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.folder = temporary_folder()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def done(self, ran):
        self.assertEqual(ran.code, 0, ran)
        return ran.out

    def refused(self, ran, reason, program="waymark"):
        """Exit code 1 and nothing on standard output; each line of standard error is one clear refusal.

        An empty reason stands for any.
        """
        self.assertEqual(ran.code, 1, ran)
        self.assertEqual(ran.out, "", ran)
        found = re.findall(rf"^{program}: ([A-Z0-9_]+)(?= in event |:)", ran.err, re.M)
        self.assertTrue(reason in found if reason else found, ran)
        for line in ran.err.splitlines():
            self.assertRegex(line, rf"^{program}: [A-Z0-9_]+( in event \d+)?: \S", ran)
        return ran.err
