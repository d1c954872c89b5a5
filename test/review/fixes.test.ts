// Looking for numbers that pass: others get their turn meanwhile, and neither cost nor time is without end.
import test from 'ava';
import { policyFile } from '../helpers/policy-files.ts';
import { reportOf } from './findings.ts';

const app = (n: number, replicas: number) =>
  `apiVersion: example.com/v1\nkind: WebApp\nmetadata: {name: a${n}}\nspec: {image: "a/b:1", replicas: ${replicas}}\n`;

/** Speaks of many numbers, none of which passes. */
const NONE_PASSES = 'object.spec.replicas in [10, 20, 30, 40, 50, 60, 70, 80, 90] && false';

const ZEROS = `[${Array.from({ length: 300 }, () => 0).join()}]`;
/** Costs some hundred thousand. */
const DEAR = `true && ${ZEROS}.all(a, ${ZEROS}.all(b, a == b)) && ${NONE_PASSES}`;

interface Options {
  readonly webapps?: number;
  readonly pause?: (nth: number) => void;
}

/** Reviews changes of some WebApps, one of them unless given, and counts the pauses. */
async function review(expression: string, { webapps = 1, pause = () => {} }: Options = {}) {
  const policy = policyFile({ name: 'p', expression, message: 'not so' });
  const files = (replicas: number) => {
    const apps = Array.from({ length: webapps }, (_, n) => [`apps/a${n}.yaml`, app(n, replicas)]);
    return { ...Object.fromEntries(apps), 'policies/policy.yaml': policy };
  };
  let pauses = 0;
  const options = { pause: async () => pause(++pauses) };
  const { findings } = await reportOf(files(3), files(100), options);
  return { pauses, findings };
}

test('fixes: each number that is tried lets others have their turn', async (t) => {
  const { pauses, findings } = await review(NONE_PASSES);
  t.is(findings.length, 1);
  t.is(findings[0]?.fix, undefined);
  t.true(pauses > 10, String(pauses));
});

test('fixes: policies that cost much are asked less often', async (t) => {
  const cheap = await review(NONE_PASSES, { webapps: 4 });
  const dear = await review(DEAR, { webapps: 4 });
  t.deepEqual(
    dear.findings.map(({ level }) => level),
    ['deny', 'deny', 'deny', 'deny'],
  );
  t.true(cheap.pauses > 40, String(cheap.pauses));
  t.true(dear.pauses > 8 && dear.pauses < 40, String(dear.pauses));
});

test('fixes: where the time is over the verdict stands, without a fix', async (t) => {
  const passing = 'object.spec.replicas <= 10';
  t.is((await review(passing)).findings[0]?.fix, 'Set spec.replicas to 10.');
  const { findings } = await review(passing, {
    pause: (nth) => {
      if (nth > 1) throw new Error('the time is over');
    },
  });
  t.is(findings[0]?.level, 'deny');
  t.is(findings[0]?.fix, undefined);
});
