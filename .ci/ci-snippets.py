"""Writes the files that docs/ci.md shows (a YAML block whose first line is a comment with the file's path) into a folder, for their schemas."""
import re
import sys
from pathlib import Path

text = (Path(__file__).resolve().parent.parent / "docs" / "ci.md").read_text()
blocks = re.findall(r"^```yaml\n# (\S+)\n(.*?)^```$", text, re.M | re.S)
assert len(blocks) == len(re.findall(r"^```yaml$", text, re.M)), "a block without a path"
for path, content in blocks:
    target = Path(sys.argv[1]) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(content)
