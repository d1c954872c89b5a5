// Reads values of fields in the types that a kind declares; what does not fit is a finding, and read as missing.

import type { JsonObject } from '../policy.ts';
import { type Field, isObject, show } from './field.ts';

const WORDS: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  number: 'a number',
  bigint: 'a number',
  string: 'a text',
};

function nameOfType(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return WORDS[typeof value] ?? 'an object';
}

function wrongType(field: Field, wanted: string): undefined {
  const quotes = wanted === 'a text' && WORDS[typeof field.value] ? ': put it in quotes' : '';
  field.complain(`expected ${wanted}, not ${nameOfType(field.value)}${quotes}`);
  return undefined;
}

/** Returns the object if it is one, and complains of every field that the kind does not have. */
export function objectWith(field: Field, known: readonly string[]): JsonObject | undefined {
  if (field.missing) return undefined;
  if (!isObject(field.value)) return wrongType(field, 'an object');
  for (const key of Object.keys(field.value)) {
    if (!known.includes(key)) field.get(key).complain('unknown field');
  }
  return field.value;
}

/** Returns the text; undefined where none is written. */
export function text(field: Field): string | undefined {
  if (field.missing) return undefined;
  return typeof field.value === 'string' ? field.value : wrongType(field, 'a text');
}

/** Returns the text; complains where it is missing or empty. */
export function requiredText(field: Field): string | undefined {
  const value = text(field);
  if (field.missing || value === '') field.require();
  return value === '' ? undefined : value;
}

/** Returns one of the words, the fallback where none is written; complains of any other. */
export function oneOf<Word extends string>(
  field: Field,
  words: readonly Word[],
  fallback?: Word,
): Word | undefined {
  const value = text(field);
  if (value === undefined) return field.missing ? fallback : undefined;
  const word = words.find((each) => each === value);
  if (word === undefined) unsupported(field, words);
  return word;
}

function unsupported(field: Field, words: readonly string[]): void {
  const list = words.map((each) => JSON.stringify(each)).join(', ');
  field.complain(`Unsupported value: ${show(field.value)}: supported values: ${list}`);
}

/** Returns the fields of the list's items; none where no list is written. */
export function items(field: Field): Field[] {
  if (field.missing) return [];
  if (!Array.isArray(field.value)) {
    wrongType(field, 'a list');
    return [];
  }
  return field.value.map((_, index) => field.get(index));
}

/** Returns the list's texts; complains of items that are none. */
export function texts(field: Field): string[] {
  return items(field).flatMap((item) => {
    if (item.missing) wrongTypeOfNull(item);
    return text(item) ?? [];
  });
}

function wrongTypeOfNull(item: Field): void {
  item.complain('expected a text, not null');
}

/** Returns the entries of an object whose values are texts. */
export function textMap(field: Field): Record<string, string> {
  if (field.missing) return {};
  if (!isObject(field.value)) {
    wrongType(field, 'an object');
    return {};
  }
  const entries = Object.keys(field.value).map((key) => [key, text(field.get(key)) ?? ''] as const);
  return Object.fromEntries(entries);
}
