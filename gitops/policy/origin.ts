// From a field of a child back to the field of the WebApp that decides it: the one a person can change.

import type { FieldValue } from '../../policies/index.ts';

type Path = readonly (string | number)[];

/** What decides a field of a child, by the beginning of its path; the first that fits. `*` stands for any index or key. */
const ORIGINS: Readonly<Record<string, readonly (readonly [child: string, webapp: string])[]>> = {
  Deployment: [
    ['spec.replicas', 'spec.replicas'],
    ['spec.template.spec.containers.*.image', 'spec.image'],
    ['spec.template.spec.containers.*.ports', 'spec.port'],
    ['spec.template.spec.containers.*.env', 'spec.env'],
    ['spec.template.spec.containers.*.resources', 'spec.resources'],
    ['spec.template.spec.containers.*.readinessProbe', 'spec.probe'],
    ['spec.template.spec.containers.*.livenessProbe', 'spec.probe'],
    ['spec.template.spec.containers.*.startupProbe', 'spec.probe'],
    ['spec.template.spec.containers.*.securityContext', 'spec.securityProfile'],
    ['spec.template.spec.securityContext', 'spec.securityProfile'],
    ['metadata.name', 'metadata.name'],
  ],
  Service: [
    ['spec.ports', 'spec.port'],
    ['metadata.name', 'metadata.name'],
  ],
  Ingress: [
    ['spec', 'spec.host'],
    ['metadata.name', 'metadata.name'],
  ],
  HorizontalPodAutoscaler: [
    ['spec.minReplicas', 'spec.autoscaling.minReplicas'],
    ['spec.maxReplicas', 'spec.autoscaling.maxReplicas'],
    ['spec', 'spec.autoscaling'],
    ['metadata.name', 'metadata.name'],
  ],
};

/**
 * Returns those fields an expression read that say most: of the spec, and there; the missing ones where none is there,
 * for then they are what is wrong.
 */
export function tellingFields(fields: readonly FieldValue[]): readonly FieldValue[] {
  const own = fields.filter(({ path }) => path[0] === 'spec' || path[0] === 'metadata');
  const there = own.filter(({ value }) => value !== undefined);
  if (there.length > 0) return there;
  return own.length > 0 ? own : fields;
}

/** Returns the field of the WebApp, as a dotted path; `spec` where nothing more is known. */
export function originOf(kind: string, path: Path): string {
  if (kind === 'WebApp') return dotted(path);
  const found = ORIGINS[kind]?.find(([child]) => begins(path, child.split('.')));
  return found?.[1] ?? 'spec';
}

function begins(path: Path, pattern: readonly string[]): boolean {
  return pattern.every(
    (part, index) => path[index] !== undefined && (part === '*' || part === String(path[index])),
  );
}

/** The form that findings of manifests use: spec.env[0].name. A key with a dot stands in brackets. */
export function dotted(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' || part.includes('.') ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}
