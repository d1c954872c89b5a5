// The product on Knative: events through the real ApiServerSource, Broker, Trigger and PingSource, and no relay.
import test from 'ava';
import { concurrency } from './concurrency.ts';
import { deliveries } from './deliveries.ts';
import { flows } from './flows.ts';
import { oidc } from './oidc.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;

const times: string[] = [];
test.before(async (t) => {
  t.timeout(900_000);
  stage = await openStage((line) => times.push(line));
});
test.after.always(() => stage?.knative[Symbol.asyncDispose]());

test.serial('Knative, and the chart on it, are ready', (t) => {
  t.log(...times);
  t.pass();
});

const present = () => stage;
flows(present);
deliveries(present);
concurrency(present);
oidc(present, (parts) => {
  stage = { ...stage, ...parts };
});
