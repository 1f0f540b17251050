"""Looks into the wheel and the source archive of a folder: does whoever gets only them get all they must have?

python scripts/dist_check.py build/dist

The wheel: every licence and notice that the project names, and what it answers from. The source: what its tests,
container and Makefile need. Both: the version that the changelog describes first.
"""

from __future__ import annotations

import re
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
IN_WHEEL = (
    *("bot/knowledge/clinic.yaml", "bot/templates/base.html", "bot/web/translations/es/LC_MESSAGES/messages.mo"),
    *("bot/language/data/english.txt", "bot/language/data/NOTICE"),
    *("bot/language/data/encoder/model.onnx", "bot/language/data/encoder/pieces.txt"),
    "bot/language/data/encoder/NOTICE",
)
IN_SOURCE = (
    *("LICENSE", "NOTICE", "README.md", "CHANGELOG.md", "SECURITY.md", "Makefile", "constraints.txt", "pyproject.toml"),
    *("Dockerfile", ".dockerignore", ".ci/run", "compose.yaml", "bot/__init__.py", "knowledge/clinic.yaml"),
    *("templates/base.html", "tests/conftest.py", "docs/staff.md", "benchmarks/README.md", "scripts/dist_check.py"),
)


def faults_of(folder: Path) -> list[str]:
    """What is not as it should be, a sentence each."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    top = f"clinicbot-{project['version']}"
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        wheel = set(archive.namelist())
    with tarfile.open(next(folder.glob("*.tar.gz"))) as source_archive:
        source = set(source_archive.getnames())
    wanted = [*IN_WHEEL, *(f"{top}.dist-info/licenses/{name}" for name in project["license-files"])]
    faults = [f"not in the wheel: {name}" for name in wanted if name not in wheel]
    faults += [f"not for the wheel: {name}" for name in sorted(wheel) if not name.startswith(("bot/", f"{top}."))]
    faults += [f"not in the source: {name}" for name in IN_SOURCE if f"{top}/{name}" not in source]
    described = re.search(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    if described is None or described[1] != project["version"]:
        faults.append(f"the changelog does not describe {project['version']} first")
    return faults


if __name__ == "__main__":
    found = faults_of(Path(sys.argv[1]))
    print("\n".join(found) or "all there")
    sys.exit(bool(found))
