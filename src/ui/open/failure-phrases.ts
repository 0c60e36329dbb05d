/** What words for a failure are, and turns of phrase that those for several share. */
import type { Failure, RegistryError } from '../../base/problem.ts';
import { exactBytes, humanBytes } from '../shared/quantity.ts';

export interface FailureWords {
  readonly title: string;
  readonly detail: readonly string[];
  /** Names and values; the values may come from outside. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** What to do next. */
  readonly advice: readonly string[];
}

/** The failure of one code. */
export type Of<Code extends Failure['code']> = Extract<Failure, { code: Code }>;

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
