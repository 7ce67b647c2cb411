"""The command line at a terminal: completion, status, source, and its short commands."""

import os
import pty
import re
import select
import sys
import tempfile
import time

program = sys.argv[1]


def start():
    options = ["--no-defaults", "--protocol=tcp", "--auto-rehash", "-h", os.environ["GATE_HOST"], "-P",
               os.environ["GATE_PORT"], "-u", os.environ["GATE_USER"], "clients_it"]
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(MYSQL_PWD=os.environ["GATE_PASSWORD"], TERM="dumb", LC_ALL="C.UTF-8")
        os.execvp(program, [program, *options])
    return terminal


def until(terminal, pattern):
    seen, end = "", time.monotonic() + 30
    while not re.search(pattern, seen):
        if not select.select([terminal], [], [], max(0, end - time.monotonic()))[0]:
            raise AssertionError("not seen: " + pattern + "\n" + seen)
        seen += os.read(terminal, 65536).decode(errors="replace")
    return seen


def typed(terminal, keys, pattern):
    os.write(terminal, keys.encode())
    return until(terminal, pattern)


PROMPT = r"\[[^\]]*\]> |mysql> "
terminal = start()
until(terminal, PROMPT)
typed(terminal, "status\n", r"Current database:\s+clients_it[\s\S]*(" + PROMPT + ")")
# The name of the column is completed by what the client asked for at its start.
typed(terminal, "SELECT shown.i\t FROM shown WHERE s = 'one';\n", r"\| +1 \|[\s\S]*(" + PROMPT + ")")
typed(terminal, "\\u clients_it\n", r"Database changed[\s\S]*(" + PROMPT + ")")
with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
    file.write("SELECT 'from a file' AS f;\n")
    file.flush()
    typed(terminal, "source " + file.name + "\n", r"from a file[\s\S]*(" + PROMPT + ")")
answer = typed(terminal, "DROP TABLE nothing_here;\nSHOW WARNINGS;\n", r"(?:" + PROMPT + r")[\s\S]*(?:" + PROMPT + ")")
assert re.search(r"ERROR (1142|1051)", answer), answer
os.write(terminal, b"quit\n")
until(terminal, "Bye")
print("command line at a terminal: ok")
