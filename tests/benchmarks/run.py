"""Run every `bench_*.py` here (or those named) and print their rows as one table.

`python3 packaging/dev.py bench [name …]`; exit status 1 where a bound is not met.
"""

import importlib.util
import math
import sys
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from table import Row, printed  # noqa: E402


def main(names: list[str]) -> int:
    """Run the benchmarks whose file name contains one of `names`, or all of them."""
    rows: list[Row] = []
    for path in sorted(HERE.glob("bench_*.py")):
        if names and not any(name in path.stem for name in names):
            continue
        sys.stderr.write(f"{path.stem} …\n")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[path.stem] = module
        spec.loader.exec_module(module)
        try:
            rows += module.rows()
        except Exception as error:
            traceback.print_exc()
            rows.append(Row(path.stem, "failed", str(error)[:60], math.nan, "to run", ok=False))
    sys.stdout.write(printed(rows) + "\n")
    return 0 if rows and all(row.ok for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
