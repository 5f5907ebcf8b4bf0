"""Drives the unmodified SDK against a running Ambar: `run.py ACTORS.json [NAME …]`, `run.py --list`.

Every public function in cases/*.py is a case: its name says what users rely on. A NAME selects the cases
whose `subject.name` begins with it.
"""

import importlib
import inspect
import os
import pathlib
import sys
import tempfile
import traceback
import unittest

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


def whole_subjects(selected):
    """The subjects of which every case is selected."""
    left_out = {name for name, _ in cases()} - {name for name, _ in selected}
    return set(SUBJECTS) - {name.partition(".")[0] for name in left_out}


def run(selected, ambar):
    """Runs the cases and gives the names of those that failed and of those that lacked something."""
    failed, skipped = [], []
    for name, case in selected:
        try:
            case(ambar)
            print(f"ok      {name}", flush=True)
        except unittest.SkipTest as reason:
            skipped.append(name)
            print(f"skipped {name}: {reason}", flush=True)
        except Exception:  # A case that fails in whatever way must not keep the others from running.
            failed.append(name)
            print(f"FAILED  {name}\n{traceback.format_exc()}", flush=True)
    return failed, skipped


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
    from belonging import missing

    file, *starts = arguments
    selected = [(name, case) for name, case in cases() if not starts or name.startswith(tuple(starts))]
    unknown = [start for start in starts if not any(name.startswith(start) for name, _ in selected)]
    if unknown:
        print(f"no case begins with {', '.join(unknown)}", file=sys.stderr)
        return 2
    ambar = Ambar.from_file(file)
    failed, skipped = run(selected, ambar)
    not_called = missing(ambar.place, whole_subjects(selected))
    for what in not_called:
        print(f"not called: {what}")
    for name in failed:
        print(f"failed: {name}")
    print(f"{len(selected) - len(failed) - len(skipped)} passed, {len(failed)} failed, {len(skipped)} skipped")
    return 1 if failed or not_called else 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        isolate(home)
        sys.exit(main(sys.argv[1:]))
