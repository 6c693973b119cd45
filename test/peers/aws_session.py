"""Runs lines of the aws program one after another in one process, as a shell would read them: it takes long to start.

A line of standard input is a command line; for each a line of JSON with its code and output is written.
"""

import contextlib
import io
import json
import shlex
import sys

from awscli.clidriver import create_clidriver

for line in sys.stdin:
    words = shlex.split(json.loads(line))
    if words[0] != "aws":
        raise SystemExit(f"expected aws; found {words[0]}")
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = create_clidriver().main(words[1:])
    print(json.dumps({"code": code, "output": output.getvalue()}), flush=True)
