import { CelError } from '../../values/values.ts';
import { quote } from '../go-string.ts';
import { type Authority, parseAuthority } from './url-authority.ts';
import { percentDecode, reencode } from './url-escape.ts';

/** A URL in the sense of Go's net/url, which is not that of browsers. All texts are byte strings. */
export interface UrlParts {
  readonly scheme: string;
  /** Without //; set where the path has no leading slash: mailto:a@b. */
  readonly opaque?: string | undefined;
  /** Undefined where nothing like `//host` was written. */
  readonly authority?: Authority | undefined;
  readonly escapedPath: string;
  /** Without ?; undefined where there is none. */
  readonly query?: string | undefined;
  /** Escaped, without #; undefined where there is none. */
  readonly fragment?: string | undefined;
}

/**
 * Parses an absolute URL or path, taking # for a character like any other. Returns an error with the text of
 * net/url.ParseRequestURI.
 */
export function parseRequestUri(bytes: string): UrlParts | CelError {
  return named(bytes, parse(bytes, true));
}

/**
 * Parses what is a request URI, too, but with its fragment taken apart. Returns an error with the text of net/url.
 */
export function parseUrl(bytes: string): UrlParts | CelError {
  const request = parseRequestUri(bytes);
  if (request instanceof CelError) return request;
  const hash = bytes.indexOf('#');
  const main = hash < 0 ? bytes : bytes.slice(0, hash);
  const parts = named(main, parse(main, false));
  const fragment = hash < 0 ? '' : bytes.slice(hash + 1);
  if (parts instanceof CelError || fragment === '') return parts;
  const plain = percentDecode(fragment, 'fragment');
  if (plain instanceof CelError) return named(bytes, plain);
  return { ...parts, fragment: reencode(fragment, plain, 'fragment') };
}

function named<T>(bytes: string, result: T | CelError): T | CelError {
  if (!(result instanceof CelError)) return result;
  return new CelError(`parse ${quote(bytes)}: ${result.message}`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what looks for them
const CONTROL = /[\x00-\x1f\x7f]/;

function parse(bytes: string, isRequest: boolean): UrlParts | CelError {
  if (CONTROL.test(bytes)) return new CelError('net/url: invalid control character in URL');
  if (bytes === '') return new CelError('empty url');
  if (bytes === '*') return { scheme: '', escapedPath: '*' };
  if (bytes.startsWith(':')) return new CelError('missing protocol scheme');
  const { scheme, rest } = splitScheme(bytes);
  const { path, query } = splitQuery(rest);
  if (path.startsWith('/')) return parsePath({ scheme, query }, path, isRequest);
  if (scheme === '') return new CelError('invalid URI for request');
  return { scheme, opaque: path, escapedPath: '', query };
}

function splitScheme(bytes: string): { scheme: string; rest: string } {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(bytes)?.[1];
  if (scheme === undefined) return { scheme: '', rest: bytes };
  return { scheme: scheme.toLowerCase(), rest: bytes.slice(scheme.length + 1) };
}

function splitQuery(rest: string): { path: string; query: string | undefined } {
  const mark = rest.indexOf('?');
  if (mark < 0) return { path: rest, query: undefined };
  return { path: rest.slice(0, mark), query: rest.slice(mark + 1) };
}

/** A request without scheme has no host: //a is a path. Nor has any other URL with three slashes and no scheme. */
function parsePath(
  { scheme, query }: Pick<UrlParts, 'scheme' | 'query'>,
  path: string,
  isRequest: boolean,
): UrlParts | CelError {
  const mayHaveHost = scheme !== '' || !(isRequest || path.startsWith('///'));
  const { host, rest } = mayHaveHost ? splitAuthority(path) : { host: undefined, rest: path };
  const authority = host === undefined ? undefined : parseAuthority(scheme, host);
  if (authority instanceof CelError) return authority;
  const plain = percentDecode(rest, 'path');
  if (plain instanceof CelError) return plain;
  return { scheme, authority, escapedPath: reencode(rest, plain, 'path'), query };
}

function splitAuthority(path: string): { host: string | undefined; rest: string } {
  if (!path.startsWith('//')) return { host: undefined, rest: path };
  const slash = path.indexOf('/', 2);
  const end = slash < 0 ? path.length : slash;
  return { host: path.slice(2, end), rest: path.slice(end) };
}
