/** Turns of phrase that the words for several failures share. */
import type { RegistryError } from '../../base/problem.ts';
import { exactBytes, humanBytes } from '../shared/quantity.ts';

export const ASK_AGAIN = 'Try again in a while.';
export const PULL_AGAIN = 'Have the image pushed again by whoever owns it, or ask for another tag.';

/** A fact, where there is one. */
export function given(name: string, value: string): [name: string, value: string][] {
  return value === '' ? [] : [[name, value]];
}

/** The registry's own words. */
export function said(errors: readonly RegistryError[]): [name: string, value: string][] {
  return errors.map(({ code, message }) => ['The registry says', [code, message].filter(Boolean).join(': ')]);
}

export function bytesText(bytes: number): string {
  return bytes < 1000 ? exactBytes(bytes) : `${exactBytes(bytes)} (${humanBytes(bytes)})`;
}

/** The reasons of parsers begin in lower case and have no full stop. */
export function sentence(reason: string): string {
  const text = reason.charAt(0).toUpperCase() + reason.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
