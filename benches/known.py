#!/usr/bin/env python3
"""How much of what is deployed leftward knows: the property leaves of `leftward model` that are known, null or unknown.

    benches/known.py [--bin PATH] [--module-cache DIR] [--top N] PATH...

PATH is a file or a folder; of a folder, its `main.test.bicep` files (the deployments that test an Azure Verified Module).
A leaf is a scalar, an empty object or list, or an unknown, in the name or body of a resource that is deployed (not
`existing`). Text with an unknown hole is unknown; a choice between values that are all known is known. Counted apart:
references (ids and properties of resources, kept as links) and secrets, whose text is never shown. Needs Python 3.9+, nothing else."""
import argparse, collections, concurrent.futures, json, os, re, subprocess, sys

ap = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
ap.add_argument('--bin', default='target/release/leftward')
ap.add_argument('--module-cache')
ap.add_argument('--top', type=int, default=10, help='how many reasons to name')
ap.add_argument('paths', nargs='+')
arguments = ap.parse_args()

def roots(path):
    if os.path.isfile(path): return [path]
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names if name == 'main.test.bicep')

def leaves(value):
    """Yields 'known', 'null', 'secret', or ('unknown', reason) for each leaf."""
    if value is None: yield 'null'
    elif isinstance(value, list):
        if not value: yield 'known'
        for item in value: yield from leaves(item)
    elif not isinstance(value, dict): yield 'known'
    elif '$unknown' in value:
        yield ('reference' if 'reference' in value else 'unknown', value['$unknown'])
    elif '$secret' in value: yield 'secret'
    elif '$oneOf' in value:
        found = [leaf for item in value['$oneOf'] for leaf in leaves(item)]
        yield next((leaf for leaf in found if isinstance(leaf, tuple)), 'known')
    elif not value: yield 'known'
    else:
        for item in value.values(): yield from leaves(item)    # `$open`, that there may be more members, is an unknown leaf

def model(path):
    command = [arguments.bin, 'model'] + (['--module-cache', arguments.module_cache] if arguments.module_cache else [])
    run = subprocess.run(command + [path], capture_output=True, text=True)
    try: return path, json.loads(run.stdout)
    except ValueError: return path, None

files = [file for path in arguments.paths for file in roots(path)]
counts, reasons, resources, failed = collections.Counter(), collections.Counter(), 0, []
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    for path, document in pool.map(model, files):
        if document is None: failed.append(path); continue
        for resource in (resource for root in document['roots'] for resource in root['resources'] if not resource['existing']):
            resources += 1
            for leaf in (*leaves(resource['name']), *leaves(resource['body'])):
                kind, reason = leaf if isinstance(leaf, tuple) else (leaf, None)
                counts[kind] += 1
                # names of symbols and instances are not what distinguishes one reason from another
                if kind == 'unknown': reasons[re.sub(r"'[^']*'", "'…'", reason)] += 1

total = sum(counts.values())
if not total: sys.exit('no resources')
print(f'{len(files)} roots, {resources} resources, {total} leaves')
for kind, count in counts.most_common(): print(f'{kind:10} {count:8} {100 * count / total:6.2f} %')
print(f'the {arguments.top} most frequent reasons:')
for reason, count in reasons.most_common(arguments.top): print(f'{count:8} {reason}')
for path in failed: print(f'no model: {path}', file=sys.stderr)
sys.exit(bool(failed))
