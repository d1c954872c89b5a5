// Where each value of a YAML text stands, from the parser's events.
import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import type { Position } from './problem.ts';

/** Keys and indexes from the root of a document to a value. */
export type Path = readonly (string | number)[];

interface Frame {
  readonly kind: 'mapping' | 'sequence';
  readonly path: string;
  index: number;
  /** The key whose value comes next; undefined while a key is awaited. */
  key?: string | undefined;
  keyOffset: number;
}

class PositionIndex {
  readonly #offsets = new Map<string, number>();
  readonly #scalars = new Map<string, ScalarEvent>();

  set(path: string, offset: number, event: Event): void {
    if (this.#offsets.has(path)) return;
    this.#offsets.set(path, offset);
    if (event.type === EVENT_ID.SCALAR) this.#scalars.set(path, event);
  }

  /** Returns the scalar written at `path`; undefined for collections and aliases. */
  scalar(path: Path): ScalarEvent | undefined {
    return this.#scalars.get(pathKey(path));
  }

  /** Returns the offset of the value at `path`, or of its nearest ancestor in the text. */
  nearest(path: Path): number {
    for (let length = path.length; length >= 0; length--) {
      const offset = this.#offsets.get(pathKey(path.slice(0, length)));
      if (offset !== undefined) return offset;
    }
    return 0;
  }
}

/** Returns one index for each document of the text. */
export function indexPositions(text: string, events: readonly Event[]): PositionIndex[] {
  const documents: PositionIndex[] = [];
  const frames: Frame[] = [];
  for (const event of events) {
    const document = documents.at(-1);
    if (event.type === EVENT_ID.DOCUMENT) documents.push(new PositionIndex());
    else if (event.type === EVENT_ID.POP) frames.pop();
    else if (document) enter({ text, document, frames }, event);
  }
  return documents;
}

interface Walk {
  readonly text: string;
  readonly document: PositionIndex;
  readonly frames: Frame[];
}

function enter(walk: Walk, event: Event): void {
  const parent = walk.frames.at(-1);
  const offset = startOfNode(event) ?? parent?.keyOffset ?? 0;
  if (parent?.kind === 'mapping' && parent.key === undefined) {
    parent.key = event.type === EVENT_ID.SCALAR ? getScalarValue(walk.text, event) : '?';
    parent.keyOffset = offset;
    // A key that is itself a collection opens a frame; its pop must find one.
    if (event.type !== EVENT_ID.SCALAR) open(walk, event, `${parent.path}/?`);
    return;
  }
  const path = parent ? childPath(parent) : '';
  walk.document.set(path, offset, event);
  open(walk, event, path);
}

function childPath(parent: Frame): string {
  const segment = parent.kind === 'mapping' ? (parent.key ?? '') : parent.index++;
  parent.key = undefined;
  return `${parent.path}/${pointerSegment(segment)}`;
}

function open(walk: Walk, event: Event, path: string): void {
  if (event.type !== EVENT_ID.MAPPING && event.type !== EVENT_ID.SEQUENCE) return;
  const kind = event.type === EVENT_ID.MAPPING ? 'mapping' : 'sequence';
  walk.frames.push({ kind, path, index: 0, keyOffset: startOfNode(event) ?? 0 });
}

/** The offset where the event's node begins; undefined for an empty scalar, which stands nowhere. */
function startOfNode(event: Event): number | undefined {
  if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return;
  if (event.type === EVENT_ID.SCALAR) return scalarStart(event);
  const start = event.type === EVENT_ID.ALIAS ? event.anchorStart : event.start;
  return start >= 0 ? start : undefined;
}

function scalarStart({ valueStart, valueEnd, style }: ScalarEvent): number | undefined {
  // The offsets of a quoted text leave its quotes out.
  if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED)
    return valueStart - 1;
  return valueEnd > valueStart && valueStart >= 0 ? valueStart : undefined;
}

function pathKey(path: Path): string {
  return path.map((segment) => `/${pointerSegment(segment)}`).join('');
}

function pointerSegment(segment: string | number): string {
  return String(segment).replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Returns a function that tells line and column of an offset, after one pass over the text. */
export function positionsIn(text: string): (offset: number) => Position {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    const line = lastAtMost(starts, offset);
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

/** Index of the last of the ascending numbers that is not above `limit`; the first is never above it. */
function lastAtMost(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((numbers[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
