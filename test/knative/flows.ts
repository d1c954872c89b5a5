import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import type { ServicePod } from '../../infra/knative/serving.ts';
import { freshNamespace } from '../helpers/control-plane.ts';
import { guideFlow } from '../integration/guide-flow.ts';
import { type Stage, timed } from './stage.ts';
import {
  create,
  EVERY_2_S,
  edit,
  gone,
  NEVER,
  ready,
  remove,
  replicas,
  schedule,
  untilEventsFlow,
} from './world.ts';

/** Registers what a WebApp goes through while all is well, and while a part is away. */
export function flows(stage: () => Stage): void {
  test.serial('create, edit and delete a WebApp by events alone', async (t) => {
    await schedule(stage(), NEVER);
    await untilEventsFlow(stage());
    const key = { namespace: await freshNamespace(stage().cluster), name: 'shop' };
    await create(stage(), key, { replicas: 2 });
    await timed(t, 'created until Ready', () => ready(stage(), key));
    await edit(stage(), key, { replicas: 3 });
    await timed(t, 'edited until Ready', () => ready(stage(), key));
    t.is(await replicas(stage(), key), 3);
    await remove(stage(), key);
    await timed(t, 'deleted until its children are gone', () => gone(stage(), key));
  });

  test.serial('the integration flow of the guide', async (t) => {
    await timed(t, 'the whole flow', () => guideFlow(t, stage().cluster));
  });

  test.serial('functions that are down for a while: the broker delivers again', async (t) => {
    const key = { namespace: await freshNamespace(stage().cluster), name: 'shop' };
    for (const { functions } of stage().functions.values()) await functions.kill();
    await create(stage(), key);
    await sleep(3_000);
    t.is(await replicas(stage(), key), undefined);
    await timed(t, 'functions started again', () => startAll(stage()));
    await timed(t, 'Ready after that, without a tick', () => ready(stage(), key));
  });

  test.serial('an adapter that is away loses what changes, and the tick heals it', async (t) => {
    const namespace = await freshNamespace(stage().cluster);
    const [edited, created] = [
      { namespace, name: 'edited' },
      { namespace, name: 'created' },
    ];
    await create(stage(), edited, { replicas: 1 });
    await ready(stage(), edited);
    const { adapters } = stage();
    for (const adapter of adapters) await adapter.kill();
    // What it had told is delivered by then: a visit reads the object as it is, and would see the edit.
    await sleep(5_000);
    await edit(stage(), edited, { replicas: 3 });
    await create(stage(), created);
    for (const adapter of adapters) await adapter.start();
    await sleep(5_000);
    t.is(await replicas(stage(), edited), 1, 'it tells nothing of what it missed');
    t.is(await replicas(stage(), created), undefined);
    await schedule(stage(), EVERY_2_S);
    await timed(t, 'healed, with a tick every 2 s', async () => {
      await ready(stage(), edited);
      await ready(stage(), created);
    });
    t.is(await replicas(stage(), edited), 3);
    await schedule(stage(), NEVER);
  });
}

async function startAll({ functions }: Stage): Promise<void> {
  const start = async ({ functions: process, ready: untilUp }: ServicePod) => {
    await process.start();
    await untilUp();
  };
  await Promise.all([...functions.values()].map(start));
}
