// A value of a YAML document under its field path, and the findings about it.
import type { Position, Problem } from '../../problem.ts';
import type { YamlDocument } from '../../yaml.ts';
import type { Path } from '../../yaml-positions.ts';
import type { JsonObject } from '../policy.ts';

/** Where something stands in the files that were loaded. */
export interface Place extends Position {
  readonly path: string;
}

/** The document that fields are read from. */
export interface Source {
  readonly path: string;
  readonly document: YamlDocument;
  /** Path of the object within the document: none, or that of an item of a List. */
  readonly root: Path;
  /** Findings in the order they were made. */
  readonly problems: Problem[];
}

const WARNING = { severity: 'warning' } as const;

/** Every finding begins with the field's path as the API server writes it: spec.validations[0].reason. */
export class Field {
  readonly value: unknown;
  readonly source: Source;
  readonly #path: Path;
  readonly #severity: Pick<Problem, 'severity'>;

  constructor(
    source: Source,
    value: unknown,
    { path = [], severity = {} }: { path?: Path; severity?: Pick<Problem, 'severity'> } = {},
  ) {
    this.source = source;
    this.value = value;
    this.#path = path;
    this.#severity = severity;
  }

  /** The same field, of which every complaint is a warning. */
  get lenient(): Field {
    return new Field(this.source, this.value, { path: this.#path, severity: WARNING });
  }

  /** True where nothing or null is written, which is the same to the API server. */
  get missing(): boolean {
    return this.value === undefined || this.value === null;
  }

  get name(): string {
    return this.#path.reduce<string>((name, key) => {
      if (typeof key === 'number') return `${name}[${key}]`;
      if (!/^[\w-]+$/.test(key)) return `${name}[${key}]`;
      return name === '' ? key : `${name}.${key}`;
    }, '');
  }

  get(key: string | number): Field {
    const value =
      isObject(this.value) || Array.isArray(this.value) ? own(this.value, key) : undefined;
    return new Field(this.source, value, {
      path: [...this.#path, key],
      severity: this.#severity,
    });
  }

  /** @param within UTF-16 units into the text that is the value */
  place(within?: number): Place {
    const { path, document, root } = this.source;
    return { path, ...document.positionOf([...root, ...this.#path], within) };
  }

  /** @param span the part of the text it is about, in UTF-16 units; the value where left out */
  complain(message: string, span?: { readonly start: number; readonly end: number }): void {
    const length = span && span.end - span.start;
    const problem = { ...this.place(span?.start), message: this.#named(message) };
    this.source.problems.push({ ...problem, ...(length ? { length } : {}), ...this.#severity });
  }

  warn(message: string): void {
    this.lenient.complain(message);
  }

  require(detail = ''): void {
    this.complain(detail === '' ? 'Required value' : `Required value: ${detail}`);
  }

  /** Complains once for each reason that the value is not valid for. */
  invalid(reasons: readonly string[]): void {
    for (const reason of reasons) {
      this.complain(`Invalid value: ${show(this.value)}: ${reason}`);
    }
  }

  #named(message: string): string {
    return this.name === '' ? message : `${this.name}: ${message}`;
  }
}

/** Returns the value as JSON, cut where it is long. */
export function show(value: unknown): string {
  const text =
    JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}` : part)) ?? '';
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}...`;
}

const MAX_SHOWN = 120;

function own(value: object, key: string | number): unknown {
  return Object.hasOwn(value, key) ? (value as Record<string | number, unknown>)[key] : undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
