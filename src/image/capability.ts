/**
 * File capabilities: the value of the xattr `security.capability`, `struct vfs_cap_data` and `vfs_ns_cap_data` of
 * linux/capability.h. All numbers are 32 bits, little-endian:
 *
 *     revision 1   magic  permitted inheritable                                       12 bytes
 *     revision 2   magic  permitted inheritable  permitted inheritable (bits 32..)    20 bytes
 *     revision 3   as 2, and the user ID that is root in the namespace it is for      24 bytes
 *
 * The revision is the highest byte of `magic`; its lowest bit says "effective".
 */
import { listAt } from '../base/list-at.ts';

/** By number, as in linux/capability.h of Linux 5.9 and later, which ends with CAP_CHECKPOINT_RESTORE. */
const NAMES = [
  'cap_chown',
  'cap_dac_override',
  'cap_dac_read_search',
  'cap_fowner',
  'cap_fsetid',
  'cap_kill',
  'cap_setgid',
  'cap_setuid',
  'cap_setpcap',
  'cap_linux_immutable',
  'cap_net_bind_service',
  'cap_net_broadcast',
  'cap_net_admin',
  'cap_net_raw',
  'cap_ipc_lock',
  'cap_ipc_owner',
  'cap_sys_module',
  'cap_sys_rawio',
  'cap_sys_chroot',
  'cap_sys_ptrace',
  'cap_sys_pacct',
  'cap_sys_admin',
  'cap_sys_boot',
  'cap_sys_nice',
  'cap_sys_resource',
  'cap_sys_time',
  'cap_sys_tty_config',
  'cap_mknod',
  'cap_lease',
  'cap_audit_write',
  'cap_audit_control',
  'cap_setfcap',
  'cap_mac_override',
  'cap_mac_admin',
  'cap_syslog',
  'cap_wake_alarm',
  'cap_block_suspend',
  'cap_audit_read',
  'cap_perfmon',
  'cap_bpf',
  'cap_checkpoint_restore',
] as const;

const EFFECTIVE = 1;

export interface FileCapabilities {
  readonly revision: 1 | 2 | 3;
  readonly effective: boolean;
  /** Numbers, ascending. */
  readonly permitted: readonly number[];
  readonly inheritable: readonly number[];
  /** User ID of the namespace's root, revision 3 only. */
  readonly rootId: number | null;
}

/** What an xattr `security.capability` says; null where it is none. */
export function decodeCapabilities(value: Uint8Array): FileCapabilities | null {
  if (value.length < 12) return null;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const magic = view.getUint32(0, true);
  const revision = magic >>> 24;
  const words = revision === 1 ? 1 : revision === 2 || revision === 3 ? 2 : 0;
  if (words === 0 || value.length !== 4 + words * 8 + (revision === 3 ? 4 : 0)) return null;
  const bitsFrom = (first: number): number[] =>
    Array.from({ length: words * 32 }, (_, bit) => bit).filter(
      (bit) => ((view.getUint32(first + (bit >> 5) * 8, true) >>> (bit & 31)) & 1) === 1,
    );
  return {
    revision: revision as 1 | 2 | 3,
    effective: (magic & EFFECTIVE) !== 0,
    permitted: bitsFrom(4),
    inheritable: bitsFrom(8),
    rootId: revision === 3 ? view.getUint32(20, true) : null,
  };
}

/** The name of a capability; a number that has none stands for itself. */
export function capabilityName(number: number): string {
  return NAMES[number] ?? String(number);
}

/**
 * In the words of cap_text_formats(7), as setcap(8) takes them: `cap_net_raw+ep`; those with other flags follow after a
 * space; `=` where it grants nothing; `[rootid=…]` behind, as getcap(8) -n has it. Null where the value is malformed.
 */
export function capabilityText(value: Uint8Array): string | null {
  const capabilities = decodeCapabilities(value);
  if (capabilities === null) return null;
  const { effective, permitted, inheritable, rootId } = capabilities;
  const clauses = new Map<string, string[]>();
  for (const number of new Set([...permitted, ...inheritable].sort((a, b) => a - b))) {
    const flags =
      (effective ? 'e' : '') +
      (inheritable.includes(number) ? 'i' : '') +
      (permitted.includes(number) ? 'p' : '');
    listAt(clauses, flags).push(capabilityName(number));
  }
  const text = [...clauses].map(([flags, names]) => `${names.join(',')}+${flags}`).join(' ') || '=';
  return rootId === null ? text : `${text} [rootid=${rootId}]`;
}
