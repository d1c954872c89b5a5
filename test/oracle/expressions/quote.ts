// The ways to write a text as a CEL literal.
import type { Random } from '../../helpers/random.ts';

type Style = (text: string, random: Random) => string;

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
};

function escaped(text: string, quotes: string): string {
  return [...text]
    .map((each) => (each === quotes ? `\\${each}` : (ESCAPES[each] ?? each)))
    .join('');
}

const single: Style = (text) => `'${escaped(text, "'")}'`;
const double: Style = (text) => `"${escaped(text, '"')}"`;
const tripled: Style = (text) => `"""${escaped(text, '"').replaceAll('\\n', '\n')}"""`;

/** It has no escapes, so that not every text can be written so. */
const raw: Style = (text, random) =>
  /['\\\r\n]/.test(text) ? single(text, random) : `${random.pick(['r', 'R'])}'${text}'`;

/** Every character by its number. */
const numbered: Style = (text, random) =>
  `'${[...text].map((each) => numberOf(each.codePointAt(0) ?? 0, random)).join('')}'`;

function numberOf(code: number, random: Random): string {
  const hex = code.toString(16);
  if (code > 0xffff) return `\\U${hex.padStart(8, '0')}`;
  const forms = [`\\u${hex.padStart(4, '0')}`];
  if (code < 0x80)
    forms.push(`\\x${hex.padStart(2, '0')}`, `\\${code.toString(8).padStart(3, '0')}`);
  return random.pick(forms);
}

const STYLES = [
  single,
  single,
  single,
  single,
  single,
  single,
  double,
  double,
  tripled,
  raw,
  numbered,
];

/** Returns the text as a literal, mostly in single quotes. */
export function quote(text: string, random: Random): string {
  return random.pick(STYLES)(text, random);
}
