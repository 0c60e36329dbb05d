/** What a program says of itself, as a person reads it. */
import type { Elf } from '../../formats/file/elf.ts';
import type { Pe } from '../../formats/file/pe.ts';
import type { Fact } from './facts.ts';

/** `ELF 64-bit program`, for the line above. */
export function elfTitle(elf: Elf): string {
  return `ELF ${elf.bits}-bit ${elfKind(elf)}`;
}

function elfKind({ type, isPie, isDynamic, needed }: Elf): string {
  switch (type) {
    case 'executable':
      return isDynamic ? 'program' : 'program, linked statically';
    case 'shared':
      return isPie
        ? needed.length === 0 && !isDynamic
          ? 'program, linked statically'
          : 'program'
        : 'library';
    case 'relocatable':
      return 'object file';
    case 'core':
      return 'core dump';
    case 'other':
      return 'file';
  }
}

export function elfFacts(elf: Elf): Fact[] {
  const code = (name: string, text: string | null): Fact[] =>
    text === null ? [] : [{ name, text, tone: 'code' }];
  return [
    {
      name: 'Machine',
      text: elf.machine,
      note: `${elf.bits}-bit, ${elf.littleEndian ? 'little' : 'big'}-endian`,
    },
    ...code('Library name', elf.soname),
    ...code('Run path', elf.runpath),
    ...code('Run path (old)', elf.rpath),
    ...code('Build ID', elf.buildId),
    ...symbolFacts(elf),
    ...code('Built by Go', elf.go),
    ...code('Built by', elf.compilers.length === 0 ? null : elf.compilers.join('\n')),
  ];
}

function symbolFacts({ symbols, debugFile, type }: Elf): Fact[] {
  if (type === 'core') return [];
  const text =
    symbols === null
      ? 'none: stripped, section headers and all'
      : symbols === 'stripped'
        ? 'none: stripped'
        : symbols;
  return [
    { name: 'Symbols', text, ...(debugFile === null ? {} : { note: `debug information in ${debugFile}` }) },
  ];
}

/** How it was hardened; nothing for what is never loaded. */
export function elfHardening(elf: Elf): Fact[] {
  if (elf.type !== 'executable' && elf.type !== 'shared') return [];
  const good = (name: string, text: string, note: string): Fact => ({ name, text, tone: 'good', note });
  const odd = (name: string, text: string, note: string): Fact => ({ name, text, tone: 'odd', note });
  const isProgram = elf.type === 'executable' || elf.isPie;
  return [
    ...(isProgram
      ? [
          elf.isPie
            ? good('Address', 'position-independent', 'PIE: it is loaded to where nobody can guess')
            : odd('Address', 'fixed', 'no PIE: it is always loaded to the same place'),
        ]
      : []),
    {
      full: good('Relocations', 'read-only', 'full RELRO: what the loader wrote is closed afterwards'),
      partial: odd(
        'Relocations',
        'partly read-only',
        'partial RELRO: the table of called functions stays open',
      ),
      none: odd('Relocations', 'writable', 'no RELRO'),
    }[elf.relro],
    elf.executableStack === false
      ? good('Stack', 'not executable', 'NX')
      : odd('Stack', elf.executableStack === null ? 'not said' : 'executable', 'what is on it may be run'),
    ...(elf.stackProtector === null
      ? []
      : [
          elf.stackProtector
            ? good('Stack protector', 'used', 'it calls __stack_chk_fail')
            : odd(
                'Stack protector',
                'not seen',
                'it does not call __stack_chk_fail; nothing in it may need to',
              ),
        ]),
    ...(elf.hasTextRelocations ? [odd('Code', 'written to by the loader', 'text relocations')] : []),
  ];
}

/** `Windows program`, `.NET library` … */
export function peTitle({ managed, isLibrary, subsystem }: Pe): string {
  const what = isLibrary ? 'library' : 'program';
  if (managed !== null) return `.NET ${isLibrary ? 'library' : 'program'}`;
  return subsystem.startsWith('EFI') ? subsystem : `Windows ${what}`;
}

export function peFacts(pe: Pe): Fact[] {
  const flag = (name: string, is: boolean, yes: string, no: string): Fact => ({
    name,
    text: is ? yes : no,
    tone: is ? 'good' : 'odd',
  });
  return [
    { name: 'Machine', text: pe.machine, note: `PE32${pe.bits === 64 ? '+' : ''}` },
    { name: 'Subsystem', text: pe.subsystem },
    pe.managed === null
      ? { name: 'Code', text: 'native' }
      : { name: 'Code', text: 'managed (.NET)', note: `metadata ${pe.managed}` },
    { name: 'Signature', text: pe.isSigned ? 'there, not verified' : 'none' },
    flag('Address', pe.relocatable, 'position-independent', 'fixed'),
    flag('Data', pe.noExecute, 'not executable', 'may be executed'),
    ...(pe.controlFlowGuard ? [flag('Control flow', true, 'guarded', '')] : []),
    { name: 'Sections', text: pe.sections.join(' '), tone: 'code' },
  ];
}
