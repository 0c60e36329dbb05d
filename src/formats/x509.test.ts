import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Problem } from '../base/problem.ts';
import { certificateOf, der, nameOf, oidOf, type CertificateOptions } from '../testing/certificate-of.ts';
import { Random } from '../testing/random.ts';
import { pemBlocks } from './pem.ts';
import { extensionText, nameText, parseCertificate } from './x509.ts';

const FULCIO: CertificateOptions = {
  subject: der(0x30),
  issuer: nameOf(['2.5.4.10', 'sigstore.dev'], ['2.5.4.3', 'sigstore-intermediate']),
  notBefore: '260102030405Z',
  notAfter: '20560102030405Z',
  extensions: [
    ['2.5.29.15', der(0x03, new Uint8Array([2, 0x84])), true],
    ['2.5.29.37', der(0x30, oidOf('1.3.6.1.5.5.7.3.3'))],
    [
      '2.5.29.17',
      der(
        0x30,
        der(0x86, 'https://example.org/build.yml@refs/heads/main'),
        der(0x81, 'ada@example.org'),
        der(0x82, 'a.example.org'),
        der(0x87, new Uint8Array([192, 0, 2, 1])),
        der(0xa4, nameOf(['2.5.4.3', 'Ada'])),
      ),
      true,
    ],
    ['2.5.29.19', der(0x30, der(0x01, new Uint8Array([0xff])))],
    ['1.3.6.1.4.1.57264.1.1', new TextEncoder().encode('https://issuer.example')],
    ['1.3.6.1.4.1.57264.1.8', der(0x0c, 'https://issuer.example')],
  ],
};

describe('a certificate', () => {
  it('is read as Node reads it', () => {
    for (const key of ['ec', 'rsa', 'ed25519'] as const) {
      const made = certificateOf({ ...FULCIO, key });
      const node = new X509Certificate(made.der);
      const ours = parseCertificate(made.der);
      expect(ours.serialNumber).toBe(node.serialNumber.toLowerCase());
      expect(nameText(ours.issuer)).toBe(node.issuer.split('\n').join(', '));
      expect(ours.notBefore).toBe(Date.parse(node.validFrom));
      expect(ours.notAfter).toBe(Date.parse(node.validTo));
      expect(ours.isAuthority).toBe(node.ca);
      const names = { email: 'email:', dns: 'DNS:', uri: 'URI:', ip: 'IP Address:', directory: 'DirName:' };
      const printed = ours.alternativeNames.map(
        ({ kind, value }) => `${(names as Record<string, string>)[kind]}${value.replace('=', ' = ')}`,
      );
      expect(printed.join(', ').replace(' = ', '=').replace(' = ', '=')).toBe(
        node.subjectAltName!.replaceAll('"', '').replace(' = ', '='),
      );
      expect(ours.keyType).toBe({ ec: 'EC P-256', rsa: 'RSA', ed25519: 'Ed25519' }[key]);
      expect(ours.keyBits).toBe(key === 'rsa' ? 2048 : null);
    }
  });

  it('says what it may be used for, and what Fulcio writes into it', () => {
    const ours = parseCertificate(certificateOf(FULCIO).der);
    expect(ours.keyUsage).toEqual(['digital signature', 'certificate signing']);
    expect(ours.extendedKeyUsage).toEqual(['code signing']);
    for (const oid of ['1.3.6.1.4.1.57264.1.1', '1.3.6.1.4.1.57264.1.8']) {
      expect(extensionText(ours.extensions.get(oid)!)).toBe('https://issuer.example');
    }
    expect(ours.subject).toEqual([]);
    expect(ours.signatureAlgorithm).toBe('ECDSA with SHA-256');
  });

  it('is found in a text', () => {
    const [one, two] = [certificateOf(), certificateOf()];
    const blocks = pemBlocks(`a chain\n${one.pem}junk\n${two.pem}-----BEGIN CERTIFICATE-----\n`);
    expect(blocks.map(({ label }) => label)).toEqual(['CERTIFICATE', 'CERTIFICATE']);
    expect(blocks.map(({ bytes }) => bytes)).toEqual([one.der, two.der]);
  });

  it('that is damaged anywhere is read, or said to be malformed', () => {
    const { der: good } = certificateOf(FULCIO);
    const random = new Random(7);
    for (let round = 0; round < 3000; round++) {
      const bad = good.slice(0, random.oneIn(3) ? random.below(good.length) : good.length);
      for (let flips = random.between(1, 3); flips > 0 && bad.length > 0; flips--)
        bad[random.below(bad.length)] = random.below(256);
      try {
        parseCertificate(bad);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        expect(error.failure).toMatchObject({ code: 'malformed', format: 'x509' });
      }
    }
  });
});
