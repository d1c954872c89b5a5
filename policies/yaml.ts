// YAML as kubectl reads it (1.1, without timestamps), with the place of every value.
import {
  binaryTag,
  constructFromEvents,
  defineScalarTag,
  type Event,
  FAILSAFE_SCHEMA,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
  parseEvents,
  YAMLException,
} from 'js-yaml';
import type { Position, Problem } from './problem.ts';
import { indexPositions, type Path, positionsIn } from './yaml-positions.ts';
import { sourceOffset } from './yaml-scalars.ts';

/** One document of a file: its value, and where in the file a path within it stands. */
export interface YamlDocument {
  readonly value: unknown;
  /**
   * Returns the place of the value at `path`, or of the nearest parent that is in the file.
   *
   * @param within UTF-16 units into the text at `path`: the place of that character, also in a block or quoted text
   */
  positionOf(path: Path, within?: number): Position;
}

/** What a file holds: its documents, or why it cannot be read. */
export type YamlFile =
  | { readonly kind: 'documents'; readonly documents: readonly YamlDocument[] }
  | { readonly kind: 'broken'; readonly problem: Problem };

/** A document may stand for this many values after its aliases are followed; a bomb stands for more. */
export const MAX_NODES = 100_000;
const MAX_DEPTH = 64;

const TRUE = /^(y|yes|true|on)$/i;
const FALSE = /^(n|no|false|off)$/i;
/** All small, all large or capitalised, as YAML 1.1 has its words. */
const WORD = /^([a-z]+|[A-Z]+|[A-Z][a-z]+)$/;
const boolTag = defineScalarTag<boolean>('tag:yaml.org,2002:bool', {
  implicit: true,
  resolve: (text) =>
    WORD.test(text) && (TRUE.test(text) || FALSE.test(text)) ? TRUE.test(text) : NOT_RESOLVED,
  identify: (value) => typeof value === 'boolean',
});

/** Numbers as Go's library reads them: underscores within, octal with 0 or 0o, no base 60; infinity is no JSON. */
const INTEGER = /^[-+]?(0x[0-9a-f]+|0b[01]+|0o?[0-7]+|[1-9][0-9]*|0)$/i;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)(e[-+]?[0-9]+)?$/i;

function integer(text: string): number | undefined {
  const [negative, digits] = integerDigits(text) ?? [];
  if (digits === undefined) return undefined;
  return negative ? -Number(digits) : Number(digits);
}

function exactInteger(text: string): number | bigint | undefined {
  const value = integer(text);
  const [negative, digits] = integerDigits(text) ?? [];
  if (digits === undefined || Number.isSafeInteger(value)) return value;
  return negative ? -BigInt(digits) : BigInt(digits);
}

/** Digits as JavaScript writes them: 0o17 for 017. */
function integerDigits(text: string): [negative: boolean, digits: string] | undefined {
  if (!INTEGER.test(text)) return undefined;
  const digits = text.replace(/^[-+]/, '').replace(/^0o?(?=[0-7])/i, '0o');
  return [text.startsWith('-'), digits];
}

function float(text: string): number | undefined {
  return FLOAT.test(text) ? Number(text) : undefined;
}

type NumberReader = (text: string) => number | bigint | undefined;

function numberTag(name: 'int' | 'float', read: NumberReader) {
  return defineScalarTag<number | bigint>(`tag:yaml.org,2002:${name}`, {
    implicit: true,
    resolve: (text) => {
      const value = /^[-+0-9]/.test(text) ? read(text.replaceAll('_', '')) : read(text);
      if (typeof value === 'bigint') return value;
      return value !== undefined && Number.isFinite(value) ? value : NOT_RESOLVED;
    },
    identify: (value) => typeof value === 'number' || typeof value === 'bigint',
  });
}

function schemaWith(readInteger: NumberReader) {
  return FAILSAFE_SCHEMA.withTags(
    nullYaml11Tag,
    boolTag,
    numberTag('int', readInteger),
    numberTag('float', (text) => readInteger(text) ?? float(text)),
    mergeTag,
    binaryTag,
  );
}

const SCHEMAS = { rounded: schemaWith(integer), exact: schemaWith(exactInteger) };

/**
 * Returns the documents of a YAML text; a text that cannot be read as a whole gives one located problem.
 *
 * @param integers exact: an integer that a number cannot hold is a bigint
 */
export function parseYaml(
  text: string,
  path: string,
  integers: keyof typeof SCHEMAS = 'rounded',
): YamlFile {
  try {
    const events = parseEvents(text, { maxDepth: MAX_DEPTH });
    const values = constructFromEvents(events, { source: text, schema: SCHEMAS[integers] });
    const documents = locate(text, events, values);
    const bomb = documents.find(({ value }) => exceedsNodes(value));
    return bomb ? broken(path, bomb.positionOf([]), TOO_MANY) : { kind: 'documents', documents };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { line, column } = error.mark ?? { line: 0, column: 0 };
    return broken(path, { line: line + 1, column: column + 1 }, error.reason);
  }
}

const TOO_MANY = `the document stands for more than ${MAX_NODES} values; write it with fewer aliases`;

function broken(path: string, position: Position, reason: string): YamlFile {
  return { kind: 'broken', problem: { path, ...position, message: `not valid YAML: ${reason}` } };
}

function locate(text: string, events: Event[], values: unknown[]): YamlDocument[] {
  const indexes = indexPositions(text, events);
  const positionAt = positionsIn(text);
  return values.map((value, at) => ({
    value,
    positionOf: (path, within) => {
      const scalar = within === undefined ? undefined : indexes[at]?.scalar(path);
      if (scalar) return positionAt(sourceOffset(text, scalar, within ?? 0));
      return positionAt(indexes[at]?.nearest(path) ?? 0);
    },
  }));
}

/** Counts with aliases followed, and stops at the limit, so that a bomb costs no more than the limit. */
function exceedsNodes(root: unknown): boolean {
  let seen = 0;
  const todo: unknown[] = [root];
  while (todo.length > 0) {
    if (++seen > MAX_NODES) return true;
    const node = todo.pop();
    if (node === null || typeof node !== 'object') continue;
    for (const child of Object.values(node)) todo.push(child);
  }
  return false;
}
