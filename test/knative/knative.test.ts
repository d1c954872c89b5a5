// The product on Knative: events through the real ApiServerSource, Broker, Trigger and PingSource, and no relay.
import test from 'ava';
import { concurrency } from './concurrency.ts';
import { deliveries } from './deliveries.ts';
import { flows } from './flows.ts';
import { oidc } from './oidc.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;

test.serial('Knative, and the chart on it, are ready', async (t) => {
  t.timeout(900_000);
  stage = await openStage((line) => t.log(line));
  t.pass();
});
test.after.always(() => stage?.knative[Symbol.asyncDispose]());

const present = () => stage;
flows(present);
deliveries(present);
concurrency(present);
oidc(present, (parts) => {
  stage = { ...stage, ...parts };
});
