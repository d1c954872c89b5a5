// Says what was asked of a cluster.
import type { Cluster } from '../../gitops/cluster.ts';
import type { Kind } from '../../gitops/kinds.ts';
import type { KubeObject, ObjectKey } from '../../gitops/objects.ts';

/** Requests in order, such as "get Service a" and "apply WebApp b"; a rehearsal is a "dry-run". */
export interface Counted {
  readonly cluster: Cluster;
  readonly requests: string[];
  /** Returns the requests that change something; events only tell of it. */
  writes(): string[];
  /** Forgets what was asked so far. */
  reset(): void;
}

const READ_OR_TOLD = /^(?:get|list) |^\S+ Event /;

/** Wraps a cluster so that every request is noted before it is made. */
export function countRequests(cluster: Cluster): Counted {
  const requests: string[] = [];
  const counting = (seen: Cluster): Cluster =>
    new Proxy(seen, {
      get: (target, method: keyof Cluster) => {
        if (method === 'as') return (account: ObjectKey) => counting(target.as(account));
        const call = target[method].bind(target) as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => {
          requests.push(describe(method, args));
          return call(...args);
        };
      },
    });
  return {
    cluster: counting(cluster),
    requests,
    writes: () => requests.filter((line) => !READ_OR_TOLD.test(line)),
    reset: () => {
      requests.length = 0;
    },
  };
}

function describe(method: keyof Cluster, args: unknown[]): string {
  const [of, about, options] = args as [Kind, KubeObject & ObjectKey, { dryRun?: boolean }];
  const verb = options?.dryRun ? 'dry-run' : method;
  if (method === 'list') return `${verb} ${of.kind}`;
  return `${verb} ${of.kind} ${about.metadata?.name ?? about.name}`;
}

/** Returns the cluster with some of its methods replaced, whoever asks; the others work as before. */
export function withMethods(cluster: Cluster, methods: Partial<Cluster>): Cluster {
  return new Proxy(cluster, {
    get: (target, name: keyof Cluster) => {
      if (name === 'as') return (account: ObjectKey) => withMethods(target.as(account), methods);
      return methods[name] ?? target[name].bind(target);
    },
  });
}
