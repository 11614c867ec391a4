#!/usr/bin/env python3
"""Reads every #include and holds it against dependencies.json: which folder may see which.

Refuses an arrow that is not in the table, a folder that is missing from it, a cycle, an include by a computed
name, and a library outside its folders. Usage: arrows.py SOURCE_DIR [--table FILE]
"""
import json
import os
import re
import sys

SOURCES = ("ledger", "projections", "clients")
INCLUDE = re.compile(r'^\s*#\s*include\s*(.*)$')
NAMED = re.compile(r'^(?:"([^"]+)"|<([^>]+)>)')


def source_files(root):
    for top in SOURCES + ("tests",):
        for folder, _, names in os.walk(os.path.join(root, top)):
            for name in sorted(names):
                if name.endswith((".h", ".cc")):
                    yield os.path.relpath(os.path.join(folder, name), root)


def find_cycle(table):
    """A list of folders that lead back to the first, or None."""
    done, path = set(), []

    def visit(folder):
        if folder in path:
            return path[path.index(folder):] + [folder]
        if folder in done:
            return None
        path.append(folder)
        for other in table.get(folder, []):
            cycle = visit(other)
            if cycle:
                return cycle
        path.pop()
        done.add(folder)
        return None

    for folder in sorted(table):
        cycle = visit(folder)
        if cycle:
            return cycle
    return None


def room_of(path):
    """The folder of the table that a file of the tree lies in."""
    folder = os.path.dirname(path)
    if path.startswith(("waymark/v1/", "google/rpc/")) and path.endswith(".pb.h"):
        return "proto"
    return folder


def check(root, table):
    faults = []
    arrows = table["folders"]
    cycle = find_cycle(arrows)
    if cycle:
        faults.append("dependencies.json: a cycle: " + " -> ".join(cycle))
    for path in source_files(root):
        folder = os.path.dirname(path)
        in_tests = path.startswith("tests/")
        if not in_tests and folder not in arrows:
            faults.append(f"{path}: folder {folder} is not in dependencies.json")
            continue
        allowed = set(arrows.get(folder, [])) | {folder} | set(table["exceptions"].get(path, []))
        with open(os.path.join(root, path), encoding="utf-8") as file:
            lines = file.read().splitlines()
        for number, line in enumerate(lines, 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            named = NAMED.match(match.group(1))
            if not named:
                faults.append(f"{path}:{number}: the include does not name a file: {line.strip()}")
                continue
            target = named.group(1) or named.group(2)
            if target.startswith("tests/") and not in_tests:
                faults.append(f"{path}:{number}: includes {target}; nothing outside tests may")
            room = room_of(target)
            known = room in arrows or room == "proto" or target.startswith(tuple(s + "/" for s in SOURCES))
            if known and not in_tests and room not in allowed:
                faults.append(f"{path}:{number}: {folder} may not include {target}")
            for prefix, folders in table["libraries"].items():
                if target.startswith(prefix) and not any(
                        folder == f or (f == "tests" and in_tests) for f in folders):
                    faults.append(f"{path}:{number}: {folder} may not use {target}")
    return faults


def main(arguments):
    root = arguments[0]
    table_path = os.path.join(root, "tests/tidy/dependencies.json")
    if len(arguments) == 3 and arguments[1] == "--table":
        table_path = arguments[2]
    with open(table_path, encoding="utf-8") as file:
        table = json.load(file)
    faults = check(root, table)
    for fault in faults:
        print(fault)
    print(f"{len(faults)} arrows out of place")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
