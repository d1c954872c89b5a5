// Where each value of a YAML text stands, from the parser's events.
import { EVENT_ID, type Event, getScalarValue, type ScalarEvent } from 'js-yaml';
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

  set(path: string, offset: number): void {
    if (!this.#offsets.has(path)) this.#offsets.set(path, offset);
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
  walk.document.set(path, offset);
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

function scalarStart(event: ScalarEvent): number | undefined {
  return event.valueEnd > event.valueStart && event.valueStart >= 0 ? event.valueStart : undefined;
}

function pathKey(path: Path): string {
  return path.map((segment) => `/${pointerSegment(segment)}`).join('');
}

function pointerSegment(segment: string | number): string {
  return String(segment).replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Returns line and column of an offset. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
