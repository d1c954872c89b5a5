// YAML as kubectl reads it (1.1, without timestamps), with the place of every value.
import {
  binaryTag,
  constructFromEvents,
  defineScalarTag,
  type Event,
  FAILSAFE_SCHEMA,
  floatYaml11Tag,
  intYaml11Tag,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
  parseEvents,
  YAMLException,
} from 'js-yaml';
import type { Position, Problem } from './problem.ts';
import { indexPositions, type Path, positionAt } from './yaml-positions.ts';

/** One document of a file: its value, and where in the file a path within it stands. */
export interface YamlDocument {
  readonly value: unknown;
  /** Returns the place of the value at `path`, or of the nearest parent that is in the file. */
  positionOf(path: Path): Position;
}

/** What a file holds: its documents, or why it cannot be read. */
export type YamlFile =
  | { readonly kind: 'documents'; readonly documents: readonly YamlDocument[] }
  | { readonly kind: 'broken'; readonly problem: Problem };

/** A document may stand for this many values after its aliases are followed; a bomb stands for more. */
export const MAX_NODES = 100_000;
const MAX_DEPTH = 64;

// The API server's YAML library reads y and n as text, unlike the letter of YAML 1.1.
const TRUE = new Set(['true', 'True', 'TRUE', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']);
const FALSE = new Set(['false', 'False', 'FALSE', 'no', 'No', 'NO', 'off', 'Off', 'OFF']);
const boolTag = defineScalarTag<boolean>('tag:yaml.org,2002:bool', {
  implicit: true,
  resolve: (text) => TRUE.has(text) || (FALSE.has(text) ? false : NOT_RESOLVED),
  identify: (value) => typeof value === 'boolean',
});
const schema = FAILSAFE_SCHEMA.withTags(
  nullYaml11Tag,
  boolTag,
  intYaml11Tag,
  floatYaml11Tag,
  mergeTag,
  binaryTag,
);

/** Returns the documents of a YAML text; a text that cannot be read as a whole gives one located problem. */
export function parseYaml(text: string, path: string): YamlFile {
  try {
    const events = parseEvents(text, { maxDepth: MAX_DEPTH });
    const values = constructFromEvents(events, { source: text, schema });
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
  return values.map((value, at) => ({
    value,
    positionOf: (path) => positionAt(text, indexes[at]?.nearest(path) ?? 0),
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
