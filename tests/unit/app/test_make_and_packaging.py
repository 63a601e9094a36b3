"""What a new machine starts from: the Makefile, the lock file, the container files, the CI script."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
MAKE = shutil.which("make") or ""


@pytest.mark.parametrize("target", ["setup", "demo", "test", "check", "bench", "simulate", "fuzz", "clean"])
def test_every_promised_make_target_exists(target: str) -> None:
    done = subprocess.run([MAKE, "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - make itself
    assert done.returncode == 0, done.stderr


def test_setup_without_uv_takes_pip_with_hashes() -> None:
    done = subprocess.run(  # noqa: S603 - make itself
        [MAKE, "--dry-run", "--always-make", "UV=", "setup"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "-m venv" in done.stdout
    assert "pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock" in done.stdout
    assert "--no-deps --no-build-isolation -e ." in done.stdout


def test_every_locked_version_has_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert len(entries) > 30
    assert [entry.splitlines()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
    assert "://" not in lock


def test_the_compose_file_runs_without_rights_on_secrets_from_files() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    services = compose["services"]
    assert set(services) == {"db", "migrate", "bot"}
    assert services["bot"]["user"] == services["migrate"]["user"] == "10001:10001"
    assert services["bot"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services["migrate"]["depends_on"]["db"]["condition"] == "service_healthy"
    assert "healthcheck" in services["db"]
    assert services["migrate"]["command"] == ["db", "upgrade"]
    assert all(secret["file"].startswith("./secrets/") for secret in compose["secrets"].values())
    given = {**services["bot"]["environment"], **services["db"]["environment"]}
    assert not [
        n for n, value in given.items() if re.search("TOKEN|PASSWORD|DATABASE_URL", n) and value and not n.endswith("_FILE")
    ]


def test_the_image_is_built_from_the_lock_and_runs_as_nobody_special() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes -r requirements.lock" in dockerfile
    assert re.search(r"^USER 10001$", dockerfile, re.MULTILINE)
    assert "HEALTHCHECK" in dockerfile


def test_the_ci_script_can_be_run_and_requires_everything() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "AFTERCARE_REQUIRE_ALL=1" in script.read_text()
    bash = shutil.which("bash") or ""
    subprocess.run([bash, "-n", str(script)], check=True)  # noqa: S603 - only checks its syntax


def test_the_licence_is_apache_2() -> None:
    assert "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text()
