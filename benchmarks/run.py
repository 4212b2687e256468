"""Reproduces every figure that the docs quote: `make bench`. Each script stands for itself; see its first lines.

`python benchmarks/run.py [NAME ...]` runs those named, else all. Ratios and medians of one run count, nothing else.
"""

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = {
    "advice": ["advice.py"],
    "hosts": ["hosts.py"],
    "routing": ["routing.py"],
    "routing before Flask": ["routing.py", "--app", "flask"],
    "policies": ["policies.py"],
    "users": ["users.py"],
    "panel": ["panel.py"],
    "soak": ["soak.py"],
    "classroom": ["classroom.py"],
}


def main() -> int:
    wanted = sys.argv[1:] or list(SCRIPTS)
    unknown = [name for name in wanted if name not in SCRIPTS]
    if unknown:
        print(f"No benchmark {', '.join(unknown)}. Known: {', '.join(SCRIPTS)}.", file=sys.stderr)
        return 2
    failed = []
    for name in wanted:
        print(f"\n== {name} ({' '.join(SCRIPTS[name])})", flush=True)
        started_s = time.monotonic()
        if subprocess.run([sys.executable, *SCRIPTS[name]], cwd=HERE, check=False).returncode:
            failed.append(name)
        print(f"   took {time.monotonic() - started_s:.0f} s", flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
