// What kinds of objects can be judged from files alone: Kubernetes' own, WebApp, and those defined among the policies.
import {
  builtInKind,
  type PolicyFile,
  type PolicySet,
  type Resource,
  type SchemaSource,
  schemasOf,
} from '../../policies/index.ts';
import { parseYaml } from '../../policies/yaml.ts';
import { isFields } from '../diff.ts';
import { WEBAPP } from '../kinds.ts';
import { webappDefinition } from '../webapp-definition.gen.ts';

export interface Definitions {
  readonly schemas: SchemaSource;
  /** Returns the kind; undefined for one that nothing here defines. */
  resourceOf(apiVersion: string, kind: string): Resource | undefined;
}

const [, WEBAPP_VERSION = ''] = WEBAPP.apiVersion.split('/');
const WEBAPP_RESOURCE: Resource = {
  group: 'example.com',
  version: WEBAPP_VERSION,
  kind: WEBAPP.kind,
  resource: WEBAPP.plural,
  scope: 'Namespaced',
};

/** Returns the kinds known beside these policy files, from which `set` was loaded. */
export function definitionsIn(files: readonly PolicyFile[], { kinds }: PolicySet): Definitions {
  const custom = [WEBAPP_RESOURCE, ...kinds];
  return {
    schemas: schemasOf([webappDefinition, ...files.flatMap(definitionsOf)]),
    resourceOf: (apiVersion, kind) =>
      builtInKind(apiVersion, kind) ??
      custom.find((each) => each.kind === kind && versionOf(each) === apiVersion),
  };
}

function versionOf({ group, version }: Resource): string {
  return `${group}/${version}`;
}

/** What is wrong with a file is found where its policies are loaded. */
function definitionsOf({ path, text }: PolicyFile): Readonly<Record<string, unknown>>[] {
  if (!text.includes('CustomResourceDefinition')) return [];
  const file = parseYaml(text, path, 'exact');
  return file.kind === 'broken'
    ? []
    : file.documents.flatMap(({ value }) => (isFields(value) ? [value] : []));
}
