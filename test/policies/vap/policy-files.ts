// Policies and bindings as files, and what loading them finds.
import { type LoadOptions, loadPolicies, type PolicySet } from '../../../policies/index.ts';

const GROUP = 'admissionregistration.k8s.io/v1';

/** Match constraints for ConfigMaps. */
export const MATCH =
  'matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: ["*"], resources: [configmaps]}]}';

/** Returns a policy; the lines of its spec begin at line 5 and column 3. */
export function policyYaml(spec: string, name = 'p'): string {
  return objectYaml('ValidatingAdmissionPolicy', name, spec);
}

/** Returns a binding; the lines of its spec begin at line 5 and column 3. */
export function bindingYaml(spec: string, name = 'b'): string {
  return objectYaml('ValidatingAdmissionPolicyBinding', name, spec);
}

function objectYaml(kind: string, name: string, spec: string): string {
  const lines = spec.trimEnd().replace(/^/gm, '  ');
  return `apiVersion: ${GROUP}\nkind: ${kind}\nmetadata: {name: ${name}}\nspec:\n${lines}\n`;
}

/** Joins objects into one file. */
export function fileOf(...objects: readonly string[]): string {
  return objects.join('---\n');
}

/** Returns the findings about a file as line:column: message, with W for warnings. */
export function findings(text: string, options?: LoadOptions): string[] {
  const { problems } = loadPolicies([{ path: 'p.yaml', text }], options);
  return problems.map(
    ({ line, column, message, severity }) =>
      `${line}:${column}: ${severity === 'warning' ? 'W ' : ''}${message}`,
  );
}

/** Returns the policies of files that are right. */
export function loaded(text: string, options?: LoadOptions): PolicySet {
  const { policies, problems } = loadPolicies([{ path: 'p.yaml', text }], options);
  const errors = problems.filter(({ severity }) => severity !== 'warning');
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  return policies;
}
