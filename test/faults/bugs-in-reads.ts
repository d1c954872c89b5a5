// Bugs in what is read, believed and answered.
import { ApiError } from '../../gitops/api-error.ts';
import { INGRESS, type Kind, resourcePath, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { ANNOTATION } from '../../gitops/webapp.ts';
import { withMethods } from '../helpers/counting-cluster.ts';
import type { Seed } from './incarnation.ts';
import type { Fields } from './journal.ts';
import { around, isChild, type SeededBug } from './seeded-bug.ts';

/** Each with the invariant that has to show it. */
export const BUGS_IN_READS: readonly SeededBug[] = [
  {
    name: 'does not wait for the back-off',
    breaks: 'backoff',
    likely: ['error-500@create/apply.services', 'error-500@create/apply.deployments'],
    seed: () =>
      around((it) => ({
        list: async (of, options) => {
          const page = await it.list(of, options);
          return { ...page, items: page.items.map(impatient) };
        },
        get: async (of, key) => impatient(await it.get(of, key)),
      })),
  },
  {
    name: 'answers 200 where nothing could be recorded',
    breaks: 'answers',
    likely: ['down@create/webapp.', 'down@'],
    seed: () => ({ answer: (status) => (status === 503 ? 200 : status) }),
  },
  {
    name: 'writes the status at each visit',
    breaks: 'quiet',
    likely: ['double@'],
    seed: () =>
      around((it) => ({
        get: async (of, key) => {
          const live = await it.get(of, key);
          const status = live?.status as { phase?: string } | undefined;
          if (of === WEBAPP && live && status?.phase === 'Ready')
            return it.applyStatus(of, live, status);
          return live;
        },
      })),
  },
  {
    name: 'believes what it read before',
    breaks: 'converged',
    likely: ['error-500@change/', 'double@change/'],
    seed: () => {
      const memory = new Map<string, KubeObject | undefined>();
      return around((it) => ({
        get: async (of, key) => {
          const place = `${of.kind}/${key.namespace}/${key.name}`;
          if (isChild(of.kind) && memory.has(place)) return memory.get(place);
          const live = await it.get(of, key);
          memory.set(place, live);
          return live;
        },
      }));
    },
  },
  {
    name: 'takes an object that is gone for an error',
    breaks: 'converged',
    likely: ['double@remove/'],
    seed: () =>
      around((it) => ({
        get: async (of, key) => {
          const live = await it.get(of, key);
          if (live === undefined && isChild(of.kind))
            throw new ApiError(`GET ${of.plural}`, 500, { message: 'not found' });
          return live;
        },
      })),
  },
  {
    name: "takes an object of the same name for the WebApp's own",
    breaks: 'foreign',
    likely: ['double@change/'],
    seed: () => {
      const uids = new Map<string, string | undefined>();
      return around((it) => ({
        get: async (of, key) => {
          const live = await it.get(of, key);
          if (of === WEBAPP) uids.set(key.name, live?.metadata.uid);
          if (of !== INGRESS || live === undefined || live.metadata.ownerReferences) return live;
          const owner = { apiVersion: WEBAPP.apiVersion, kind: WEBAPP.kind, controller: true };
          const ownerReferences = [{ ...owner, name: key.name, uid: uids.get(key.name) ?? '' }];
          return { ...live, metadata: { ...live.metadata, ownerReferences } };
        },
      }));
    },
  },
  {
    name: 'deletes however much no file names any more',
    breaks: 'counts',
    likely: ['double@empty/'],
    seed: () => misreads(WEBAPP_SOURCE, { pruneLimit: { count: 5, percent: 100 } }),
  },
  {
    name: 'takes the children along that should be left',
    breaks: 'converged',
    likely: ['double@restore/'],
    seed: () => misreads(WEBAPP, { deletionPolicy: 'Delete' }),
  },
  {
    name: 'falls back to an older clone',
    breaks: 'revisions',
    likely: ['double@expose/'],
    seed: () => forgetfulRepositories(),
  },
  {
    name: "reads from the API server's cache",
    breaks: 'current',
    likely: ['double@create/'],
    seed: () => ({
      cluster: (cluster, api) =>
        withMethods(cluster, {
          list: async (of, options) => {
            const path = resourcePath(of, options?.namespace);
            const query = { resourceVersion: '0', labelSelector: options?.labelSelector };
            const page = (await api.json({ method: 'GET', path, query })) as Fields;
            return { items: page.items, resourceVersion: page.metadata.resourceVersion };
          },
        }),
    }),
  },
];

/** Objects of a kind ask for this, whatever their spec says. */
function misreads(kind: Kind, spec: object): Seed {
  return around((it) => ({
    get: async (of, key) => {
      const live: Fields = await it.get(of, key);
      return of === kind && live ? { ...live, spec: { ...live.spec, ...spec } } : live;
    },
  }));
}

function impatient<T extends KubeObject | undefined>(object: T): T {
  if (object?.metadata.annotations?.[ANNOTATION.retry] === undefined) return object;
  const value = JSON.parse(object.metadata.annotations[ANNOTATION.retry] ?? '{}');
  const text = JSON.stringify({ ...value, nextAttemptAt: new Date(0).toISOString() });
  const annotations = { ...object.metadata.annotations, [ANNOTATION.retry]: text };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** From the fourth fetch on it is as it was at the second. */
function forgetfulRepositories(): Seed {
  return {
    repositories: (repositories) => {
      const fetched: ReturnType<typeof repositories.fetch>[] = [];
      return {
        ...repositories,
        fetch: (request) => {
          const snapshot = fetched.length < 3 ? repositories.fetch(request) : fetched[1];
          fetched.push(snapshot as ReturnType<typeof repositories.fetch>);
          return snapshot as ReturnType<typeof repositories.fetch>;
        },
      };
    },
  };
}
