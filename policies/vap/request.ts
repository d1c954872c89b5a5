// What is asked of the API server, as far as it is known where a policy is judged.
import type { JsonObject, Operation } from './policy.ts';

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  /** The plural in small letters: deployments. */
  readonly resource: string;
}

export interface UserInfo {
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/**
 * One write to be judged. Objects are JSON as the API server would evaluate them: defaulted and pruned. What is left
 * out is not known; an expression whose result depends on it cannot be judged.
 */
export interface AdmissionInput {
  readonly operation: Operation;
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  /** Where the API server has converted the objects for whoever asks: the resource whose version they are in. */
  readonly objectResource?: GroupVersionResource;
  readonly subResource?: string;
  /** Null when it is deleted. */
  readonly object: JsonObject | null;
  /** Null when it is created. */
  readonly oldObject: JsonObject | null;
  /** Left out: metadata.name of the object. */
  readonly name?: string;
  /** Left out: metadata.namespace of the object. Empty for objects without. */
  readonly namespace?: string;
  /** The namespace of the object, as the cluster has it. */
  readonly namespaceObject?: JsonObject;
  readonly dryRun?: boolean;
  /** CreateOptions, UpdateOptions or DeleteOptions. */
  readonly options?: JsonObject;
  readonly userInfo?: UserInfo;
  /** Milliseconds since 1970, which waivers are held against; left out: no waiver holds. */
  readonly now?: number;
}

/** The names that the API server has for the request. */
export interface Target {
  readonly name: string;
  readonly namespace: string;
}

/** Returns the name and namespace of the request; a namespace is in the namespace of its own name. */
export function targetOf(input: AdmissionInput): Target {
  const metadata = (input.object ?? input.oldObject)?.metadata as JsonObject | undefined;
  const name = input.name ?? textOf(metadata?.name);
  const own = isNamespace(input) ? name : textOf(metadata?.namespace);
  return { name, namespace: input.namespace ?? own };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function sameResource(a: GroupVersionResource, b: GroupVersionResource): boolean {
  return a.group === b.group && a.version === b.version && a.resource === b.resource;
}

/** Returns whether the request is about a namespace. */
export function isNamespace({ kind }: AdmissionInput): boolean {
  return kind.group === '' && kind.version === 'v1' && kind.kind === 'Namespace';
}
