import { readFile } from 'node:fs/promises';
import test from 'ava';
import { WEBAPP } from '../../gitops/kinds.ts';
import type { ServicePod } from '../../infra/knative/serving.ts';
import { freshNamespace } from '../helpers/control-plane.ts';
import { RELEASE, type Stage, timed } from './stage.ts';
import { create, post, untilEventsFlow } from './world.ts';

/** As the stage sets it for visits of WebApps; queue-proxy keeps ten times as many waiting. */
const BOUND = 4;
const AT_ONCE = 60;

/** Registers that one instance never works on more than its Knative Service says. */
export function concurrency(stage: () => Stage): void {
  test.serial('queue-proxy keeps to the bound of requests at once', async (t) => {
    const { adapters, functions } = stage();
    const visits = functions.get(`${RELEASE}-webapps`);
    if (visits === undefined) return t.fail();
    for (const adapter of adapters) await adapter.kill();
    const namespace = await freshNamespace(stage().cluster);
    const names = Array.from({ length: AT_ONCE }, (_, at) => `app-${at}`);
    await Promise.all(names.map((name) => create(stage(), { namespace, name })));
    const answers = await timed(t, `${AT_ONCE} events at once`, () =>
      Promise.all(names.map((name) => tell(visits, namespace, name))),
    );
    const count = (status: number) => answers.filter((answer) => answer === status).length;
    const most = mostAtOnce(await visitsIn(visits, namespace));
    t.log(`${count(200)} answered with 200, ${count(503)} with 503, at most ${most} at once`);
    t.is(count(200) + count(503), AT_ONCE);
    t.true(most > 1 && most <= BOUND, `${most} at once`);
    t.true(count(503) > 0, 'what does not fit into its queue the broker has to bring again');
    await stage().kubectl('delete', 'namespace', namespace, '--wait=false');
    for (const adapter of adapters) await adapter.start();
    await untilEventsFlow(stage());
  });
}

function tell({ url }: ServicePod, namespace: string, name: string): Promise<number> {
  const { apiVersion, kind } = WEBAPP;
  const type = 'dev.knative.apiserver.ref.update';
  return post(`${url}/events`, { type, apiversion: apiVersion, kind, namespace, name });
}

interface Visit {
  readonly begin: number;
  readonly end: number;
}

/** Reads from the log of the functions when each visit in the namespace began and ended. */
async function visitsIn({ functions }: ServicePod, namespace: string): Promise<Visit[]> {
  const lines = (await readFile(functions.program.logFile, 'utf8')).split('\n');
  const entries = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  return entries
    .filter((entry) => entry['webapp.namespace'] === namespace && 'durationMs' in entry)
    .map(({ time, durationMs }) => ({
      begin: Date.parse(time) - durationMs,
      end: Date.parse(time),
    }));
}

/** Ends come before beginnings of the same millisecond. */
function mostAtOnce(visits: readonly Visit[]): number {
  const steps = visits.flatMap(({ begin, end }) => [
    { at: begin, by: 1 },
    { at: end, by: -1 },
  ]);
  steps.sort((a, b) => a.at - b.at || a.by - b.by);
  let [now, most] = [0, 0];
  for (const { by } of steps) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
