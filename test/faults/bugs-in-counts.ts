// Bugs on the way of a failure, where it is counted and told. One fault alone shows none of them.
import { isConflict } from '../../gitops/api-error.ts';
import type { Cluster } from '../../gitops/cluster.ts';
import type { Kind } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { ANNOTATION, annotating, annotation } from '../../gitops/webapp.ts';
import type { Fields } from './journal.ts';
import { around, type SeededBug } from './seeded-bug.ts';

/** Each with the invariant that has to show it. */
export const BUGS_IN_COUNTS: readonly SeededBug[] = [
  {
    name: 'counts once more where the answer to its count was lost',
    breaks: 'failures',
    likely: ['+unanswered@create/patch.'],
    seed: () =>
      around((it) => ({
        patch: (of, live, patch) =>
          it.patch(of, live, patch).catch((error: unknown) => {
            if (!isConflict(error) || !isCount(patch.fields)) throw error;
            return countAgain(of, live, it);
          }),
      })),
  },
  {
    name: 'counts a failure once more where it cannot be told',
    breaks: 'failures',
    likely: ['+error-500@create/apply.webapps-status.alpha'],
    seed: () =>
      around((it) => ({
        applyStatus: (of, live, status) =>
          it.applyStatus(of, live, status).catch(async (error: unknown) => {
            if (annotation(live, ANNOTATION.retry) !== '') await countAgain(of, live, it);
            throw error;
          }),
      })),
  },
  {
    name: 'begins to count anew at each attempt',
    breaks: 'failures',
    likely: [
      '+error-503@create/apply.deployments.alpha.2',
      '+error-503@create/apply.webapps.alpha.2',
    ],
    seed: () =>
      around((it) => ({
        patch: (of, live, patch) =>
          it.patch(
            of,
            live,
            isCount(patch.fields) ? { ...patch, fields: first(patch.fields) } : patch,
          ),
      })),
  },
];

function textIn(fields: Fields): unknown {
  return fields.metadata?.annotations?.[ANNOTATION.retry];
}

function isCount(fields: Fields): boolean {
  return typeof textIn(fields) === 'string';
}

function first(fields: Fields): object {
  const value = JSON.parse(String(textIn(fields)));
  return annotating(ANNOTATION.retry, JSON.stringify({ ...value, failures: 1 }));
}

async function countAgain(of: Kind, { metadata }: KubeObject, cluster: Cluster) {
  const { namespace = '', name } = metadata;
  const fresh = (await cluster.get(of, { namespace, name })) as KubeObject;
  const value = JSON.parse(annotation(fresh, ANNOTATION.retry) || '{"failures":0}');
  const text = JSON.stringify({ ...value, failures: value.failures + 1 });
  return cluster.patch(of, fresh, { type: 'merge', fields: annotating(ANNOTATION.retry, text) });
}
