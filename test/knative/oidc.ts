// Knative's feature authentication-oidc: every hop shows a ServiceAccount's token, and the functions ask for it.
import test from 'ava';
import { WEBAPP } from '../../gitops/kinds.ts';
import { freshNamespace } from '../helpers/control-plane.ts';
import { brokerUrl } from './deliveries.ts';
import { applyChart, BROKER, RELEASE, type Stage, SYSTEM, timed, untilAllReady } from './stage.ts';
import { create, EVERY_2_S, NEVER, post, ready, schedule, untilEventsFlow } from './world.ts';

const FEATURE = JSON.stringify({ data: { 'authentication-oidc': 'enabled' } });

/** Registers what holds once tokens are asked for; the stage is another one from there on. */
export function oidc(stage: () => Stage, change: (parts: Partial<Stage>) => void): void {
  test.serial('tokens are asked for: the chart with knative.oidc.enabled', async (t) => {
    const { kubectl, cluster, adapters } = stage();
    for (const adapter of adapters) await adapter.kill();
    // Subscriptions that were made before keep their addresses without an audience for a while.
    const kinds = 'triggers,brokers,apiserversources,pingsources';
    await kubectl('-n', SYSTEM, 'delete', kinds, '--all', '--cascade=foreground');
    const configMap = ['configmap', 'config-features', '--type=merge', '-p', FEATURE];
    await kubectl('-n', 'knative-eventing', 'patch', ...configMap);
    await timed(t, 'the chart with knative.oidc.enabled Ready', async () => {
      change(await applyChart(stage(), { 'knative.oidc.enabled': 'true' }));
      await untilAllReady(cluster);
    });
    const key = { namespace: SYSTEM, name: RELEASE };
    const { status } = (await cluster.admin.cluster.get(BROKER, key)) as unknown as Addressed;
    t.is(status.address?.audience, `eventing.knative.dev/broker/${SYSTEM}/${RELEASE}`);
    await schedule(stage(), NEVER);
    await untilEventsFlow(stage());
  });

  test.serial('with tokens: nobody without one is heard', async (t) => {
    const about = { apiversion: WEBAPP.apiVersion, kind: WEBAPP.kind, namespace: 'x', name: 'x' };
    const event = { type: 'dev.knative.apiserver.ref.update', ...about };
    t.is(await post(brokerUrl(stage()), event), 401, 'the broker');
    for (const name of ['webapps', 'sources'])
      t.is(await post(`${urlOf(stage(), name)}/events`, event), 401, name);
    t.is(await post(`${urlOf(stage(), 'tick')}/tick`, event), 401, 'tick');
  });

  test.serial('with tokens: events make a WebApp', async (t) => {
    const key = { namespace: await freshNamespace(stage().cluster), name: 'shop' };
    await create(stage(), key);
    await timed(t, 'created until Ready', () => ready(stage(), key));
    t.pass();
  });

  test.serial('with tokens: PingSource, tick and broker heal what was lost', async (t) => {
    const key = { namespace: await freshNamespace(stage().cluster), name: 'shop' };
    for (const adapter of stage().adapters) await adapter.kill();
    await create(stage(), key);
    await schedule(stage(), EVERY_2_S);
    await timed(t, 'healed, with a tick every 2 s', () => ready(stage(), key));
    t.pass();
  });
}

interface Addressed {
  readonly status: { readonly address?: { readonly audience?: string } };
}

function urlOf({ functions }: Stage, name: string): string {
  return functions.get(`${RELEASE}-${name}`)?.url ?? '';
}
