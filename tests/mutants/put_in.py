"""A pytest plugin: one module is imported with a mistake in it."""

import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any


class _WithMistake(SourceFileLoader):
    def get_code(self, fullname: str) -> Any:
        return compile(Path(os.environ["MUTANT_SOURCE"]).read_text("utf-8"), self.path, "exec")


class _Finder(PathFinder):
    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = super().find_spec(fullname, path, target)
        if spec is None or spec.origin != os.environ["MUTANT_FILE"]:
            return None
        spec.loader = _WithMistake(fullname, spec.origin)
        return spec


sys.meta_path.insert(0, _Finder)
