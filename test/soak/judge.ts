// What must hold once all is over.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { differences, flatten, maskOf } from '../faults/state.ts';
import { compareCounts, judgeSettled } from '../faults/verdict.ts';
import { requestsOfFunctions } from '../helpers/audit.ts';
import { leftToDo } from './left-to-do.ts';
import type { Load } from './load.ts';
import { NAMESPACE, SOURCE, type World } from './world.ts';

const FRESH = 'soak-undisturbed';
const FRESH_MS = 300_000;
const LOOK_MS = 250;

/** Returns how often the functions have created and deleted each object, by the API server's own record. */
async function countsIn(auditLog: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { what, name, namespace, code } of await requestsOfFunctions(auditLog)) {
    const [verb = '', resource = ''] = what.split(' ');
    const isDelete = verb === 'delete' && code === 200;
    // An event tells of a failure, and a run without faults has none.
    if (namespace !== NAMESPACE || resource === 'events' || (code !== 201 && !isDelete)) continue;
    const key = `${isDelete ? 'delete' : 'create'} ${resource} ${name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Returns what is not as in a run without faults: creates and deletes, counters, what is left over. */
export async function judge(world: World, { wishes }: Load): Promise<string[]> {
  const { counters } = world.gate;
  const wanted = new Map([...wishes.counts, [`create policybundles ${SOURCE}`, 1]]);
  const found = await countsIn(world.auditLog);
  const attempts = await attemptsIn(world);
  const over = [...counters.counted].filter(
    ([key, count]) => key.startsWith('webapps/') && count > (attempts.get(key) ?? 0),
  );
  return [
    ...compareCounts(found, wanted).map(({ message }) => message),
    ...[...judgeSettled(world.look())].map(({ message }) => message),
    ...counters.wrong,
    ...over.map(([key, count]) => `${key} counted ${count} failures in ${attempts.get(key)} tries`),
  ];
}

/** Returns how often a visit of each WebApp was begun, by the logs. */
async function attemptsIn({ instances }: World): Promise<Map<string, number>> {
  const attempts = new Map<string, number>();
  for (const { logFile } of instances) {
    for (const line of (await readFile(logFile, 'utf8')).split('\n')) {
      if (!line.includes('"Starting reconciliation"')) continue;
      const key = `webapps/${/"webapp\.name":"([^"]+)"/.exec(line)?.[1]}`;
      attempts.set(key, (attempts.get(key) ?? 0) + 1);
    }
  }
  return attempts;
}

/** Returns how many seconds it took until nothing was left to do, or what is left after `withinMs`. */
export async function untilConverged(
  world: World,
  { wishes, head }: Load,
  { withinMs, namespace = NAMESPACE }: { withinMs: number; namespace?: string },
): Promise<number | string[]> {
  const start = performance.now();
  for (;;) {
    const left = leftToDo(world.look(namespace), wishes.specs, head);
    const took = performance.now() - start;
    if (left.length === 0) return took / 1_000;
    if (took > withinMs) return left;
    await sleep(LOOK_MS);
  }
}

/** Makes a namespace where nothing ever happened of the same commit, and returns what differs from it. */
export async function compareWithFresh(world: World, load: Load): Promise<string[]> {
  await world.follow(FRESH);
  const took = await untilConverged(world, load, { withinMs: FRESH_MS, namespace: FRESH });
  if (typeof took !== 'number') return took.map((line) => `undisturbed: ${line}`);
  const found = flatten(world.look(), new Map([[NAMESPACE, 'NAMESPACE']]));
  const wanted = flatten(world.look(FRESH), new Map([[FRESH, 'NAMESPACE']]));
  return differences(wanted, found, maskOf(wanted, found));
}
