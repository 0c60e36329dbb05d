/** What the controls beside the box offer: each choice is a word of the query. */

export interface Choice {
  /** What stands behind the key in the query; null: the key does not stand there. */
  readonly value: string | null;
  readonly label: string;
}

export interface Filter {
  readonly key: string;
  readonly label: string;
  readonly choices: readonly Choice[];
}

export const FILTERS: readonly Filter[] = [
  {
    key: 'type',
    label: 'Type',
    choices: [
      { value: null, label: 'Any type' },
      { value: 'file', label: 'Files' },
      { value: 'dir', label: 'Folders' },
      { value: 'symlink', label: 'Symbolic links' },
      { value: 'hardlink', label: 'Hard links' },
      { value: 'char,block', label: 'Devices' },
      { value: 'fifo', label: 'Named pipes' },
    ],
  },
  {
    key: 'size',
    label: 'Size',
    choices: [
      { value: null, label: 'Any size' },
      { value: '0', label: 'Empty' },
      { value: '<10k', label: 'Below 10 kB' },
      { value: '>100k', label: 'Over 100 kB' },
      { value: '>1M', label: 'Over 1 MB' },
      { value: '>10M', label: 'Over 10 MB' },
      { value: '>100M', label: 'Over 100 MB' },
    ],
  },
  {
    key: 'mode',
    label: 'Mode',
    choices: [
      { value: null, label: 'Any mode' },
      { value: 'setuid', label: 'setuid' },
      { value: 'setgid', label: 'setgid' },
      { value: 'sticky', label: 'Sticky' },
      { value: 'world-writable', label: 'World-writable' },
      { value: 'executable', label: 'Executable' },
    ],
  },
  {
    key: 'is',
    label: 'Change',
    choices: [
      { value: null, label: 'Changed or not' },
      { value: 'changed', label: 'Changed by a layer' },
      { value: 'deleted', label: 'Deleted by a layer' },
    ],
  },
  {
    key: 'package',
    label: 'Package',
    choices: [
      { value: null, label: 'In a package or not' },
      { value: 'none', label: 'In no package' },
      { value: '', label: 'In a package' },
    ],
  },
  {
    key: 'cap',
    label: 'Capabilities',
    choices: [
      { value: null, label: 'Any capabilities' },
      { value: '', label: 'With capabilities' },
    ],
  },
];
