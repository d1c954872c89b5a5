// Bugs in what is written.
import { isConflict } from '../../gitops/api-error.ts';
import { RetryableError } from '../../gitops/errors.ts';
import { INGRESS, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { ANNOTATION } from '../../gitops/webapp.ts';
import type { Fields } from './journal.ts';
import { around, isChild, type SeededBug } from './seeded-bug.ts';

const keyIn = ({ metadata: { namespace = '', name } }: KubeObject) => ({ namespace, name });
const retryIn = (fields: Fields) => fields.metadata?.annotations?.[ANNOTATION.retry];

/** Each with the invariant that has to show it. */
export const BUGS_IN_WRITES: readonly SeededBug[] = [
  {
    name: 'writes without the uid and version that were read',
    breaks: 'foreign',
    likely: ['stranger@'],
    seed: () =>
      around((it) => ({
        apply: (of, desired, options) =>
          it.apply(of, desired, { ...options, live: isChild(of.kind) ? 'any' : options.live }),
      })),
  },
  {
    name: 'counts a failure twice',
    breaks: 'failures',
    likely: ['error-500@create/apply.deployments'],
    seed: () =>
      around((it) => ({
        patch: (of, live, patch) => {
          const text = retryIn(patch.fields);
          if (typeof text !== 'string') return it.patch(of, live, patch);
          const value = JSON.parse(text);
          const twice = JSON.stringify({ ...value, failures: value.failures + 1 });
          const fields = { metadata: { annotations: { [ANNOTATION.retry]: twice } } };
          return it.patch(of, live, { ...patch, fields });
        },
      })),
  },
  {
    name: 'takes a conflict for a failure',
    breaks: 'failures',
    likely: ['error-409@create/apply.deployments', 'error-409@change/apply.deployments'],
    seed: () =>
      around((it) => ({
        apply: (of, desired, options) =>
          it.apply(of, desired, options).catch((error: unknown) => {
            throw isConflict(error) ? new RetryableError('Conflict', 'somebody was faster') : error;
          }),
      })),
  },
  {
    name: 'never clears the count of failures',
    breaks: 'failures',
    likely: ['error-500@create/apply.deployments'],
    seed: () =>
      around((it) => ({
        patch: async (of, live, patch) =>
          retryIn(patch.fields) === null ? live : it.patch(of, live, patch),
      })),
  },
  {
    name: 'deletes and makes anew instead of changing',
    breaks: 'counts',
    likely: ['double@change/'],
    seed: () =>
      around((it) => ({
        // The rights that are shipped keep it from doing so to a Deployment or a Service.
        apply: async (of, desired, options) => {
          const live = of === WEBAPP && (await it.get(of, keyIn(desired)));
          if (!live) return it.apply(of, desired, options);
          await it.delete(of, live);
          return it.apply(of, desired, { ...options, live: undefined });
        },
      })),
  },
  {
    name: 'says Ready as soon as the children are written',
    breaks: 'truthful',
    likely: ['double@create/'],
    seed: () =>
      around((it) => ({
        applyStatus: (of, live, status: Fields) => {
          const early = of === WEBAPP && status.phase === 'Progressing';
          return it.applyStatus(of, live, early ? readyOf(status) : status);
        },
      })),
  },
  {
    name: 'a second sync keeps quiet about losing a race',
    breaks: 'converged',
    likely: ['hold-late@create/apply.webapps.', 'hold-late@change/apply.webapps.'],
    seed: () =>
      around((it) => ({
        applyStatus: async (of, live, status) =>
          of === WEBAPP_SOURCE
            ? it.applyStatus(of, live, status).catch(() => live)
            : it.applyStatus(of, live, status),
      })),
  },
  {
    name: 'leaves what is no longer wanted',
    breaks: 'orphans',
    likely: ['double@release/'],
    seed: () =>
      around((it) => ({
        delete: async (of, live) => {
          if (of !== INGRESS) await it.delete(of, live);
        },
      })),
  },
  {
    name: 'writes the time of its visit on the WebApp',
    breaks: 'bounded',
    likely: ['double@create/'],
    seed: () =>
      around((it) => ({
        get: async (of, key) => {
          const live = await it.get(of, key);
          if (of !== WEBAPP || live === undefined) return live;
          const fields = { metadata: { annotations: { visited: crypto.randomUUID() } } };
          return it.patch(of, live, { type: 'merge', fields });
        },
      })),
  },
  {
    name: 'makes a child in another namespace, too',
    breaks: 'confined',
    likely: ['double@create/'],
    seed: () =>
      around((it) => ({
        apply: async (of, desired, options) => {
          const { ownerReferences: _, ...metadata } = desired.metadata;
          const elsewhere = { ...desired, metadata: { ...metadata, namespace: 'default' } };
          if (of.kind === 'Service') await it.apply(of, elsewhere, { ...options, live: 'any' });
          return it.apply(of, desired, options);
        },
      })),
  },
];

function readyOf(status: Fields): object {
  const [ready] = status.conditions;
  return { ...status, phase: 'Ready', conditions: [{ ...ready, status: 'True' }] };
}
