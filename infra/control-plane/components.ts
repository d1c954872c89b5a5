import { join } from 'node:path';

/** Which controllers run: all of Kubernetes', or only those that keep the API's own house. */
export type Controllers = 'all' | 'none';

// Paths are relative to the control plane's folder: a socket's path must be shorter than 108 characters.
const etcdClients = 'unix://etcd.sock';
const etcdPeers = 'unix://etcd-peers.sock';
const loopback = '--bind-address=127.0.0.1';
const certs = '--cert-dir=certs';

/** etcd's flags: it listens on sockets in its folder only, and forgets on a power cut. */
export const etcdFlags = [
  '--name=etcd',
  '--data-dir=etcd',
  `--listen-client-urls=${etcdClients}`,
  `--advertise-client-urls=${etcdClients}`,
  `--listen-peer-urls=${etcdPeers}`,
  `--initial-advertise-peer-urls=${etcdPeers}`,
  `--initial-cluster=etcd=${etcdPeers}`,
  '--unsafe-no-fsync',
  '--log-level=warn',
];

const auditFlags = [
  `--audit-policy-file=${join(import.meta.dirname, 'audit-policy.yaml')}`,
  '--audit-log-path=audit.log',
  // In megabytes: a reader finds all requests in one file, however long the run.
  '--audit-log-maxsize=100000',
];

/** kube-apiserver's flags; with `audit` each request becomes a line of audit.log. */
export function apiServerFlags(port: number, audit: boolean): string[] {
  return [
    loopback,
    `--secure-port=${port}`,
    certs,
    // No address is advertised into the cluster: so no route is needed, and none is looked for.
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--etcd-servers=${etcdClients}`,
    '--service-cluster-ip-range=10.0.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc',
    // Whoever checks tokens in a pod finds the keys by the name that pods know, not by an address of loopback.
    '--service-account-jwks-uri=https://kubernetes.default.svc/openid/v1/jwks',
    '--service-account-key-file=sa.key',
    '--service-account-signing-key-file=sa.key',
    '--token-auth-file=tokens.csv',
    '--authorization-mode=RBAC',
    '--allow-privileged',
    ...(audit ? auditFlags : []),
  ];
}

const houseKeeping = [
  'garbage-collector-controller',
  'namespace-controller',
  'root-ca-certificate-publisher-controller',
  'serviceaccount-controller',
];

/** kube-controller-manager's flags. */
export function controllerManagerFlags(port: number, controllers: Controllers): string[] {
  return [
    ...clientFlags('kube-controller-manager', port),
    '--service-account-private-key-file=sa.key',
    '--root-ca-file=ca.crt',
    '--use-service-account-credentials',
    '--concurrent-deployment-syncs=20',
    '--concurrent-replicaset-syncs=20',
    `--controllers=${controllers === 'all' ? '*' : houseKeeping.join(',')}`,
  ];
}

/** kube-scheduler's flags. */
export function schedulerFlags(port: number): string[] {
  return clientFlags('kube-scheduler', port);
}

function clientFlags(name: string, port: number): string[] {
  const kubeconfig = `${name}.kubeconfig`;
  return [
    loopback,
    `--secure-port=${port}`,
    certs,
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--kube-api-qps=400',
    '--kube-api-burst=800',
  ];
}

/** kwok's flags: it plays stages.yaml and, by renewing leases, keeps the nodes from going NotReady. */
export const kwokFlags = [
  '--kubeconfig=kwok.kubeconfig',
  `--config=${join(import.meta.dirname, 'stages.yaml')}`,
  '--manage-all-nodes',
  '--node-lease-duration-seconds=40',
  '--node-ip=127.0.0.1',
  '--cidr=10.1.0.0/16',
  '--node-port=0',
];
