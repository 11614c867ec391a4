#!/usr/bin/env python3
"""Holds the tree against the house rules that a machine can check. Usage: tidy.py SOURCE_DIR"""
import os
import re
import subprocess
import sys

TOP_LEVEL = {"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "CHANGELOG.md",
             "proto", "ledger", "projections", "clients", "tests", "deploy"}
LINES_MAX = 600
COLUMNS_MAX = 120
README_LINES_MAX = 120
CODE = (".h", ".cc", ".proto", ".py", ".go")
# Each banned pattern with what to do instead. The markers are spelled apart so that this file passes its own test.
BANNED = [
    (re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b"), CODE, "", "finish it or leave it out"),
    (re.compile(r"\bsleep_" r"for\b|absl::Sleep" r"For|\busle" r"ep\(|time\.sle" r"ep"), CODE, "tests/",
     "wait for the thing itself"),
    (re.compile(r"\bstd::string_view\b"), (".h", ".cc"), "", "take absl::string_view"),
    (re.compile(r"^\s*(?:const )?(double|float) "), (".h", ".cc"), "ledger/contract/", "folds and rules count in integers"),
    (re.compile(r"std::chrono::system_clock|absl::Now\(\)"), (".h", ".cc"), "ledger/contract/", "pass the day in"),
    (re.compile(r"using namespace std"), (".h", ".cc"), "", "name what is used"),
]
NAMES = re.compile(r"(?:^|[/_])(utils?|helpers?|common|misc|manager|impl)(?:\.|_|/|$)")


def tracked(root):
    out = subprocess.run(["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard"],
                         capture_output=True, text=True)
    if out.returncode == 0:
        return [p for p in out.stdout.splitlines() if os.path.isfile(os.path.join(root, p))]
    files = []
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f not in (".git", "build")]
        files += [os.path.relpath(os.path.join(folder, n), root) for n in names]
    return files


def check_file(root, path, faults):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        lines = file.read().splitlines()
    # One catalogue, in one file, in its order.
    if len(lines) > LINES_MAX and path != "proto/waymark/v1/event.proto":
        faults.append(f"{path}: {len(lines)} lines, at most {LINES_MAX}: split it by subject")
    for number, line in enumerate(lines, 1):
        if path.endswith((".h", ".cc")) and len(line) > COLUMNS_MAX and "http" not in line and 'R"' not in line:
            faults.append(f"{path}:{number}: {len(line)} columns, at most {COLUMNS_MAX}")
        for pattern, endings, prefix, instead in BANNED:
            if path.endswith(endings) and path.startswith(prefix) and pattern.search(line):
                faults.append(f"{path}:{number}: {pattern.search(line).group(0)}: {instead}")
    if path.endswith(".h"):
        guard = "WAYMARK_" + re.sub(r"[/.]", "_", path).upper() + "_"
        if not any(line == f"#ifndef {guard}" for line in lines):
            faults.append(f"{path}: the include guard must be {guard}")


def check(root):
    faults = []
    files = tracked(root)
    for path in files:
        first = path.split("/")[0]
        if first not in TOP_LEVEL and not first.startswith("."):
            faults.append(f"{path}: the top level does not name {first}")
        if path.endswith(CODE) and NAMES.search(path):
            faults.append(f"{path}: a name that explains nothing")
        if path.endswith(CODE):
            check_file(root, path, faults)
        if path.endswith("README.md"):
            with open(os.path.join(root, path), encoding="utf-8") as file:
                count = len(file.read().splitlines())
            if path != "README.md" and count > README_LINES_MAX:
                faults.append(f"{path}: {count} lines; a page has at most {README_LINES_MAX}")
    folders = {os.path.dirname(p) for p in files if p.endswith((".h", ".cc", ".proto"))}
    for folder in sorted(folders):
        documented = folder
        while documented and f"{documented}/README.md" not in files:
            # A folder of tests is explained by tests/README.md, one of protos by proto/README.md.
            if documented.split("/")[0] not in ("tests", "proto"):
                documented = ""
                break
            documented = os.path.dirname(documented)
        if not documented:
            faults.append(f"{folder}: no README.md")
    return faults


def main():
    faults = check(sys.argv[1])
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
