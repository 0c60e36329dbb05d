import { describe, expect, it } from 'vitest';
import type { RegistryOrigin } from '../../sources/origin.ts';
import { corsHeaders, gatewayCommand, mirrorCommand, mirrorReference } from './browser-access.ts';

const ALPINE: RegistryOrigin = {
  kind: 'registry',
  registry: 'docker.io',
  repository: 'library/alpine',
  tag: '3',
};

describe('letting a browser in', () => {
  it('allows one origin only', () => {
    expect(corsHeaders('https://page.example')).toContain(
      "Access-Control-Allow-Origin: ['https://page.example']\n",
    );
  });

  it('starts at the image', () => {
    expect(gatewayCommand(ALPINE)).toBe('npm start -- alpine:3');
    expect(gatewayCommand({ ...ALPINE, registry: '[::1]:5000' })).toBe(
      "npm start -- '[::1]:5000/library/alpine:3'",
    );
  });

  it('mirrors the host that a name stands for', () => {
    expect(mirrorCommand(ALPINE, 'https://page.example')).toContain(
      'REMOTEURL=https://registry-1.docker.io ',
    );
    expect(mirrorReference(ALPINE)).toBe('localhost:5000/library/alpine:3');
  });
});
