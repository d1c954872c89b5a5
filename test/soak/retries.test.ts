// How long a WebApp waits that fails eight times, by the functions' clock: `npm run retries` sees the same by the wall's.
import test from 'ava';
import { DEPLOYMENT, WEBAPP } from '../../gitops/kinds.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { Driver } from '../faults/driver.ts';
import { Ground } from '../faults/ground.ts';
import { isWrite } from '../faults/journal.ts';
import { manifest, policyOf } from '../faults/scenario.ts';
import { Stage } from '../faults/stage.ts';
import { testCluster } from '../helpers/control-plane.ts';

const NAME = 'unlucky';
const SECONDS = [1, 2, 4, 8, 16, 32, 64, 128];

for (const random of [0, 0.999]) {
  test(`eight failures wait 1 s to 128 s and the jitter (dice at ${random}), and nothing is tried before`, async (t) => {
    t.timeout(120_000);
    await using ground = await Ground.open(await testCluster());
    await using repository = await ground.git.make({
      'policies/few-pods.yaml': policyOf(5),
      [`apps/${NAME}.yaml`]: manifest(NAME, { image: 'nginx:1.27' }),
    });
    const place = { url: repository.url, point: async () => {} };
    const stage = new Stage(ground, { name: ground.nextName(), repository: place, commits: [] });
    stage.random = random;
    await stage.prepare();
    let attempts = 0;
    stage.faultAt = (entry) => {
      if (!isWrite(entry) || entry.resource !== DEPLOYMENT.plural) return undefined;
      attempts++;
      return attempts <= SECONDS.length ? 'error-500' : undefined;
    };
    using driver = await Driver.start(stage);
    await driver.settle();
    for (const [index, seconds] of SECONDS.entries()) {
      const { failures, nextAttemptAt } = retryOf(stage);
      t.is(failures, index + 1);
      t.is(Date.parse(nextAttemptAt) - stage.time, seconds * 1_000 + Math.floor(random * 1_000));
      stage.time = Date.parse(nextAttemptAt) - 1;
      await tick(driver);
      t.is(attempts, index + 1, 'too early');
      stage.time++;
      await tick(driver);
      t.is(attempts, index + 2);
    }
    t.is(annotationOf(stage), '', 'the ninth attempt succeeds, and the count is cleared');
    t.deepEqual(stage.watch.violations, []);
    await stage.clear();
  });
}

async function tick(driver: Driver): Promise<void> {
  await driver.tick();
  await driver.settle();
}

function annotationOf(stage: Stage): string {
  const webapp = stage.look().get(`${WEBAPP.kind}/${NAME}`);
  return webapp === undefined ? 'no WebApp' : annotation(webapp, ANNOTATION.retry);
}

function retryOf(stage: Stage): { failures: number; nextAttemptAt: string } {
  return JSON.parse(annotationOf(stage));
}
