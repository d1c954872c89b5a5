// The shipped packs, whole, on objects that pass and objects that fail.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadAll } from 'js-yaml';
import {
  CONFIG_MAP,
  DEPLOYMENT,
  type Kind,
  POLICY,
  POLICY_BINDING,
  WEBAPP,
} from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import type { Answer } from './api-server.ts';
import type { Ground } from './generated.ts';
import { answer, load } from './ours.ts';

const PACKS = join(import.meta.dirname, '..', '..', 'policies', 'packs');
const KINDS = [CONFIG_MAP, POLICY, POLICY_BINDING];
const POD: Kind = { apiVersion: 'v1', kind: 'Pod', plural: 'pods' };
/** The API server looks for new policies every second. */
const SETTLE_MS = 3_000;

/** Puts each pack to both sides. */
export async function runPolicies(ground: Ground): Promise<void> {
  for (const pack of ['baseline', 'restricted']) {
    const objects = await readPack(pack);
    for (const object of objects) await ground.server.create(kindOf(object), placed(object));
    await sleep(SETTLE_MS);
    for (const subject of subjects()) await compare(objects, subject, ground);
    for (const object of objects.toReversed())
      await ground.server.delete(kindOf(object), placed(object));
    await sleep(SETTLE_MS);
  }
}

async function readPack(name: string): Promise<KubeObject[]> {
  const files = (await readdir(join(PACKS, name))).filter((file) => file.endsWith('.yaml'));
  const texts = await Promise.all(files.map((file) => readFile(join(PACKS, name, file), 'utf8')));
  return texts.flatMap((text) => loadAll(text) as KubeObject[]);
}

function kindOf({ kind }: KubeObject): Kind {
  const found = KINDS.find((each) => each.kind === kind);
  if (found === undefined) throw new Error(`a pack holds a ${kind}`);
  return found;
}

function placed(object: KubeObject): KubeObject {
  const { metadata, kind } = object;
  return kind === CONFIG_MAP.kind
    ? { ...object, metadata: { ...metadata, namespace: 'oracle' } }
    : object;
}

type Subject = { readonly of: Kind; readonly object: KubeObject };

async function compare(
  objects: readonly KubeObject[],
  subject: Subject,
  { server, world, tally }: Ground,
) {
  const { policies } = load(objects, world);
  const theirs = await server.create(subject.of, subject.object, true);
  const ours = answer(policies, subject, world);
  const denials = ours.verdict.outcome === 'denied' ? ours.verdict.denials : [];
  // Of several denials the API server tells one, in no order.
  const messages = denials.map(
    ({ policy, binding, message }) =>
      `ValidatingAdmissionPolicy '${policy}' with binding '${binding}' denied request: ${message}`,
  );
  const told = messages.find((message) => theirs.message.endsWith(message));
  const own = denials.length === 0 ? ours.verdict.outcome : (told ?? messages.join(' | '));
  tally.count({
    expression: JSON.stringify(subject.object),
    object: subject.of.kind,
    ours: said(own, ours.verdict.warnings),
    theirs: said(outcomeOf(theirs), theirs.warnings),
  });
}

function said(outcome: string, warnings: readonly string[]): string {
  const text = [outcome, ...[...warnings].sort()].join('\n');
  return text === 'allowed' ? 'true' : text;
}

function outcomeOf({ code, message }: Answer): string {
  if (code < 300) return 'allowed';
  return message.slice(Math.max(0, message.indexOf('ValidatingAdmissionPolicy')));
}

const NOTHING = {};
const GOOD = { requests: { cpu: '10m', memory: '10Mi' }, limits: { memory: '20Mi' } };
const TIGHT = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

function subjects(): Subject[] {
  const webapps = [
    { image: 'ghcr.io/acme/a:1' },
    { image: 'ghcr.io/acme/a:1', port: 8080, replicas: 11 },
    { image: 'ghcr.io/acme/a', port: 8080 },
    { image: 'ghcr.io/acme/a:latest', port: 8080, replicas: 10 },
    { image: 'evil.example/a:1', port: 1023 },
    {
      image: 'ghcr.io/acme/a:1',
      port: 8080,
      autoscaling: { minReplicas: 1, maxReplicas: 20 },
      resources: GOOD,
    },
    { image: `ghcr.io/acme/a@sha256:${'0'.repeat(64)}`, port: 8080 },
  ].map((spec): Subject => ({ of: WEBAPP, object: object(WEBAPP, { spec }) }));
  return [...webapps, ...pods().flatMap((spec) => [deployment(spec), pod(spec)])];
}

function pods(): object[] {
  const container = { name: 'a', image: 'ghcr.io/acme/a:1' };
  const variants = [
    NOTHING,
    { image: 'nginx' },
    { image: 'nginx:latest' },
    { resources: GOOD, readinessProbe: { tcpSocket: { port: 8080 } } },
    { securityContext: TIGHT },
    { securityContext: { ...TIGHT, privileged: true, allowPrivilegeEscalation: true } },
    { securityContext: { ...TIGHT, runAsUser: 0 } },
    { securityContext: { ...TIGHT, capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } } },
    { ports: [{ containerPort: 80, hostPort: 80 }] },
  ].map((more) => ({ containers: [{ ...container, ...more }] }));
  const hosts = [
    { hostNetwork: true },
    {
      hostUsers: false,
      containers: [{ ...container, securityContext: { ...TIGHT, procMount: 'Unmasked' } }],
    },
    { hostPID: true },
    { hostIPC: true },
    { volumes: [{ name: 'v', hostPath: { path: '/' } }] },
    { volumes: [{ name: 'v', emptyDir: {} }], securityContext: { runAsNonRoot: true } },
    { securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } },
    { initContainers: [{ name: 'i', image: 'busybox' }] },
  ].map((more) => ({ containers: [{ ...container, securityContext: TIGHT }], ...more }));
  return [...variants, ...hosts];
}

function deployment(spec: object): Subject {
  const labels = { app: 'a' };
  const template = { metadata: { labels }, spec };
  const content = { spec: { selector: { matchLabels: labels }, template } };
  return { of: DEPLOYMENT, object: object(DEPLOYMENT, content) };
}

function pod(spec: object): Subject {
  return { of: POD, object: object(POD, { spec }) };
}

function object({ apiVersion, kind }: Kind, content: object): KubeObject {
  return { apiVersion, kind, metadata: { name: 'subject', namespace: 'oracle' }, ...content };
}
