// Requests to be judged, with as little written down as a test needs.
import type { AdmissionInput } from '../../../policies/vap/request.ts';

/** Returns the request to create the Deployment shop in namespace team, or what the parts make of it. */
export function request(parts: Partial<AdmissionInput> = {}): AdmissionInput {
  return {
    operation: 'CREATE',
    kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
    resource: { group: 'apps', version: 'v1', resource: 'deployments' },
    object: deployment(),
    oldObject: null,
    ...parts,
  };
}

interface DeploymentParts {
  readonly labels?: Readonly<Record<string, string>>;
  readonly replicas?: number;
  readonly images?: readonly string[];
}

/** Returns the Deployment shop in namespace team, with a container for each image. */
export function deployment({
  labels,
  replicas = 1,
  images = ['nginx:1.27'],
}: DeploymentParts = {}) {
  const containers = images.map((image, index) => ({ name: `c${index}`, image }));
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop', namespace: 'team', ...(labels && { labels }) },
    spec: { replicas, template: { spec: { containers } } },
  };
}
