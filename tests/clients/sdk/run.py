"""Drives the unmodified SDK against a running Ambar: `run.py ACTORS.json [NAME …]`, `run.py --list`.

Every public function in cases/*.py is a case: its name says what users rely on. A NAME selects the cases whose `subject.name` contains it.
"""

import importlib
import inspect
import os
import pathlib
import sys
import tempfile
import traceback

sys.dont_write_bytecode = True

SUBJECTS = sorted(path.stem for path in (pathlib.Path(__file__).parent / "cases").glob("*.py"))


def cases():
    """Every case under its name, in the order in which it is written."""
    for subject in SUBJECTS:
        module = importlib.import_module(f"cases.{subject}")
        for name, function in vars(module).items():
            is_own = inspect.isfunction(function) and inspect.unwrap(function).__module__ == module.__name__
            if is_own and not name.startswith("_"):
                yield f"{subject}.{name}", function


def run(selected, ambar):
    """Runs the cases and gives the names of those that failed."""
    failed = []
    for name, case in selected:
        try:
            case(ambar)
            print(f"ok     {name}", flush=True)
        except Exception:  # A case that fails in whatever way must not keep the others from running.
            failed.append(name)
            print(f"FAILED {name}\n{traceback.format_exc()}", flush=True)
    return failed


def isolate(home):
    """Keeps the machine out of it: the SDK writes to the home folder, and reads credentials, proxies and addresses from the environment."""
    for variable in [name for name in os.environ if name.upper().startswith("HUAWEICLOUD_") or name.upper().endswith("_PROXY")]:
        del os.environ[variable]
    os.environ["HOME"] = home


def main(arguments):
    if arguments == ["--list"]:
        print("\n".join(name for name, _ in cases()))
        return 0
    if not arguments or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    from actors import Ambar
    from operations import called

    file, *names = arguments
    selected = [(name, case) for name, case in cases() if not names or any(part in name for part in names)]
    unknown = [part for part in names if not any(part in name for name, _ in selected)]
    if unknown:
        print(f"no case is called {', '.join(unknown)}", file=sys.stderr)
        return 2
    failed = run(selected, Ambar.from_file(file))
    print(f"called: {' '.join(sorted(called))}")
    print("\n".join(f"failed: {name}" for name in failed))
    print(f"{len(selected) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        isolate(home)
        sys.exit(main(sys.argv[1:]))
