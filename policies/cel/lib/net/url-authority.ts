import { CelError } from '../../values/values.ts';
import { quote } from '../go-string.ts';
import { parseAddress } from './ip-parse.ts';
import { percentDecode, percentEncode } from './url-escape.ts';

/** What stands between // and the path. All texts are byte strings. */
export interface Authority {
  /** Escaped, with the password; undefined where there is no @. */
  readonly user?: string;
  /** With the port. */
  readonly host: string;
}

const USER = /^[\w\-.:~!$&'()*+,;=%@]*$/;
const PORT = /^(?::[0-9]*)?$/;

const wrongLiteral = new CelError('invalid IP-literal');

/** Returns an error with the text of net/url. */
export function parseAuthority(scheme: string, text: string): Authority | CelError {
  const at = text.lastIndexOf('@');
  const host = parseHost(scheme, text.slice(at + 1));
  if (host instanceof CelError || at < 0) return host instanceof CelError ? host : { host };
  const user = parseUser(text.slice(0, at));
  return user instanceof CelError ? user : { user, host };
}

function parseUser(text: string): string | CelError {
  if (!USER.test(text)) return new CelError('net/url: invalid userinfo');
  const colon = text.indexOf(':');
  if (colon < 0) return escapeUser(text);
  const name = escapeUser(text.slice(0, colon));
  if (name instanceof CelError) return name;
  const password = escapeUser(text.slice(colon + 1));
  return password instanceof CelError ? password : `${name}:${password}`;
}

function escapeUser(text: string): string | CelError {
  const plain = percentDecode(text, 'user');
  return plain instanceof CelError ? plain : percentEncode(plain, 'user');
}

function parseHost(scheme: string, host: string): string | CelError {
  const bracket = host.lastIndexOf('[');
  if (bracket > 0) return wrongLiteral;
  if (bracket === 0) return parseLiteral(host);
  const colon = portColon(scheme, host);
  const port = colon < 0 ? '' : host.slice(colon);
  return PORT.test(port) ? percentDecode(host, 'host') : wrongPort(port);
}

/** Schemes other than those of the web may have several hosts with ports: mongodb://a:1,b:2/. */
function portColon(scheme: string, host: string): number {
  return scheme === 'http' || scheme === 'https' ? host.indexOf(':') : host.lastIndexOf(':');
}

function wrongPort(port: string): CelError {
  return new CelError(`invalid port ${quote(port)} after host`);
}

/** Parses `[::1]:80`. */
function parseLiteral(host: string): string | CelError {
  const end = host.lastIndexOf(']');
  if (end < 0) return new CelError("missing ']' in host");
  const port = host.slice(end + 1);
  if (!PORT.test(port)) return wrongPort(port);
  const address = unescapeAddress(host.slice(1, end));
  if (address instanceof CelError) return address;
  const parsed = parseAddress(address);
  if (parsed instanceof CelError) return new CelError(`invalid host: ${parsed.message}`);
  return parsed.groups.length === 2 ? wrongLiteral : `[${address}]${port}`;
}

/** A zone follows an escaped percent sign, and may escape other characters than an address. */
function unescapeAddress(text: string): string | CelError {
  const zoneAt = text.indexOf('%25');
  if (zoneAt < 0) return percentDecode(text, 'host');
  const address = percentDecode(text.slice(0, zoneAt), 'host');
  if (address instanceof CelError) return address;
  const zone = percentDecode(text.slice(zoneAt), 'zone');
  return zone instanceof CelError ? zone : address + zone;
}
