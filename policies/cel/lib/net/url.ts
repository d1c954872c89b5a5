import { type Library, overload, withCost } from '../../library.ts';
import { sizeOf, traversalCost } from '../../values/size.ts';
import { CelError } from '../../values/values.ts';
import { toByteString } from '../go-string.ts';
import { parseRequestUri } from './url-parse.ts';
import { Url } from './url-value.ts';

/** Functions of kubernetes.URL. */
export const url: Library = {
  name: 'kubernetes.urls',
  overloads: [
    ...withCost(
      ([text = '']) => traversalCost(sizeOf(text)),
      [overload('string_to_url', 'url(string) -> kubernetes.URL', Url.parse)],
    ),
    overload(
      'is_url_string',
      'isURL(string) -> bool',
      (text: string) => !(parseRequestUri(toByteString(text)) instanceof CelError),
    ),
    overload('url_get_scheme', 'kubernetes.URL.getScheme() -> string', (of: Url) => of.scheme()),
    overload('url_get_host', 'kubernetes.URL.getHost() -> string', (of: Url) => of.host()),
    overload('url_get_hostname', 'kubernetes.URL.getHostname() -> string', (of: Url) =>
      of.hostname(),
    ),
    overload('url_get_port', 'kubernetes.URL.getPort() -> string', (of: Url) => of.port()),
    overload('url_get_escaped_path', 'kubernetes.URL.getEscapedPath() -> string', (of: Url) =>
      of.escapedPath(),
    ),
    overload('url_get_query', 'kubernetes.URL.getQuery() -> map(string, list(string))', (of: Url) =>
      of.query(),
    ),
  ],
};
