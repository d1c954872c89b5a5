import { Environment } from './environment.ts';
import { admissionTypes, namespaceType, requestType, variablesType } from './kubernetes-types.ts';
import { authorizer } from './lib/kubernetes/authorizer.ts';
import { format } from './lib/kubernetes/format.ts';
import { quantity } from './lib/kubernetes/quantity.ts';
import { semver } from './lib/kubernetes/semver.ts';
import { kubernetesLists } from './lib/lists/kubernetes-lists.ts';
import { lists } from './lib/lists/lists.ts';
import { sets } from './lib/lists/sets.ts';
import { cidr } from './lib/net/cidr.ts';
import { ip } from './lib/net/ip.ts';
import { url } from './lib/net/url.ts';
import { optionals, standard } from './lib/standard/standard.ts';
import { regex } from './lib/strings/regex.ts';
import { strings } from './lib/strings/strings.ts';
import { twoVariable } from './lib/two-variable.ts';
import type { Library } from './library.ts';
import { standardMacros } from './macros/macros.ts';
import { optionalMacros } from './macros/macros-optional.ts';
import { sortByMacros } from './macros/macros-sort-by.ts';
import { twoVariableMacros } from './macros/macros-two-variable.ts';
import { DYN, opaque, optionalOf, type Type } from './types/types.ts';

/** Which variables and functions an expression of an admission policy may use. */
export interface AdmissionOptions {
  /** Whether the policy has a paramKind. */
  readonly params: boolean;
  /** False for messageExpression. */
  readonly authorizer: boolean;
  /**
   * A policy that is stored may use all functions. A new one may use those only that the release before had, too, so
   * that the control plane can go back to it.
   */
  readonly mode: 'stored' | 'new';
  /** False where `variables` is no name: when a policy without variables is written, and in its match conditions. */
  readonly variables?: boolean;
}

/** Functions that came with the current release. */
const NEW_FUNCTIONS: ReadonlySet<string> = new Set(['includes']);

const earlierLists: Library = {
  ...kubernetesLists,
  overloads: kubernetesLists.overloads.filter(({ name }) => !NEW_FUNCTIONS.has(name)),
};

const base: readonly Library[] = [{ ...standard, macros: standardMacros }, url, regex];
const extensions: readonly Library[] = [
  authorizer,
  { ...optionals, macros: optionalMacros },
  quantity,
  strings,
  sets,
  ip,
  cidr,
  format,
  { ...twoVariable, macros: twoVariableMacros },
  semver,
  { ...lists, macros: sortByMacros },
];

/** Overloads are tried in the order of the libraries; it is that of the API server, which changed with the release. */
const LIBRARIES: Readonly<Record<AdmissionOptions['mode'], readonly Library[]>> = {
  stored: [...base, ...extensions, kubernetesLists],
  new: [...base, earlierLists, ...extensions],
};

const TYPE_NAMES: Readonly<Record<string, Type>> = {
  'net.CIDR': opaque('net.CIDR'),
  'net.IP': opaque('net.IP'),
  optional_type: optionalOf(DYN),
};

const environments = new Map<string, Environment>();

/**
 * Returns the environment in which the API server compiles the expressions of an admission policy. `variables` has no
 * fields yet: extend it with variableTypes() of kubernetes-types.ts.
 */
export function admissionEnvironment(options: AdmissionOptions): Environment {
  const key = `${options.mode} ${options.params} ${options.authorizer} ${options.variables ?? true}`;
  const known = environments.get(key);
  if (known) return known;
  const environment = Environment.of({
    libraries: LIBRARIES[options.mode],
    objectTypes: admissionTypes,
    typeNames: TYPE_NAMES,
    variables: variablesOf(options),
  });
  environments.set(key, environment);
  return environment;
}

function variablesOf({
  params,
  authorizer,
  variables = true,
}: AdmissionOptions): Record<string, Type> {
  return {
    object: DYN,
    oldObject: DYN,
    namespaceObject: namespaceType,
    request: requestType,
    ...(variables ? { variables: variablesType } : {}),
    ...(params ? { params: DYN } : {}),
    ...(authorizer ? AUTHORIZER : {}),
  };
}

const AUTHORIZER: Readonly<Record<string, Type>> = {
  authorizer: opaque('kubernetes.authorization.Authorizer'),
  'authorizer.requestResource': opaque('kubernetes.authorization.ResourceCheck'),
};
