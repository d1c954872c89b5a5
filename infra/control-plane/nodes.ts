import { type Caller, StatusError } from './caller.ts';

const names = ['node-1', 'node-2', 'node-3'];

/** Creates the three nodes that kwok pretends to be; those already there stay. */
export async function makeNodes(admin: Caller): Promise<void> {
  for (const name of names) {
    const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' };
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } };
    await admin.call('POST', '/api/v1/nodes', node).catch((error) => {
      if (!(error instanceof StatusError && error.status === 409)) throw error;
    });
  }
}

interface NodeList {
  items: { status?: { conditions?: { type: string; status: string }[] } }[];
}

/** Returns whether every node says Ready. */
export async function nodesAreReady(admin: Caller): Promise<boolean> {
  const { items } = (await admin.call('GET', '/api/v1/nodes')) as NodeList;
  return items.every(({ status }) =>
    status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
  );
}
