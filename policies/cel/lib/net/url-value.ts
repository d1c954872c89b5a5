import { opaque } from '../../types/types.ts';
import { CelError, CelMap, Opaque } from '../../values/values.ts';
import { fromByteString, toByteString } from '../go-string.ts';
import { percentDecode, percentEncode } from './url-escape.ts';
import { parseUrl, type UrlParts } from './url-parse.ts';

const URL = opaque('kubernetes.URL');
const HOST_AND_PORT = /^(.*):([0-9]*)$/s;
/** Go reads no query with more. */
const MOST_PARAMETERS = 10_000;

/** A URL as Go's net/url sees it. */
export class Url extends Opaque {
  readonly type = URL;
  readonly #parts: UrlParts;

  private constructor(parts: UrlParts) {
    super();
    this.#parts = parts;
  }

  /** Returns an error for what is no absolute URL and no absolute path. */
  static parse(text: string): Url | CelError {
    const parts = parseUrl(toByteString(text));
    if (!(parts instanceof CelError)) return new Url(parts);
    return new CelError(`URL parse error during conversion from string: ${parts.message}`);
  }

  override equals(other: Opaque): boolean {
    return other instanceof Url && this.#toByteString() === other.#toByteString();
  }

  scheme(): string {
    return this.#parts.scheme;
  }

  /** Returns the host with its port. */
  host(): string {
    return fromByteString(this.#host());
  }

  /** Returns the host without its port, an IPv6 address without brackets. */
  hostname(): string {
    const host = this.#host();
    const name = HOST_AND_PORT.exec(host)?.[1] ?? host;
    return fromByteString(/^\[(.*)\]$/s.exec(name)?.[1] ?? name);
  }

  port(): string {
    return HOST_AND_PORT.exec(this.#host())?.[2] ?? '';
  }

  escapedPath(): string {
    return fromByteString(this.#parts.escapedPath);
  }

  /** Returns all values of each parameter; malformed ones are left out. */
  query(): CelMap {
    const values = new Map<string, string[]>();
    for (const [name, value] of parametersOf(this.#parts.query ?? '')) {
      const others = values.get(name);
      if (others) others.push(value);
      else values.set(name, [value]);
    }
    return CelMap.of(values);
  }

  #host(): string {
    return this.#parts.authority?.host ?? '';
  }

  /** What decides on equality: http:// equals http:, since neither has anything behind it. */
  #toByteString(): string {
    const { scheme, opaque: rest, escapedPath, query, fragment } = this.#parts;
    const start = scheme === '' ? '' : `${scheme}:`;
    const middle = rest ?? this.#authority() + escapedPath;
    const end =
      (query === undefined ? '' : `?${query}`) + (fragment === undefined ? '' : `#${fragment}`);
    return start + middle + end;
  }

  #authority(): string {
    const { scheme, authority, escapedPath } = this.#parts;
    if (!authority) return '';
    const { user, host } = authority;
    const isEmpty = host === '' && user === undefined;
    if (isEmpty && (scheme === '' || escapedPath === '')) return '';
    return `//${user === undefined ? '' : `${user}@`}${percentEncode(host, 'host')}`;
  }
}

function* parametersOf(query: string): Generator<[string, string]> {
  const parameters = query.split('&');
  if (parameters.length > MOST_PARAMETERS) return;
  for (const parameter of parameters) {
    const parsed = parameter === '' || parameter.includes(';') ? undefined : parse(parameter);
    if (parsed) yield parsed;
  }
}

function parse(parameter: string): [string, string] | undefined {
  const sign = parameter.indexOf('=');
  const name = percentDecode(sign < 0 ? parameter : parameter.slice(0, sign), 'query');
  const value = percentDecode(sign < 0 ? '' : parameter.slice(sign + 1), 'query');
  if (name instanceof CelError || value instanceof CelError) return undefined;
  return [fromByteString(name), fromByteString(value)];
}
