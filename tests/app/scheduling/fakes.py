"""`crontab`, `systemctl` and `loginctl` as strict as the real ones, for a folder that is all of PATH."""

import sys
from pathlib import Path

#: as Debian's cron 3.0pl1 answers (tried out), and cronie in the same words
CRONTAB = r"""
import os, re, sys
from pathlib import Path

file = Path(__file__).with_name("crontab.txt")
FIELD = r"(\*|\d+(-\d+)?)(/\d+)?(,(\*|\d+(-\d+)?)(/\d+)?)*"


def end(code, said=""):
    sys.stderr.write(said)
    sys.exit(code)


if Path(__file__).with_name("forbidden").exists():
    end(1, "You (me) are not allowed to use this program (crontab)\nSee crontab(1) for more information\n")
match sys.argv[1:]:
    case ["-l"]:
        if not file.exists():
            end(1, "no crontab for me\n")
        sys.stdout.buffer.write(file.read_bytes().replace(b"\r", b"\\r").replace(b"\b", b"\\b"))
    case ["-e"]:
        copy = file.with_name("copy")
        copy.write_bytes(file.read_bytes())
        os.spawnvp(os.P_WAIT, "/bin/sh", ["sh", "-c", f"{os.environ['VISUAL']} {copy}"])
        if copy.read_bytes() != file.read_bytes():
            end(1, "this stand-in edits nothing\n")
        sys.stderr.write("No modification made\n")
    case ["-r"]:
        if not file.exists():
            end(1, "no crontab for me\n")
        file.unlink()
    case ["-"]:
        new = sys.stdin.buffer.read()
        if new and not new.endswith(b"\n"):
            end(1, "new crontab file is missing newline before EOF, can't install.\n")
        for number, line in enumerate(new.decode("utf-8", "replace").split("\n"), 1):
            line = line.strip(" \t")
            if not line or line.startswith("#") or re.match(r"[A-Za-z_]\w*\s*=", line):
                continue
            if re.match(r"@(reboot|hourly|daily|midnight|weekly|monthly|yearly)\s+\S", line):
                continue
            words = line.split(None, 5)
            if len(words) < 6 or not all(re.fullmatch(FIELD, word) for word in words[:5]):
                end(1, f'"-":{number}: bad minute\nerrors in crontab file, can\'t install.\n')
            if len(words[5].encode()) > 998:
                end(1, f'"-":{number}: command too long\nerrors in crontab file, can\'t install.\n')
        file.write_bytes(new)
    case _:
        end(1, "crontab: usage error: unrecognized option\nusage: crontab [-u user] file\n")
"""
#: as systemd 252 answers; a unit is known once `daemon-reload` has read its file
SYSTEMCTL = r"""
import json, os, re, sys
from pathlib import Path

here = Path(__file__).parent
units = Path(os.environ["HOME"], ".config/systemd/user")
known_file, on_file = here / "known.json", here / "on.json"
known = json.loads(known_file.read_text()) if known_file.exists() else {}
on = json.loads(on_file.read_text()) if on_file.exists() else []


def end(code, said=""):
    sys.stderr.write(said)
    sys.exit(code)


words = sys.argv[1:]
if not words or words[0] != "--user":
    end(1, "Failed to connect to system bus\n")
if (here / "no-bus").exists():
    end(1, "Failed to connect to bus: No medium found\n")
match words[1:]:
    case ["show-environment"]:
        print("PATH=/usr/bin")
    case ["daemon-reload"]:
        known = {file.name: file.read_text("utf-8") for file in units.glob("crosspost*")}
        known_file.write_text(json.dumps(known))
    case ["enable", "--now", name]:
        if not (units / name).exists():
            end(1, f"Failed to enable unit: Unit file {name} does not exist.\n")
        if known.get(name) != (units / name).read_text("utf-8"):
            end(1, f"Failed to start {name}: Unit {name} not found.\n")
        if name.replace(".timer", ".service") not in known:
            end(1, f"Failed to start {name}: Unit {name} has no service\n")
        sys.stderr.write(f"Created symlink {units}/timers.target.wants/{name}.\n")
        on_file.write_text(json.dumps([*on, name]))
    case ["disable", "--now", name]:
        if not (units / name).exists():
            end(1, f"Failed to disable unit: Unit file {name} does not exist.\n")
        on_file.write_text(json.dumps([one for one in on if one != name]))
    case ["show", name, "--timestamp=unix", *options]:
        active = name in on
        said = {
            "ActiveState": "active" if active else "inactive",
            "UnitFileState": "enabled" if active else "disabled" if name in known else "",
            "NextElapseUSecRealtime": "@1795437000" if active else "",
        }
        for option, key in zip(options[::2], options[1::2], strict=True):
            assert option == "--property"
            print(f"{key}={said[key]}")
    case _:
        end(1, f"Unknown command verb {words[1:]}.\n")
"""
LOGINCTL = r"""
import sys
from pathlib import Path

match sys.argv[1:]:
    case ["show-user", _, "--property", "Linger"]:
        print(f"Linger={'yes' if Path(__file__).with_name('lingers').exists() else 'no'}")
    case _:
        sys.exit(1)
"""


def program(folder: Path, name: str, text: str) -> None:
    """Put a program into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!{sys.executable} -IS\n{text}", "utf-8")
    file.chmod(0o755)
