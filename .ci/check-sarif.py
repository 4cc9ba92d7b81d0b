"""Fails where Microsoft's SARIF multitool has an error or a warning on a file, or where GitHub's documented limits are broken.

The notes that are declined: SARIF2002 (message ids with arguments), 2003 (version control provenance), 2006 (reachability of URIs: it uses the
network), 2009 (style of rule ids), 2011 (context regions), 2013 (embedded file content), GHAzDO1019 and 1020 (the pipeline's own ids, which
the publishing task adds).
"""
import json
import os
import subprocess
import sys
import tempfile

TOOL = os.environ["SARIF_MULTITOOL"]
# SARIF2006 asks for every URI: a proxy that is not there answers at once instead of after a time-out each.
ENVIRONMENT = {
    **os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1",
    "HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9",
}
DECLINED = {"SARIF2002", "SARIF2003", "SARIF2006", "SARIF2009", "SARIF2011", "SARIF2013", "GHAzDO1019", "GHAzDO1020"}


def validate(path, kinds):
    """The multitool's remarks on a file: (level, rule, text)."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "remarks.sarif")
        done = subprocess.run(
            [TOOL, "validate", path, "--rule-kind", kinds, "--level", "Error;Warning;Note",
             "--max-file-size-in-kb", "1000000", "--log", "ForceOverwrite", "-o", out],
            capture_output=True, text=True, timeout=600, env=ENVIRONMENT)
        if not os.path.exists(out):
            return [("error", "TOOL", done.stdout[-500:] + done.stderr[-500:])]
        with open(out, encoding="utf-8-sig") as file:
            run = json.load(file)["runs"][0]
    remarks = []
    for result in run.get("results", []):
        text = result["message"].get("text") or json.dumps(result["message"].get("arguments"))
        remarks.append((result.get("level", "warning"), result["ruleId"], text))
    for invocation in run.get("invocations", []):
        for note in invocation.get("toolExecutionNotifications", []) + invocation.get("toolConfigurationNotifications", []):
            if note.get("level") == "error":
                remarks.append(("error", "TOOL", note["message"].get("text", "?")))
    return remarks


def limits(path):
    """GitHub's limits, and what neither the schema nor the multitool notices."""
    with open(path, encoding="utf-8") as file:
        log = json.load(file)
    for run in log["runs"]:
        rules = run["tool"]["driver"]["rules"]
        for rule in rules:
            severity = rule["properties"]["security-severity"]
            if not isinstance(severity, str) or not 0 < float(severity) <= 10:
                yield f"{rule['id']}: security-severity {severity!r} is not a string over 0 up to 10"
            if len(rule["properties"]["tags"]) > 10:
                yield f"{rule['id']}: more than 10 tags"
            for key in ("shortDescription", "fullDescription"):
                if not 0 < len(rule[key]["text"]) <= 1024:
                    yield f"{rule['id']}: {key} has {len(rule[key]['text'])} characters"
        if len(run["results"]) > 25000:
            yield f"{len(run['results'])} results"
        for result in run["results"]:
            if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
                yield f"{result['ruleId']}: ruleIndex names another rule"
            if not result["partialFingerprints"].get("primaryLocationLineHash"):
                yield f"{result['ruleId']}: no primaryLocationLineHash"
            for location in result["locations"] + result.get("relatedLocations", []):
                region = location["physicalLocation"]["region"]
                if min(region.get(key, 0) for key in ("startLine", "startColumn", "endLine", "endColumn")) < 1:
                    yield f"{result['ruleId']}: region {region}"


bad = 0
for path in sys.argv[1:]:
    for kinds in ("Sarif;Gh", "Sarif;GHAzDO"):
        remarks = sorted(set(validate(path, kinds)))
        for level, rule, text in remarks:
            if rule not in DECLINED and level in ("error", "warning"):
                bad += 1
                print(f"{path}: {level} {rule}: {text[:300]}")
    for problem in sorted(set(limits(path))):
        bad += 1
        print(f"{path}: {problem}")
    print(f"{path}: checked")
sys.exit(1 if bad else 0)
