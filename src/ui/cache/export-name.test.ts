import { expect, it } from 'vitest';
import { exportName } from './export-name.ts';

it.each([
  ['alpine', 'alpine.tar'],
  ['ghcr.io/team/app:1.4', 'app-1.4.tar'],
  ['localhost:5000/app@sha256:00ff', 'app-sha256-00ff.tar'],
  ['my app.tar.gz', 'my-app.tar'],
  ['../..', 'image.tar'],
  ['\u202egnp.exe', 'gnp.exe.tar'],
  ['', 'image.tar'],
])('%j is exported as %s', (name, file) => {
  expect(exportName(name)).toBe(file);
});
