import { ANNOTATION } from '../../gitops/webapp.ts';
import { withMethods } from '../helpers/counting-cluster.ts';
import type { SyncStage } from './stage.ts';

/** Has the next syncs told of a push, `push-2`, just before their nth write of the source's status. */
export function stampBeforeStatus(it: SyncStage, nth: number): void {
  let writes = 0;
  it.through({
    cluster: (cluster) =>
      withMethods(cluster, {
        applyStatus: async (of, live, status) => {
          const annotations = { [ANNOTATION.requestedAt]: 'push-2' };
          if (++writes === nth) await it.edit({ metadata: { annotations } });
          return cluster.applyStatus(of, live, status);
        },
      }),
  });
}
