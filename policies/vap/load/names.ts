// The forms of names that the API server accepts; each function returns what is wrong with a text, in its words.

import { byteLength } from '../go-text.ts';

const LABEL_KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const DNS_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const DNS_SUBDOMAIN = `${DNS_LABEL}(\\.${DNS_LABEL})*`;
const DNS_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';

const LABEL_KEY_FORM = formError(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ['MyName', 'my.name', '123-abc'],
  LABEL_KEY,
);
const LABEL_VALUE_FORM = formError(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ['MyValue', 'my_value', '12345'],
  `(${LABEL_KEY})?`,
);
const SUBDOMAIN_FORM = formError(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  ['example.com'],
  DNS_SUBDOMAIN,
);
const DNS_1035_FORM = formError(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  ['my-name', 'abc-123'],
  DNS_1035,
);

function formError(text: string, examples: readonly string[], pattern: string): string {
  const list = examples.map((each) => `'${each}', `).join(' or ');
  return `${text} (e.g. ${list}regex used for validation is '${pattern}')`;
}

/** No name is longer; a longer text is not worth the time that matching it would take. */
const MAX_LENGTH = 1024;
const matches = (pattern: string, text: string) =>
  text.length <= MAX_LENGTH && new RegExp(`^(?:${pattern})$`).test(text);
const tooLong = (text: string, limit: number) =>
  byteLength(text) > limit ? [`must be no more than ${limit} bytes`] : [];

/** Complains of what is no label key: a name, or a DNS subdomain, a slash and a name. */
export function qualifiedNameProblems(text: string): string[] {
  const parts = text.split('/');
  if (parts.length > 2) {
    return [
      `a valid label key ${LABEL_KEY_FORM} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const prefix = parts.length === 2 ? prefixProblems(parts[0] ?? '') : [];
  return [...prefix, ...namePartProblems(parts.at(-1) ?? '')];
}

function prefixProblems(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  return subdomainProblems(prefix).map((each) => `prefix part ${each}`);
}

function namePartProblems(name: string): string[] {
  const problems = name === '' ? ['must be non-empty'] : tooLong(name, 63);
  if (!matches(LABEL_KEY, name)) problems.push(LABEL_KEY_FORM);
  return problems.map((each) => `name part ${each}`);
}

/** Complains of what is no value of a label. */
export function labelValueProblems(text: string): string[] {
  const problems = tooLong(text, 63);
  return matches(`(${LABEL_KEY})?`, text) ? problems : [...problems, LABEL_VALUE_FORM];
}

/** Complains of what is no name of most kinds of object. */
export function subdomainProblems(text: string): string[] {
  const problems = tooLong(text, 253);
  return matches(DNS_SUBDOMAIN, text) ? problems : [...problems, SUBDOMAIN_FORM];
}

/** Complains of what is no version of an API or, in small letters, no kind. */
export function dns1035Problems(text: string): string[] {
  const problems = tooLong(text, 63);
  return matches(DNS_1035, text) ? problems : [...problems, DNS_1035_FORM];
}

/** Complains of what cannot stand between two slashes of a URL. */
export function pathSegmentProblems(text: string): string[] {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  return ['/', '%']
    .filter((each) => text.includes(each))
    .map((each) => `may not contain '${each}'`);
}

const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** Returns whether the text can follow `variables.` in an expression. */
export function isCelIdentifier(text: string): boolean {
  return /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(text) && !RESERVED.has(text);
}
