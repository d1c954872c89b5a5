// Files of a repository -> the WebApps they hold, and what is wrong with them, by line and column.
import type { Position, Problem } from '../../policies/problem.ts';
import { parseYaml, type YamlDocument } from '../../policies/yaml.ts';
import { isFields } from '../diff.ts';
import { WEBAPP } from '../kinds.ts';
import { ANNOTATION, LABEL } from '../webapp.ts';

/** A WebApp as a file has it, before the API server has seen it. */
export interface Manifest {
  readonly name: string;
  readonly path: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: object;
  /** Returns the finding at a field, given as the API server names it (spec.env[0].name). */
  problemAt(field: string, message: string): Problem;
}

/** What one file holds. A name whose document is wrong is listed too, so that its WebApp is kept as it is. */
export interface ManifestFile {
  readonly path: string;
  readonly manifests: readonly Manifest[];
  readonly problems: readonly Problem[];
  readonly names: readonly string[];
  /** False when something in the file tells no name, so that nobody knows which WebApps it means to define. */
  readonly complete: boolean;
}

/** Longest path that a status can name, in UTF-16 units; Git takes any. */
export const MAX_PATH = 4_096;

const READ_EXTENSIONS = /\.ya?ml$/i;
/** Metadata that a file may have; the rest is the API server's or ours. */
const METADATA = new Set(['name', 'namespace', 'labels', 'annotations']);
const RESERVED: readonly string[] = [
  ANNOTATION.retry,
  ANNOTATION.revision,
  ANNOTATION.heldBack,
  ANNOTATION.traceparent,
  LABEL.source,
];

/** Returns whether a file of that name is read. */
export function isManifestPath(path: string): boolean {
  return READ_EXTENSIONS.test(path);
}

/** Returns the WebApps and findings of one file. All WebApps of a source live in its namespace. */
export function readManifests(path: string, text: string, namespace: string): ManifestFile {
  if (path.length > MAX_PATH)
    return unread(path, `the path is longer than ${MAX_PATH} characters; shorten it`);
  const file = parseYaml(text, path);
  if (file.kind === 'broken') return unread(path, file.problem);
  const documents = file.documents.filter(({ value }) => value !== null);
  const read = documents.map((document) => readDocument(document, path, namespace));
  return {
    path,
    manifests: read.flatMap((result) => (result.manifest ? [result.manifest] : [])),
    problems: read.flatMap((result) => result.problems),
    names: documents.flatMap(({ value }) => nameOf(value) ?? []),
    complete: documents.every(({ value }) => nameOf(value) !== undefined),
  };
}

/** Returns a file of which nobody knows what it means to define: what it did define stays. */
export function unread(path: string, why: string | Problem): ManifestFile {
  const problem = typeof why === 'string' ? { path, line: 1, column: 1, message: why } : why;
  return { path, manifests: [], problems: [problem], names: [], complete: false };
}

interface Read {
  readonly manifest?: Manifest;
  readonly problems: readonly Problem[];
}

function readDocument(document: YamlDocument, path: string, namespace: string): Read {
  const at = (field: string, message: string): Problem => ({
    path,
    ...positionOf(document, field),
    message,
  });
  const { value } = document;
  const problems = [...findings(value, namespace)].map(([field, message]) => at(field, message));
  if (problems.length > 0 || !isFields(value)) return { problems };
  const { name, labels = {}, annotations = {} } = value.metadata as Manifest;
  const spec = value.spec as object;
  return { manifest: { name, path, labels, annotations, spec, problemAt: at }, problems };
}

type Finding = readonly [field: string, message: string];

/** Says what the API server cannot: it would apply these, or say it in words that mean nothing to a committer. */
function* findings(value: unknown, namespace: string): Generator<Finding> {
  if (!isFields(value))
    return yield ['', 'expected an object with apiVersion, kind, metadata and spec'];
  const { apiVersion, kind, metadata } = value;
  if (apiVersion !== WEBAPP.apiVersion || kind !== WEBAPP.kind)
    return yield strangeKind(apiVersion, kind);
  if (!isFields(value.spec)) yield ['spec', 'spec must be an object with at least image'];
  if ('status' in value) yield ['status', 'status is written by the reconciler; remove it'];
  if (isFields(metadata)) yield* metadataFindings(metadata, namespace);
  else yield ['metadata', 'metadata must be an object with at least name'];
}

function strangeKind(apiVersion: unknown, kind: unknown): Finding {
  const what = `${textOf(kind, 'an object without kind')} of ${textOf(apiVersion, 'no apiVersion')}`;
  const field = kind === WEBAPP.kind ? 'apiVersion' : 'kind';
  const advice = `only ${WEBAPP.kind} of ${WEBAPP.apiVersion} is; move other files out of spec.path`;
  return [field, `${what} is not handled here: ${advice}`];
}

/** A map has no text of its own, or whatever its toString says. */
function textOf(value: unknown, otherwise: string): string {
  return value === undefined || value === null || typeof value === 'object'
    ? otherwise
    : String(value);
}

function* metadataFindings(
  metadata: Readonly<Record<string, unknown>>,
  namespace: string,
): Generator<Finding> {
  if (nameOf({ metadata }) === undefined) yield ['metadata.name', 'metadata.name must be a text'];
  if (metadata.namespace !== undefined && metadata.namespace !== namespace) {
    yield [
      'metadata.namespace',
      `a WebApp of this source lives in namespace ${namespace}; remove the namespace`,
    ];
  }
  for (const field of Object.keys(metadata).filter((key) => !METADATA.has(key))) {
    yield [`metadata.${field}`, `metadata.${field} cannot be set from a file; remove it`];
  }
  for (const map of ['labels', 'annotations']) yield* textMapFindings(map, metadata[map]);
}

function* textMapFindings(map: string, value: unknown): Generator<Finding> {
  if (value === undefined || value === null) return;
  if (!isFields(value)) return yield [`metadata.${map}`, `metadata.${map} must map names to texts`];
  for (const [key, text] of Object.entries(value)) {
    const field = `metadata.${map}[${key}]`;
    if (typeof text !== 'string')
      yield [field, `the value of ${key} must be a text: put it in quotes`];
    if (RESERVED.includes(key)) yield [field, `${key} is set by the reconciler; remove it`];
  }
}

function nameOf(value: unknown): string | undefined {
  const metadata = isFields(value) ? value.metadata : undefined;
  const name = isFields(metadata) ? metadata.name : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** Reads a field path such as spec.env[0].name, spec.env[PORT] (an item by its name) or metadata.labels[a.b/c]. */
function positionOf(document: YamlDocument, field: string): Position {
  const segments = field.match(/[^.[\]]+|\[[^[\]]*\]/g) ?? [];
  let value = document.value;
  const path = segments.map((text) => {
    const segment = text.replace(/^\[(.*)\]$/, '$1');
    const key = Array.isArray(value) ? indexOf(value, segment) : segment;
    value =
      isFields(value) || Array.isArray(value) ? (value as Record<string, unknown>)[key] : undefined;
    return key;
  });
  return document.positionOf(path);
}

function indexOf(items: unknown[], segment: string): string {
  const named = items.findIndex((item) => isFields(item) && item.name === segment);
  return named < 0 ? segment : String(named);
}
