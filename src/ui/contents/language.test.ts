import { describe, expect, it } from 'vitest';
import { languageOf } from './language.ts';

describe('the language of a text', () => {
  it.each([
    ['#!/bin/sh -e\necho', 'run.py', 'shell'],
    ['#! /usr/bin/env -S python3 -u\n', 'run', 'python'],
    ['#!/usr/bin/env A=b perl\n', 'x', 'perl'],
    ['#!/usr/local/bin/node\n', 'cli', 'javascript'],
    ['#!/usr/bin/unheard-of\n', 'x.rb', 'ruby'],
    ['{"a": 1}', 'data', 'json'],
    ['[\n  {"a": 1}\n]', 'data.txt', 'json'],
    ['[Unit]\nDescription=x\n', 'ssh.service', 'ini'],
    ['# comment\n[section]\nkey = value', 'odd', 'ini'],
    ['<?xml version="1.0"?>', 'x', 'xml'],
    ['---\na: 1\n', 'x', 'yaml'],
    ['root:x:0:0:root:/root:/bin/sh\nbin:x:1:1:::\n', 'backup', 'passwd'],
    ['root:x:0:\n', 'group', 'passwd'],
    ['# syntax=docker/dockerfile:1\nFROM alpine\nRUN true\n', 'build', 'dockerfile'],
    ['', 'Dockerfile.dev', 'dockerfile'],
    ['FROM here to eternity', 'poem', null],
    ['Package: bash\nStatus: install ok installed\nVersion: 5\n', 'status', 'dpkg-status'],
    ['Package: bash\nVersion: 5\n', 'control', 'control'],
    ['Manifest-Version: 1.0\r\nMain-Class: x\r\n', 'MANIFEST.MF', 'control'],
    ['C:Q1Deb0jNytkrjPW4N/eKLZ43BwOlw=\nP:musl\nV:1.2\n', 'installed', 'apk-installed'],
    ['', 'README.md', 'markdown'],
    ['words', 'words', null],
    ['words', '__proto__', null],
    ['words', 'x.constructor', null],
    ['', '.bashrc', 'shell'],
  ])('%j in %s: %s', (text, name, language) => {
    expect(languageOf(text, name)).toBe(language);
  });

  it('is told in no time, whatever the text', () => {
    const start = performance.now();
    for (const text of [':', '#\n', 'a:', '[', ' ', '\n', 'ARG \n', '<!', 'a:b:1:2:'])
      languageOf(text.repeat(1_000_000 / text.length), 'x');
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
