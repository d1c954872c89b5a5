// What the functions say of themselves, and to callers while the API server is away.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import test from 'ava';
import { testCluster } from '../helpers/control-plane.ts';
import { failing, hanging, refusing } from '../helpers/functions-api-server.ts';
import { type Call, ENTRIES, eventAbout, openEntry, TOKEN } from '../helpers/functions-entries.ts';
import { pushes } from '../helpers/functions-pushes.ts';

const authorization = `Bearer ${TOKEN}`;
const key = { namespace: 'default', name: 'shop' };
/** Callers who have to be told to come again. */
const calls: Record<string, Call> = {
  'an event about a WebApp': eventAbout('WebApp', key),
  'an event about a WebAppSource': eventAbout('WebAppSource', key),
  'a tick': { path: '/tick', headers: { authorization } },
  'a push': pushes.plain('https://git.example/team/apps.git', 'main'),
};
/** A second for a request and five for readiness are allowed; the rest is for a slow machine. */
const LONGEST_MS = 15_000;
const troubles = { refuses: refusing, hangs: hanging, 'answers 503': failing };

for (const name of ENTRIES) {
  test.serial(`${name}: alive and ready while the API server answers`, async (t) => {
    const { functions } = await testCluster();
    await using entry = await openEntry(name, functions);
    const answers = await Promise.all(
      ['/healthz', '/health/liveness', '/readyz', '/health/readiness'].map((path) =>
        entry.send({ method: 'GET', path }),
      ),
    );
    t.deepEqual(
      answers.map(({ status, body }) => [status, body]),
      [
        [200, { alive: true }],
        [200, { alive: true }],
        [200, { ready: true }],
        [200, { ready: true }],
      ],
    );
  });

  test.serial(`${name}: not ready, and why, without the rights that are needed`, async (t) => {
    const { kubeconfigText } = await testCluster();
    const nobody = new KubeConfig();
    nobody.loadFromString(kubeconfigText('not-a-token'));
    await using entry = await openEntry(name, nobody);
    const { status, body } = await entry.send({ method: 'GET', path: '/readyz' });
    t.is(status, 503);
    t.false(body.ready);
    t.regex(String(body.reason), /cannot list WebApps: .*Unauthorized/);
  });

  for (const [trouble, open] of Object.entries(troubles)) {
    test.serial(`${name}: an API server that ${trouble} is told to every caller`, async (t) => {
      await using api = await open();
      await using entry = await openEntry(name, api.kubeConfig, { REQUEST_TIMEOUT: '1s' });
      const alive = await entry.send({ method: 'GET', path: '/healthz' });
      t.is(alive.status, 200);
      const asked = Object.entries(calls).map(async ([title, call]) => {
        const { status, headers, body } = await entry.send(call);
        t.is(status, 503, title);
        t.regex(headers['retry-after'] ?? '', /^[1-9]\d*$/, title);
        t.is(typeof body.error, 'string', title);
      });
      const unready = entry.send({ method: 'GET', path: '/readyz' }).then(({ status, body }) => {
        t.is(status, 503);
        t.like(body, { ready: false });
        t.regex(String(body.reason), /^cannot list WebApps: \S/);
      });
      const start = performance.now();
      await Promise.all([...asked, unready]);
      const took = performance.now() - start;
      t.true(took < LONGEST_MS, `all answers took ${Math.round(took / 1_000)} s`);
    });
  }
}

interface Ended {
  readonly code: number | string | null | undefined;
  readonly stderr: string;
}

function run(environment: Record<string, string>): Promise<Ended> {
  const entry = join(import.meta.dirname, '../../functions/container.ts');
  const env = { PATH: process.env.PATH ?? '', ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [entry], { env, timeout: 30_000 }, (error, _stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stderr }),
    );
  });
}

const wrongs: Record<string, { environment: Record<string, string>; message: RegExp }> = {
  'without a secret for webhooks': {
    environment: { KUBECONFIG: '/nowhere' },
    message:
      /WEBHOOK_SECRET must be set to serve pushes and reviews \(or leave them out of FUNCTIONS\)/,
  },
  'with a port that is none': {
    environment: { WEBHOOK_SECRET: 's', PORT: '80000' },
    message: /PORT must be a port number from 0 to 65535, not "80000"/,
  },
  'without a cluster': {
    environment: { WEBHOOK_SECRET: 's' },
    message: /no cluster: set KUBECONFIG/,
  },
};

for (const [title, { environment, message }] of Object.entries(wrongs)) {
  test(`the container does not start ${title}, and says so`, async (t) => {
    const { code, stderr } = await run(environment);
    t.is(typeof code === 'number' && code > 0, true, String(code));
    t.regex(stderr, message);
  });
}
