// WebAppSources from a file, for reviews where there is no cluster. What the CRD would refuse is refused here, too.
import { isFields } from '../../gitops/diff.ts';
import { WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { WebAppSource } from '../../gitops/webapp.ts';
import type { Problem } from '../../policies/problem.ts';
import { parseYaml, type YamlDocument } from '../../policies/yaml.ts';
import { FORGE_APIS } from '../forge/apis.ts';

/** The sources of a file, or everything that is wrong with it. */
export type SourcesFile =
  | { readonly kind: 'sources'; readonly sources: readonly WebAppSource[] }
  | { readonly kind: 'wrong'; readonly problems: readonly Problem[] };

/** Returns the WebAppSources of a YAML text; `path` is the name that its problems are given. */
export function readSources(text: string, path: string): SourcesFile {
  const file = parseYaml(text, path);
  if (file.kind === 'broken') return { kind: 'wrong', problems: [file.problem] };
  const documents = file.documents.filter(({ value }) => value !== null);
  const problems = documents.flatMap((document) => problemsOf(document, path));
  if (documents.length === 0)
    problems.push({ path, line: 1, column: 1, message: 'the file holds no WebAppSource' });
  if (problems.length > 0) return { kind: 'wrong', problems };
  return { kind: 'sources', sources: documents.map(({ value }) => sourceOf(value as Written)) };
}

function problemsOf(document: YamlDocument, path: string): Problem[] {
  return [...findings(document.value)].map(({ at, message }) => ({
    path,
    ...document.positionOf(at),
    message: at.length === 0 ? message : `${at.join('.')} ${message}`,
  }));
}

interface Finding {
  readonly at: readonly string[];
  readonly message: string;
}

function* findings(value: unknown): Generator<Finding> {
  const { apiVersion, kind } = WEBAPP_SOURCE;
  if (!isFields(value) || value.apiVersion !== apiVersion || value.kind !== kind)
    return yield { at: [], message: `only ${kind} objects of ${apiVersion} are read here` };
  const { metadata, spec } = value;
  for (const field of ['name', 'namespace']) {
    const text = isFields(metadata) ? metadata[field] : undefined;
    if (!isText(text)) yield { at: ['metadata', field], message: 'must be a text' };
  }
  if (!isFields(spec)) return yield { at: ['spec'], message: 'must be an object with a url' };
  yield* groupFindings(['spec'], spec, SPEC);
}

/** Returns what is wrong with a value, or undefined. */
type Check = (value: unknown) => string | undefined;

/** What a group of fields may hold; a check of undefined says that the field is needed. */
interface Group {
  readonly [field: string]: Check | Group;
}

function* groupFindings(at: readonly string[], value: unknown, group: Group): Generator<Finding> {
  if (!isFields(value)) return yield { at, message: 'must be an object' };
  for (const field of Object.keys(value).filter((key) => !Object.hasOwn(group, key)))
    yield { at: [...at, field], message: 'is not a field; remove it or look for a typing error' };
  for (const [field, check] of Object.entries(group)) {
    const below = [...at, field];
    if (typeof check !== 'function') {
      if (value[field] !== undefined) yield* groupFindings(below, value[field], check);
      continue;
    }
    const message = check(value[field]);
    if (message !== undefined) yield { at: below, message };
  }
}

const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);

const matching =
  (pattern: RegExp, form: string): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? undefined : `must be ${form}`;

const address = matching(/^https?:\/\/[^\s@]+$/, 'an http or https address without credentials');
const inside = matching(/^(?!\/)(?!(.*\/)?\.\.(\/|$))/, 'a folder inside the repository');
const anything: Check = () => undefined;
/** There are no Secrets without a cluster. */
const secret = optional(() => 'names a Secret of a cluster; set FORGE_TOKEN or FORGE_TOKEN_FILE');

const SPEC: Group = {
  url: address,
  branch: optional(matching(/^[^\s~^:?*[\\]+$/, 'the name of a branch')),
  path: optional(inside),
  suspend: optional((value) => (typeof value === 'boolean' ? undefined : 'must be true or false')),
  policies: { path: inside, apply: anything },
  review: {
    forge: (value) =>
      typeof value === 'string' && Object.hasOwn(FORGE_APIS, value)
        ? undefined
        : `must be one of ${Object.keys(FORGE_APIS).join(', ')}`,
    apiURL: optional(address),
    secretRef: secret,
  },
  secretRef: secret,
  // They tell how a cluster follows the repository, which nobody does here.
  interval: anything,
  prune: anything,
  pruneLimit: anything,
  deletionPolicy: anything,
  atomic: anything,
  verify: anything,
};

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

type Written = Pick<WebAppSource, 'apiVersion' | 'kind' | 'metadata' | 'spec'>;

/** The defaults are those of the CRD. */
function sourceOf({ apiVersion, kind, metadata, spec }: Written): WebAppSource {
  const defaults = { branch: 'main', path: '.', interval: '5m', prune: true, suspend: false };
  const filled = { ...defaults, ...spec } as WebAppSource['spec'];
  return { apiVersion, kind, metadata, spec: filled, status: {} as WebAppSource['status'] };
}
