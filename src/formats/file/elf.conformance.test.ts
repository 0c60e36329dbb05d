/** Programs and libraries of this machine, as `readelf` (binutils) reads them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readElf } from './elf.ts';
import { accessTo } from './random-access.ts';

const isElf = (file: string) =>
  statSync(file).isFile() && readFileSync(file).subarray(0, 4).toString('latin1') === '\x7fELF';

/** Some programs, Node itself among them, and what they need. */
function samples(): string[] {
  const found = new Set<string>();
  const names = ['/bin/sh', '/bin/ls', '/bin/tar', '/usr/bin/openssl', '/usr/bin/umoci', '/sbin/ldconfig'];
  for (const file of names) if (existsSync(file)) found.add(realpathSync(file));
  for (const folder of ['/lib/x86_64-linux-gnu', '/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib']) {
    if (!existsSync(folder)) continue;
    const libraries = readdirSync(folder).filter((name) => /\.so(?:\.|$)/.test(name));
    for (const name of libraries.slice(0, 12)) {
      const file = join(folder, name);
      if (existsSync(file)) found.add(realpathSync(file));
    }
  }
  return [...found].filter((file) => statSync(file).size < 80_000_000 && isElf(file));
}

const readelf = (flag: string, file: string) =>
  execFileSync('readelf', ['-W', flag, file], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  });

describe('a program of this machine', () => {
  const files = samples();
  it('is there to be read', () => expect(files.length).toBeGreaterThan(2));

  it.each(files)('%s', async (file) => {
    const elf = await readElf(accessTo(new Uint8Array(readFileSync(file))));
    const [header, dynamic, segments, notes] = ['-h', '-d', '-l', '-n'].map((flag) =>
      readelf(flag, file),
    ) as [string, string, string, string];
    const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1]!);
    expect(elf.bits).toBe(Number(/Class:\s+ELF(\d+)/.exec(header)![1]));
    expect(elf.type).toBe(/Type:\s+DYN/.test(header) ? 'shared' : 'executable');
    expect(/Machine:\s+(.*)/.exec(header)![1]).toContain({ 'x86-64': 'X86-64' }[elf.machine] ?? elf.machine);
    expect(elf.needed).toEqual(all(dynamic, /\(NEEDED\).*\[(.*)\]/g));
    expect(elf.soname).toBe(all(dynamic, /\(SONAME\).*\[(.*)\]/g)[0] ?? null);
    expect(elf.runpath).toBe(all(dynamic, /\(RUNPATH\).*\[(.*)\]/g)[0] ?? null);
    expect(elf.rpath).toBe(all(dynamic, /\(RPATH\).*\[(.*)\]/g)[0] ?? null);
    expect(elf.interpreter).toBe(/program interpreter: (.*)\]/.exec(segments)?.[1] ?? null);
    expect(elf.buildId).toBe(/Build ID: (\w+)/.exec(notes)?.[1] ?? null);
    const stack = /GNU_STACK(?:\s+0x\w+){5} (.{3})/.exec(segments)?.[1];
    expect(elf.executableStack).toBe(stack === undefined ? null : stack.includes('E'));
    const bindsNow = /\(BIND_NOW\)|FLAGS.*\b(?:BIND_NOW|NOW)\b/.test(dynamic);
    expect(elf.relro).toBe(/GNU_RELRO/.test(segments) ? (bindsNow ? 'full' : 'partial') : 'none');
    const sections = readelf('-S', file);
    const symbols = /\sSYMTAB\s/.test(sections);
    expect(elf.symbols).toBe(
      / \.debug_info /.test(sections) ? 'symbols and debug information' : symbols ? 'symbols' : 'stripped',
    );
  });
});
