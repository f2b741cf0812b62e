// SPDX-License-Identifier: GPL-2.0-or-later
/** Programs of this host for Debian's guest, with a script that runs here and there. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { addProgram } from '@dromaius/initramfs'

/** @typedef {{ name: string, needs: string[], command: string }} Program */

const PYTHON = '/usr/bin/python3'
const python = `import hashlib
data = bytes((i * 7 + i // 256) & 255 for i in range(1 << 16)) * 256
print(len(data), hashlib.sha256(data).hexdigest())`

const perl = `my %count; $count{length $_}++ for map { sprintf("%b", $_ * 2654435761 % 4294967296) } 1..20000;
print join(",", map { "$_=$count{$_}" } sort { $a <=> $b } keys %count), "\\n";
my $text = "the quick brown fox " x 500; my $n = () = $text =~ /\\b(\\w)(\\w*)\\b/g; $text =~ s/(\\w+)/\\u$1/g;
printf "%d %s %.15g\\n", $n, substr($text, 0, 19), atan2(1, 1) * 4 + exp(1) / sqrt(2);`

const sql = `create table t(id integer primary key, name text, value real);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000)
insert into t select i, 'name ' || (i * 7919 % 2000), i * 0.37 from n;
create index by_name on t(name);
select count(*), sum(id), round(sum(value), 6), max(name) from t;
select id, name, value from t where name between 'name 100' and 'name 1002' order by name limit 5;
select id % 7 as k, count(*), avg(value) from t group by k order by k;`

const bash = `declare -A seen; x=12345
for ((i = 0; i < 3000; i++)); do x=$(((x * 1103515245 + 12345) % 2147483648)); seen[$((x % 97))]=$i; done
for k in "\${!seen[@]}"; do echo $k; done | sort -n | tail -n 3 | while read -r k; do echo "$k \${seen[$k]}"; done
printf '%05d %x %s\\n' 42 48879 "\${BASH_VERSION%%.*}"; [[ abc123 =~ ^([a-z]+)([0-9]+)$ ]] && echo "\${BASH_REMATCH[2]}"`

/** For `sh -c`. @param {string} text */
const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`

/** @type {readonly Program[]} */
export const programs = [
  {
    name: 'bash',
    needs: ['/bin/bash', '/usr/bin/sort', '/usr/bin/tail'],
    command: `/bin/bash -c ${quote(bash)}`,
  },
  { name: 'python3', needs: [PYTHON], command: `${PYTHON} -I -c ${quote(python)}` },
  { name: 'perl', needs: ['/usr/bin/perl'], command: `/usr/bin/perl -e ${quote(perl)}` },
  {
    name: 'openssl',
    needs: ['/usr/bin/openssl'],
    command:
      'printf %s abcdefghijklmnop | OPENSSL_CONF=/dev/null /usr/bin/openssl dgst -sha256; ' +
      'yes 0123456789abcdef | head -c 3000001 | OPENSSL_CONF=/dev/null /usr/bin/openssl dgst -sha256',
  },
  { name: 'sqlite3', needs: ['/usr/bin/sqlite3'], command: `/usr/bin/sqlite3 :memory: ${quote(sql)}` },
]

/** Those files of Python that the command loads. */
function pythonFiles() {
  const list = `import sys
${python}
for m in list(sys.modules.values()):
    for name in (getattr(m, '__file__', None), getattr(m, '__cached__', None)):
        if name: print('file', name)`
  const { stdout } = spawnSync(PYTHON, ['-I', '-c', list], { encoding: 'utf8' })
  return [...stdout.matchAll(/^file (.*)$/gm)]
    .map(([, path]) => path ?? '')
    .filter((path) => existsSync(path))
}

/**
 * Adds a program and what it needs to run.
 * @param {import('@dromaius/initramfs').Initramfs} initramfs @param {Program} program
 */
export function addWithFiles(initramfs, program) {
  for (const path of program.needs) addProgram(initramfs, path)
  if (program.name !== 'python3') return
  for (const path of pythonFiles()) {
    if (path.endsWith('.so')) addProgram(initramfs, path)
    else initramfs.file(path, readFileSync(realpathSync(path)))
  }
  // It finds its folder by this file.
  const landmark = '/usr/lib/python3.11/os.py'
  if (existsSync(landmark) && !initramfs.has(landmark)) initramfs.file(landmark, readFileSync(landmark))
}
