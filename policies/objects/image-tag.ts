// Image references as the API server parses them to choose an imagePullPolicy.

const COMPONENT = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const HOST = `(?:${COMPONENT}(?:\\.${COMPONENT})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const PATH_COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const NAME = `(?:${HOST}/)?(${PATH_COMPONENT}(?:/${PATH_COMPONENT})*)`;
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}';
const REFERENCE = new RegExp(`^${NAME}(?::(\\w[\\w.-]{0,127}))?(?:@(${DIGEST}))?$`);
const IDENTIFIER = /^[a-f0-9]{64}$/;
const KNOWN_DIGEST = /^(sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;
const MAX_PATH = 255;

/** Tells whether the image is the one tagged latest. A reference that cannot be parsed has no tag, so it is not. */
export function isLatest(image: string): boolean {
  if (IDENTIFIER.test(image)) return false;
  const [match, path = '', tag, digest] = REFERENCE.exec(withDomain(image)) ?? [];
  if (match === undefined || path.length > MAX_PATH) return false;
  if (digest !== undefined && !KNOWN_DIGEST.test(digest)) return false;
  return (tag ?? (digest === undefined ? 'latest' : undefined)) === 'latest';
}

/** Only what is before the first slash can be a domain; without one the image is Docker Hub's. */
function withDomain(image: string): string {
  const slash = image.indexOf('/');
  const first = image.slice(0, Math.max(slash, 0));
  const rest = image.slice(slash + 1);
  if (first === '' && slash < 0) return `docker.io/library/${image}`;
  if (first === 'docker.io' || first === 'index.docker.io') {
    return rest.includes('/') ? `docker.io/${rest}` : `docker.io/library/${rest}`;
  }
  const isDomain = first === 'localhost' || /[.:]/.test(first) || first.toLowerCase() !== first;
  return isDomain ? image : `docker.io/${image}`;
}
