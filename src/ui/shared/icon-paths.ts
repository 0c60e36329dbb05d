/** Line icons on a 16 px grid, drawn for this page. */
export const ICON_PATHS = {
  file: 'M4 1.5h5l3 3v10H4zM9 1.5v3h3',
  dir: 'M1.5 3.5h4.5l1.5 2h7v7.5h-13z',
  'dir-open': 'M1.5 13V3.5H6l1.5 2H13V7.5M1.5 13l2.2-5.5h11.3L12.8 13z',
  symlink: 'M4 1.5h5l3 3v10H4zM6.2 11.5c0-2.5 1.2-3.6 3.4-3.6M7.9 6.2l1.9 1.7-1.9 1.7',
  hardlink:
    'M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2A2.6 2.6 0 0 0 9 3.300l-.7.7M9.2 6.800a2.6 2.6 0 0 0-3.7 0L3.3 9A2.6 2.6 0 0 0 7 12.700l.7-.7',
  device:
    'M4.5 4.500h7v7h-7zM6.5 2v2.500M9.5 2v2.500M6.5 11.500V14M9.5 11.500V14M2 6.500h2.500M2 9.500h2.500M11.5 6.500H14M11.5 9.500H14',
  fifo: 'M1.5 5.500h13M1.5 10.500h13M9 6.3 11 8l-2 1.700M5 8h6',
  right: 'M6 3.5 10.5 8 6 12.5',
  down: 'M3.5 6 8 10.5 12.5 6',
  copy: 'M5.5 5.500h8v8h-8zM3.5 10.500h-1v-8h8v1',
  check: 'M2.5 8.5 6 12l7.5-8',
  cross: 'M3.5 3.500l9 9M12.5 3.500l-9 9',
  wait: 'M8 3.500V8l3 1.800M8 1.500a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13z',
  warn: 'M8 1.8 15 14H1zM8 6.200v4M8 11.800v.6',
  download: 'M8 2v8.500M4.5 7 8 10.5 11.5 7M2.5 13.500h11',
  pin: 'M5.500 1.500h5M6.500 1.500v4.500l-2.500 3h8l-2.500-3V1.500M8 9v5.500',
  lock: 'M3.5 7h9v7h-9zM5.5 7V4.500a2.5 2.5 0 0 1 5 0V7',
} as const;

export type IconName = keyof typeof ICON_PATHS;
