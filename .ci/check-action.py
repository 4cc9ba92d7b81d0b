"""Runs the steps of action.yml as GitHub's runner would, and checks their outputs, files and exit codes.

The runner's own parts that this stands in for: expressions of `inputs` and `steps.ID.outputs`, `bash -eo pipefail`, the output and summary files.
`cargo` is a stand-in that notes its arguments and installs the built binary, as a build from nothing takes minutes.
"""
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
LEFTWARD = os.environ["LEFTWARD"]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
ACCOUNT = """resource sa 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'stnordwind'
  location: 'westeurope'
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
  properties: {
    supportsHttpsTrafficOnly: HTTPS
    minimumTlsVersion: 'TLS1_2'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    publicNetworkAccess: 'Disabled'
  }
}
"""
CARGO = f"""#!/bin/sh
echo "$PWD: $*" > "$RUNNER_TEMP/cargo-arguments"
mkdir -p "$RUNNER_TEMP/leftward/bin"
ln -s "{LEFTWARD}" "$RUNNER_TEMP/leftward/bin/leftward"
"""


class Run:
    """One use of the action in the folder `work`: exit code, outputs, what the steps printed, the summary."""

    def __init__(self, work, installed=True, **inputs):
        unknown = {name.replace("_", "-") for name in inputs} - set(ACTION["inputs"])
        assert not unknown, unknown
        values = {name: inputs.get(name.replace("-", "_"), spec["default"]) for name, spec in ACTION["inputs"].items()}
        self.temp = Path(tempfile.mkdtemp(dir=work.parent))
        programs = self.temp / "programs"
        programs.mkdir()
        if installed:
            (programs / "leftward").symlink_to(LEFTWARD)
        (programs / "cargo").write_text(CARGO)
        (programs / "cargo").chmod(0o755)
        summary = self.temp / "summary.md"
        summary.touch()
        self.steps, self.code, self.printed = {}, 0, ""
        for number, step in enumerate(ACTION["runs"]["steps"]):
            assert step["shell"] == "bash" and "${{" not in step["run"], "an expression in a script lets its value run as code"
            output = self.temp / f"output{number}"
            output.touch()
            environment = {
                "PATH": f"{programs}:/usr/bin:/bin", "HOME": str(self.temp), "RUNNER_TEMP": str(self.temp), "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary),
                **{name: self.resolve(text, values) for name, text in step.get("env", {}).items()},
            }
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=work, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
            )
            self.printed += done.stdout
            self.steps[step.get("id")] = dict(line.split("=", 1) for line in output.read_text().splitlines())
            if done.returncode:
                self.code = done.returncode
                self.failed = step["name"]
                break
        self.outputs = {name: self.resolve(spec["value"], values) for name, spec in ACTION["outputs"].items()}
        self.summary = summary.read_text()

    def resolve(self, text, inputs):
        def value(match):
            parts = match[1].split(".")
            if parts[0] == "inputs":
                return inputs[parts[1]]
            assert parts[0] == "steps" and parts[2] == "outputs", match[0]
            return self.steps.get(parts[1], {}).get(parts[3], "")
        return re.sub(r"\$\{\{ *(.*?) *\}\}", value, text)

    def results(self):
        return [result["ruleId"] for result in json.loads(Path(self.outputs["sarif-file"]).read_text())["runs"][0]["results"]]


with tempfile.TemporaryDirectory() as top:
    work = Path(top) / "repository"
    (work / "two words").mkdir(parents=True)
    (work / "clean").mkdir()
    (work / "two words" / "bad.bicep").write_text(ACCOUNT.replace("HTTPS", "false"))
    (work / "clean" / "good.bicep").write_text(ACCOUNT.replace("HTTPS", "true"))

    bad = Run(work)
    assert (bad.code, bad.failed, bad.outputs["exit-code"]) == (1, "Fail on findings", "1"), bad.printed
    assert "storage-https-only" in bad.results()
    assert "storage-https-only" in bad.summary
    assert re.search(r"^::error file=two words/bad\.bicep,line=7,.*storage-https-only", bad.printed, re.M), bad.printed
    assert not (bad.temp / "cargo-arguments").exists(), "built although that version is on PATH"

    clean = Run(work, paths="clean\n")
    assert (clean.code, clean.outputs["exit-code"]) == (0, "0"), clean.printed
    assert "storage-https-only" not in clean.results()
    assert "::error" not in clean.printed

    both = Run(work, paths="clean\ntwo words\n", fail_on="never", sarif_file="out.sarif")
    assert (both.code, both.outputs["exit-code"], both.outputs["sarif-file"]) == (0, "0", "out.sarif"), both.printed
    assert "storage-https-only" in [result["ruleId"] for result in json.loads((work / "out.sarif").read_text())["runs"][0]["results"]]

    # A scan that cannot start fails the job, and the file of the run before it is not given out as its result.
    wrong = Run(work, fail_on="sometimes", sarif_file="out.sarif")
    assert (wrong.code, wrong.outputs["exit-code"], wrong.outputs["sarif-file"]) == (2, "2", ""), wrong.printed
    assert not (work / "out.sarif").exists()

    for name in ["paths", "config", "fail_on", "profile", "diff_base"]:
        Run(work, **{name: '$(touch pwned)`touch pwned`"; touch pwned; "\'; touch pwned; \''})
        assert not (work / "pwned").exists(), f"the value of {name} was run"
    option = Run(work, paths="--fail-on=never")
    assert option.code == 2, "a path was taken for an option"

    subprocess.run("git init -q . && git add . && git -c user.name=ci -c user.email=ci@localhost commit -qm before", shell=True, cwd=work, check=True)
    same = Run(work, diff_base="HEAD")
    assert same.code == 0, same.printed
    (work / "clean" / "good.bicep").write_text(ACCOUNT.replace("HTTPS", "false"))
    new = Run(work, diff_base="HEAD")
    assert new.code == 1 and "file=clean/good.bicep" in new.printed and "file=two words" not in new.printed, new.printed

    built = Run(work, installed=False)
    assert built.code == 1, built.printed
    assert (built.temp / "cargo-arguments").read_text() == f"{ROOT}: install --locked --path {ROOT} --root {built.temp}/leftward\n"
print("the action's steps do what they say")
