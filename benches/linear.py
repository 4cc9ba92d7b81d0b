#!/usr/bin/env python3
"""How the cost of a scan grows with its input: CPU time and peak memory at 1, 2, 4 and 8 times the size, and the exponent of the growth.

    benches/linear.py [--bin PATH] [--times N] [--corpus DIR] [--check]

The inputs are made here: one template with many resources, one template with many parameter files, many module calls with many instances,
and, with --corpus, copies of a folder. The exponent is that of `cost = a * size^b`, fitted over the sizes after the cost of an empty folder is
taken off; 1 is linear. The least CPU time of N runs (3) counts. --check ends with 1 where an exponent is above 1.1. Needs Linux and
Python 3.9+, nothing else."""
import argparse, json, math, os, shutil, subprocess, sys, tempfile

ap = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
ap.add_argument('--bin', default='target/release/leftward')
ap.add_argument('--times', type=int, default=3)
ap.add_argument('--corpus', help='a folder of code, copied 1, 2, 4 and 8 times')
ap.add_argument('--check', action='store_true')
arguments = ap.parse_args()
LIMIT = 1.1

def cost(path):
    """CPU seconds and MiB of the cheapest run."""
    command = [os.path.abspath(arguments.bin), '--no-config', '--no-gitignore', '--format', 'json', '--fail-on', 'never', '--allow-parse-errors', path]
    runs = []
    for _ in range(arguments.times):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status: sys.exit(f'{" ".join(command)} ended with {status}')
        runs.append((usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024))
    return min(runs)

def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file: file.write(text)

ACCOUNT = {'type': 'Microsoft.Storage/storageAccounts', 'apiVersion': '2023-05-01', 'location': '[resourceGroup().location]', 'kind': 'StorageV2',
           'sku': {'name': 'Standard_LRS'}, 'properties': {'supportsHttpsTrafficOnly': False, 'minimumTlsVersion': "[parameters('tls')]"}}
def template(folder, resources):
    document = {'$schema': 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#', 'contentVersion': '1.0.0.0',
                'parameters': {'tls': {'type': 'string', 'defaultValue': 'TLS1_0'}},
                'resources': [{**ACCOUNT, 'name': f'st{number}'} for number in range(resources)]}
    write(folder, 'main.json', json.dumps(document, indent=2))

def one_template(folder, size): template(folder, size)
def parameter_files(folder, size):
    template(folder, 20)
    for number in range(size):
        values = {'$schema': 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#', 'contentVersion': '1.0.0.0',
                  'parameters': {'tls': {'value': ['TLS1_0', 'TLS1_2'][number % 2]}}}
        write(folder, f'main.p{number}.parameters.json', json.dumps(values))
def module_calls(folder, size):
    write(folder, 'main.tf', '\n'.join(f'module "m{n}" {{\n  source = "./m"\n  prefix = "st{n}x"\n}}\n' for n in range(size)))
    write(folder, 'm/main.tf', 'variable "prefix" {\n  type = string\n}\n\nresource "azurerm_storage_account" "it" {\n  count                      = 50\n'
          '  name                       = "${var.prefix}${count.index}"\n  resource_group_name        = "rg"\n  location                   = "westeurope"\n'
          '  account_tier               = "Standard"\n  account_replication_type   = "LRS"\n  https_traffic_only_enabled = false\n}\n')
def copies(folder, size):
    for number in range(size): shutil.copytree(arguments.corpus, os.path.join(folder, f'copy{number}'))

SERIES = [('resources in one template', one_template, [1250, 2500, 5000, 10000]),
          ('parameter files of one template', parameter_files, [125, 250, 500, 1000]),
          ('module calls of 50 instances', module_calls, [63, 125, 250, 500])]
if arguments.corpus: SERIES.append((f'copies of {os.path.basename(os.path.normpath(arguments.corpus))}', copies, [1, 2, 4, 8]))

def exponent(sizes, costs):
    points = [(math.log(size), math.log(max(cost, 1e-3))) for size, cost in zip(sizes, costs)]
    x, y = (sum(values) / len(points) for values in zip(*points))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)

worst = 0.0
with tempfile.TemporaryDirectory() as folder: empty = cost(folder)
print(f'an empty folder: {empty[0]:.3f} s CPU, {empty[1]:.0f} MiB')
print(f'{"":34}' + ''.join(f'{f"{factor}×":>18}' for factor in (1, 2, 4, 8)) + f'{"CPU ^":>8}{"MiB ^":>8}')
for name, make, sizes in SERIES:
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            make(folder, size)
            rows.append(cost(folder))
    cpu = exponent(sizes, [row[0] - empty[0] for row in rows])
    memory = exponent(sizes, [row[1] - empty[1] for row in rows])
    worst = max(worst, cpu, memory)
    print(f'{name:34}' + ''.join(f'{f"{row[0]:.2f} s {row[1]:.0f} MiB":>18}' for row in rows) + f'{cpu:8.2f}{memory:8.2f}')
if arguments.check and worst > LIMIT: sys.exit(f'an exponent is {worst:.2f}; at most {LIMIT} is wanted')
