import { readFileSync } from 'node:fs';

/** A validation as policies have them. */
export interface Policy {
  readonly name: string;
  readonly expression: string;
}

const IMAGE = '^[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+(:[a-zA-Z0-9._-]+|@sha256:[a-f0-9]{64})$';

/** What policies mostly do: compare a field, look for one, go through the containers, parse what a string says. */
export const POLICIES: readonly Policy[] = [
  {
    name: 'replicas are bounded',
    expression: 'object.spec.replicas <= 10',
  },
  {
    name: 'image is tagged, not :latest',
    expression: `object.spec.template.spec.containers.all(c,
      !c.image.endsWith(':latest') && c.image.matches('${IMAGE}'))`,
  },
  {
    name: 'labels are there',
    expression: `has(object.metadata.labels)
      && ['app.kubernetes.io/name', 'owner'].all(l, l in object.metadata.labels)`,
  },
  {
    name: 'all containers have limits',
    expression: `object.spec.template.spec.containers.all(c, has(c.resources) && has(c.resources.limits)
      && has(c.resources.limits.cpu) && has(c.resources.limits.memory))`,
  },
  {
    name: 'image is of an allowed registry',
    expression: `object.spec.template.spec.containers.all(c,
      ['registry.example.com/', 'ghcr.io/example/'].exists(r, c.image.startsWith(r)))`,
  },
  {
    name: 'memory is below a quantity',
    expression: `object.spec.template.spec.containers.all(c,
      quantity(c.resources.limits.memory).isLessThan(quantity('1Gi')))`,
  },
];

type Container = { image: string; resources: { limits: Record<string, string> } };

interface Deployment {
  metadata: { labels: Record<string, string> };
  spec: { replicas: number; template: { spec: { containers: [Container, Container, Container] } } };
}

function readDeployment(): Deployment {
  return JSON.parse(readFileSync(new URL('deployment.json', import.meta.url), 'utf8'));
}

/** Returns the JSON of a Deployment with three containers that is as all of the policies want it. */
export function allowedObject(): string {
  return JSON.stringify(readDeployment());
}

/** Returns the JSON of the Deployment after changes that each of the policies denies. */
export function deniedObject(): string {
  const deployment = readDeployment();
  const [first, , last] = deployment.spec.template.spec.containers;
  deployment.spec.replicas = 11;
  delete deployment.metadata.labels.owner;
  first.resources.limits = { memory: '2Gi' };
  last.image = 'docker.io/library/logs:latest';
  return JSON.stringify(deployment);
}
