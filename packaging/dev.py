#!/usr/bin/env python3
"""Set up, run, test and measure CarTech Desk, with nothing but Python 3.11 to begin with.

    python3 packaging/dev.py run [arguments of cartech-desk]   start the desk
    python3 packaging/dev.py test [--long] [pytest arguments]  lint and test it
    python3 packaging/dev.py lint                              ruff, mypy, the arrows of the house
    python3 packaging/dev.py bench [name …]                    measure it beside its peers
    python3 packaging/dev.py setup                             only make the environment

The environment is made in .venv from packaging/requirements.lock, every file checked by its hash,
and made again when the lock changes. `run` without arguments starts the main job: the window, with
the simulated car where no adapter is plugged in; without a display it runs headless and says where
the results are.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PEERS_VENV = ROOT / ".venv-peers"
LOCK = ROOT / "packaging" / "requirements.lock"
BUILD_LOCK = ROOT / "packaging" / "build.lock"
BIN = "Scripts" if os.name == "nt" else "bin"
EXE = ".exe" if os.name == "nt" else ""

# What Qt loads from the system, by Debian package. Its wheel does not bring these.
QT_PACKAGES = (
    "libegl1",
    "libgl1",
    "libglib2.0-0",
    "libfontconfig1",
    "libdbus-1-3",
    "libxkbcommon0",
    "libxkbcommon-x11-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xinerama0",
)
# Third-party programs to measure against or to talk to; never part of the product.
PEERS = ("obd==0.7.3", "elm327-emulator==4.0.0", "elmulator==0.3.2")


def say(text):
    """Tell the person at the terminal what is happening."""
    print(text, file=sys.stderr, flush=True)


def give_up(text):
    """End with a sentence."""
    say(text)
    sys.exit(1)


def program(name, venv=VENV):
    """Return the path of a program inside an environment."""
    return venv / BIN / (name + EXE)


def call(*command, env=None):
    """Run a command in the checkout; returns its exit status."""
    return subprocess.call([str(word) for word in command], cwd=ROOT, env=env)


def debian():
    """Tell whether this machine installs packages with apt."""
    return shutil.which("apt-get") is not None and shutil.which("dpkg-query") is not None


def missing_packages(names):
    """Return those Debian packages of `names` that are not installed."""
    missing = []
    for name in names:
        shown = subprocess.run(
            ["dpkg-query", "-W", "-f=${Status}", name], capture_output=True, text=True, check=False
        )
        if "install ok installed" not in shown.stdout:
            missing.append(name)
    return missing


def need_packages(names):
    """Install Debian packages where we may, else end with the one command that does."""
    missing = missing_packages(names)
    if not missing:
        return
    if os.name == "nt" or os.geteuid() != 0:
        give_up(
            "Some system packages are missing. Install them with\n"
            f"    sudo apt-get update && sudo apt-get install -y {' '.join(missing)}\n"
            "and run this again."
        )
    say(f"Installing system packages: {' '.join(missing)}")
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    with open(os.devnull, "wb") as nowhere:
        subprocess.call(["apt-get", "update", "-q"], stdout=nowhere)
        status = subprocess.call(
            ["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing],
            stdout=nowhere,
            env=quiet,
        )
    if status:
        give_up(f"apt-get could not install {' '.join(missing)}; its message stands above.")


def make_venv(folder):
    """Make an empty virtual environment, with Debian's venv package where that is missing."""
    if folder.exists():
        shutil.rmtree(folder)
    try:
        import ensurepip  # noqa: F401 - Debian keeps it in a package of its own
    except ImportError:
        if not debian():
            give_up("This Python cannot make environments: install its venv module, then again.")
        need_packages([f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"])
    if call(sys.executable, "-m", "venv", folder):
        give_up(f"The environment {folder} could not be made.")


def fingerprint():
    """Return what the environment depends on, as one hash."""
    digest = hashlib.sha256(sys.version.encode())
    digest.update(LOCK.read_bytes())
    digest.update(BUILD_LOCK.read_bytes())
    digest.update((ROOT / "pyproject.toml").read_bytes())
    return digest.hexdigest()


def setup():
    """Make the environment where it is missing or older than the lock."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an older Python meets first
        give_up("CarTech Desk needs Python 3.11 or newer; this is " + sys.version.split()[0])
    if debian():
        need_packages(QT_PACKAGES)
    stamp = VENV / "made-from"
    if stamp.exists() and stamp.read_text() == fingerprint():
        return
    say("Making the environment in .venv (about a minute, once)")
    make_venv(VENV)
    pip = [program("python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    # The tools that build come first and are pinned too: a source distribution would otherwise
    # fetch the newest of them at the moment of building.
    if call(*pip, "--require-hashes", "-r", BUILD_LOCK) or call(
        *pip, "--require-hashes", "--no-build-isolation", "-r", LOCK
    ):
        give_up("The dependencies could not be installed; pip's message stands above.")
    if call(*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT):
        give_up("CarTech Desk could not be installed into .venv; pip's message stands above.")
    stamp.write_text(fingerprint())


def setup_peers():
    """Make the environment of the programs that we measure against, apart from ours."""
    stamp = PEERS_VENV / "made-from"
    if stamp.exists() and stamp.read_text() == " ".join(PEERS):
        return
    say("Making the peers' environment in .venv-peers (once)")
    make_venv(PEERS_VENV)
    python = program("python", PEERS_VENV)
    if call(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *PEERS):
        give_up("The peers could not be installed; pip's message stands above.")
    stamp.write_text(" ".join(PEERS))


def with_peers(env=None):
    """Return an environment that names the folder of the peers' programs, where they are."""
    env = dict(os.environ if env is None else env)
    if (PEERS_VENV / "made-from").exists():
        env.setdefault("CARTECH_PEERS", str(PEERS_VENV / BIN))
    return env


def has_display():
    """Tell whether a window can be shown."""
    if os.name == "nt" or sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(arguments):
    """Start the desk; without arguments the main job."""
    setup()
    desk = program("cartech-desk")
    if arguments:
        return call(desk, *arguments)
    if not has_display():
        say("No display here: running the main job headless with the simulated car.")
        return call(desk, "demo", "--headless", "--seconds", "20")
    listed = subprocess.run([desk, "ports", "--json"], capture_output=True, text=True, check=False)
    try:
        found = json.loads(listed.stdout)["ports"]
        plugged_in = any(port["kind"] in ("adapter", "perhaps") for port in found)
    except (ValueError, KeyError):
        plugged_in = False
    return call(desk) if plugged_in else call(desk, "--demo")


def lint():
    """Check style, types and the arrows of the house."""
    setup()
    ruff = program("ruff")
    checks = (
        (ruff, "check", "."),
        (ruff, "format", "--check", "."),
        (program("mypy"),),
        (program("lint-imports"),),
    )
    return 1 if [check for check in checks if call(*check)] else 0


def test(arguments):
    """Lint, then run the tests; `--long` adds fuzzing and kill tests."""
    status = lint()
    long = "--long" in arguments
    arguments = [word for word in arguments if word != "--long"]
    env = with_peers()
    env.setdefault("QT_QPA_PLATFORM", "offscreen")
    chosen = [] if long else ["-m", "not long"]
    # Most of the time a test waits: for a car that answers at its pace, for a window, for a disk.
    workers = str(max(1, 3 * (os.cpu_count() or 1) // 2))
    pytest = [program("python"), "-m", "pytest", "-n", workers, "--dist", "loadfile", *chosen]
    return call(*pytest, *arguments, env=env) or status


def bench(arguments):
    """Measure, beside the peers."""
    setup()
    setup_peers()
    env = with_peers()
    env.setdefault("QT_QPA_PLATFORM", "offscreen")
    return call(program("python"), Path("tests") / "benchmarks" / "run.py", *arguments, env=env)


def main():
    """Do what the first word says."""
    verb, *rest = sys.argv[1:] or ["help"]
    if verb == "run":
        return run(rest)
    if verb == "test":
        return test(rest)
    if verb == "lint" and not rest:
        return lint()
    if verb == "bench":
        return bench(rest)
    if verb == "setup" and not rest:
        setup()
        return 0
    if verb == "peers" and not rest:
        setup_peers()
        return 0
    print(__doc__)
    return 0 if verb in ("help", "-h", "--help") else 2


if __name__ == "__main__":
    sys.exit(main())
