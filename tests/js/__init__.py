"""The browser's modules without a browser, on Node."""

from pathlib import Path

DOM = Path(__file__).parent / "dom.js"
# Each module finds a page when it is loaded. That it is one shows in its text; no package says so.
FLAGS = ("--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", f"--import={DOM}")
