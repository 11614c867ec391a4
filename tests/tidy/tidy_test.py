#!/usr/bin/env python3
"""Shows that the two checkers can fail: each fault is planted in a small tree and must be found by name."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import arrows  # noqa: E402
import tidy  # noqa: E402


def plant(root, path, text):
    os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
    with open(os.path.join(root, path), "w", encoding="utf-8") as file:
        file.write(text)


TABLE = {"folders": {"ledger/base": [], "ledger/merkle": ["ledger/base"]}, "exceptions": {},
         "libraries": {"rocksdb/": ["ledger/storage"]}}


class Arrows(unittest.TestCase):
    def faults(self, path, text, table=TABLE):
        with tempfile.TemporaryDirectory() as root:
            plant(root, path, text)
            return arrows.check(root, table)

    def test_an_allowed_arrow_passes(self):
        self.assertEqual(self.faults("ledger/merkle/a.cc", '#include "ledger/base/types.h"\n'), [])

    def test_a_forbidden_arrow_is_named_with_its_line(self):
        self.assertEqual(self.faults("ledger/base/a.h", '\n#include "ledger/merkle/hash.h"\n'),
                         ["ledger/base/a.h:2: ledger/base may not include ledger/merkle/hash.h"])

    def test_a_folder_outside_the_table_is_refused(self):
        self.assertIn("is not in dependencies.json", self.faults("ledger/new/a.h", "")[0])

    def test_a_cycle_is_refused(self):
        table = {"folders": {"a": ["b"], "b": ["a"]}, "exceptions": {}, "libraries": {}}
        self.assertEqual(self.faults("tests/x.cc", "", table), ["dependencies.json: a cycle: a -> b -> a"])

    def test_a_computed_include_is_refused(self):
        self.assertIn("does not name a file", self.faults("ledger/base/a.h", "#include FILE\n")[0])

    def test_a_library_outside_its_folders_is_refused(self):
        self.assertIn("may not use rocksdb/db.h", self.faults("ledger/base/a.h", "#include <rocksdb/db.h>\n")[0])

    def test_nothing_includes_tests(self):
        self.assertIn("nothing outside tests", self.faults("ledger/base/a.h", '#include "tests/a.h"\n')[0])


class Tidy(unittest.TestCase):
    GUARD = "#ifndef WAYMARK_LEDGER_BASE_A_H_\n"

    def faults(self, path, text):
        with tempfile.TemporaryDirectory() as root:
            plant(root, path, text)
            plant(root, "ledger/base/README.md", "base\n")
            plant(root, "tests/README.md", "tests\n")
            return tidy.check(root)

    def test_a_clean_header_passes(self):
        self.assertEqual(self.faults("ledger/base/a.h", self.GUARD), [])

    def test_each_fault_is_found(self):
        for path, text, expected in [
            ("ledger/base/a.h", self.GUARD + "// TO" + "DO: later\n", "finish it"),
            ("ledger/base/a.h", "", "include guard"),
            ("ledger/base/a.h", self.GUARD + "x" * 121 + "\n", "121 columns"),
            ("ledger/base/a.h", self.GUARD + "\n" * 600, "601 lines"),
            ("ledger/base/a.cc", "std::string_" + "view s;\n", "absl::string_view"),
            ("tests/base/a.cc", "std::this_thread::sleep_" + "for(1);\n", "wait for the thing"),
            ("ledger/base/utils.h", "#ifndef WAYMARK_LEDGER_BASE_UTILS_H_\n", "explains nothing"),
            ("ledger/new/a.cc", "", "no README.md"),
            ("extra/a.txt", "", "top level"),
        ]:
            with self.subTest(expected):
                found = self.faults(path, text)
                self.assertEqual(len(found), 1, found)
                self.assertIn(expected, found[0])


if __name__ == "__main__":
    unittest.main()
