// Ports are keyed by number and unique by name: who owns the number that is there decides between apply and patch.
import test from 'ava';
import { DEPLOYMENT, INGRESS, SERVICE } from '../../gitops/kinds.ts';
import type { FieldSet, KubeObject, ManagedFields } from '../../gitops/objects.ts';
import { desiredChildren } from '../../gitops/reconcile/children.ts';
import { portRepair } from '../../gitops/reconcile/port-repair.ts';
import { applied, having, managed, webapp } from '../helpers/builders.ts';

interface Port {
  readonly name?: string;
  readonly number: number;
  readonly protocol?: string;
}

/** How the two kinds keep ports; the rest of each row is the same for both. */
const places = [
  {
    kind: SERVICE.kind,
    live: (ports: readonly Port[]) => ({
      spec: { ports: ports.map(({ number, ...port }) => ({ port: number, ...port })) },
    }),
    owning: (number: number, protocol = 'TCP'): FieldSet => ({
      'f:spec': { 'f:ports': { [`k:{"port":${number},"protocol":"${protocol}"}`]: { '.': {} } } },
    }),
    patch: (...deleted: number[]) => ({
      spec: {
        ports: [
          ...deleted.map((port) => ({ $patch: 'delete', port })),
          { name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' },
        ],
      },
    }),
  },
  {
    kind: DEPLOYMENT.kind,
    live: (ports: readonly Port[]) => {
      const own = ports.map(({ number, ...port }) => ({ containerPort: number, ...port }));
      const mesh = { name: 'mesh', ports: [{ name: 'http', containerPort: 15_000 }] };
      return { spec: { template: { spec: { containers: [mesh, { name: 'web', ports: own }] } } } };
    },
    owning: (number: number, protocol = 'TCP'): FieldSet => {
      const ports = { [`k:{"containerPort":${number},"protocol":"${protocol}"}`]: { '.': {} } };
      const containers = { 'k:{"name":"web"}': { 'f:ports': ports } };
      return { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': containers } } } };
    },
    patch: (...deleted: number[]) => ({
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'web',
                ports: [
                  ...deleted.map((containerPort) => ({ $patch: 'delete', containerPort })),
                  { name: 'http', containerPort: 80, protocol: 'TCP' },
                ],
              },
            ],
          },
        },
      },
    }),
  },
];

const http = (number: number): Port => ({ name: 'http', number, protocol: 'TCP' });
type Owner = Partial<ManagedFields>;
const OURS: Owner = {};
const OUR_UPDATE: Owner = { operation: 'Update' };
const KUBECTL: Owner = { manager: 'kubectl-edit', operation: 'Update' };
const OTHER_APPLY: Owner = { manager: 'argocd', operation: 'Apply' };

const rows: { title: string; ports: Port[]; owners: Owner[]; of?: number; deleted: number[] }[] = [
  { title: 'the right port', ports: [http(80)], owners: [KUBECTL], deleted: [] },
  { title: 'no ports at all', ports: [], owners: [], deleted: [] },
  {
    title: 'a port of another name',
    ports: [http(80), { name: 'metrics', number: 9100 }],
    owners: [KUBECTL],
    deleted: [],
  },
  {
    title: 'another number, owned by our apply alone: the apply moves it',
    ports: [http(81)],
    owners: [OURS],
    deleted: [],
  },
  {
    title: 'another number, owned by a stranger',
    ports: [http(81)],
    owners: [KUBECTL],
    deleted: [81],
  },
  {
    title: 'another number, owned by another’s apply',
    ports: [http(81)],
    owners: [OTHER_APPLY],
    deleted: [81],
  },
  { title: 'another number, owned by nobody', ports: [http(81)], owners: [], deleted: [81] },
  {
    title: 'another number, ours and a stranger’s',
    ports: [http(81)],
    owners: [OURS, KUBECTL],
    deleted: [81],
  },
  {
    title: 'another number, co-owned by our own update',
    ports: [http(81)],
    owners: [OURS, OUR_UPDATE],
    deleted: [81],
  },
  {
    title: 'another number, left by our own update',
    ports: [http(81)],
    owners: [OUR_UPDATE],
    deleted: [81],
  },
  {
    title: 'a stranger who owns another port is no owner of this one',
    ports: [http(81)],
    owners: [KUBECTL],
    of: 9100,
    deleted: [81],
  },
  {
    title: 'the right port beside a usurper of its name',
    ports: [http(80), { ...http(81), protocol: 'UDP' }],
    owners: [KUBECTL],
    deleted: [81],
  },
];

for (const { kind, live, owning, patch } of places) {
  for (const { title, ports, owners, of = 81, deleted } of rows) {
    test(`portRepair of a ${kind}: ${title}`, (t) => {
      const desired = child(kind);
      const there = having(applied({ ...desired, ...live(ports) }), {
        managedFields: owners.map((owner) => managed(owning(of), owner)),
      });
      const want = deleted.length === 0 ? undefined : patch(...deleted);
      t.deepEqual(portRepair(desired, there), want);
    });
  }
}

test('portRepair: a protocol of its own is told apart', (t) => {
  const [place] = places;
  const desired = child(SERVICE.kind);
  const live = having(applied({ ...desired, ...place?.live([{ ...http(81), protocol: 'UDP' }]) }), {
    managedFields: [managed(place?.owning(81, 'UDP') ?? {})],
  });
  t.is(portRepair(desired, live), undefined);
});

test('portRepair: kinds without ports need none', (t) => {
  const ingress = child(INGRESS.kind);
  t.is(portRepair(ingress, applied(ingress)), undefined);
});

test('portRepair: a Deployment that lost our container needs none', (t) => {
  const desired = child(DEPLOYMENT.kind);
  const spec = { template: { spec: { containers: [{ name: 'mesh' }] } } };
  t.is(portRepair(desired, applied({ ...desired, spec })), undefined);
});

function child(kind: string): KubeObject {
  const children = desiredChildren(webapp({ spec: { host: 'shop.example.org' } }));
  return children.find((one) => one.kind === kind) as KubeObject;
}
