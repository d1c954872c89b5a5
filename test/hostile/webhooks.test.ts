// Webhooks of those who do not know the secret, and of those who know it and mean harm.
import { createHmac } from 'node:crypto';
import test from 'ava';
import { type Call, WEBHOOK_SECRET } from '../helpers/functions-entries.ts';
import { BODY, delivery, FORGE_NAMES, PROOFS, signedByGitlab, without } from './deliveries.ts';
import { hostileStage, type Stage, unheard } from './stage.ts';

let stage: Stage;

test.before(async () => {
  stage = await hostileStage();
});
test.after.always(() => stage?.[Symbol.dispose]());

test.serial(
  'S01 no signature: 401, the body is not parsed and the API server not asked',
  async (t) => {
    const signed = FORGE_NAMES.map((forge) => delivery(forge, '{"not": "JSON"'));
    t.deepEqual(
      await unheard(
        stage,
        signed.map((call) => without(call, ...PROOFS)),
      ),
      {
        statuses: [401],
        asked: 0,
      },
    );
    const said =
      '"path":"/webhooks/github","status":401,"error":"the signature does not fit the secret"';
    t.true((await stage.told()).includes(said));
    // With a proof the same body is found to be no JSON.
    t.deepEqual(await unheard(stage, signed), { statuses: [400], asked: 0 });
  },
);

test.serial(
  'S02 a wrong signature, of the same length or another, or no hex: 401, never 500',
  async (t) => {
    const values = [
      '',
      'sha256=',
      'zz',
      'f'.repeat(63),
      'f'.repeat(64),
      'f'.repeat(65),
      'é'.repeat(40),
      'f'.repeat(8_000),
    ];
    const calls = FORGE_NAMES.flatMap((forge) =>
      values.flatMap((value) =>
        ['', 'sha256='].map((prefix): Call => {
          const call = delivery(forge, BODY);
          const forged = PROOFS.filter((name) => call.headers?.[name] !== undefined);
          const headers = forged.map((name) => [
            name,
            Buffer.from(prefix + value).toString('latin1'),
          ]);
          return { ...call, headers: { ...call.headers, ...Object.fromEntries(headers) } };
        }),
      ),
    );
    t.deepEqual(await unheard(stage, calls), { statuses: [401], asked: 0 });
  },
);

test.serial('S03 the SHA-1 header alone: 401', async (t) => {
  const sha1 = createHmac('sha1', WEBHOOK_SECRET).update(BODY).digest('hex');
  const call = without(delivery('github', BODY), 'x-hub-signature-256');
  const headers = { ...call.headers, 'x-hub-signature': `sha1=${sha1}` };
  t.deepEqual(await unheard(stage, [{ ...call, headers }]), { statuses: [401], asked: 0 });
});

test.serial(
  'S04 the signature is over the raw bytes: re-serialised JSON is 401, emoji as sent are good',
  async (t) => {
    const sent = '{ "ref":"refs/tags/🎉",\t"a": 1.0 }';
    for (const forge of ['github', 'gitea', 'bitbucket', 'plain'] as const) {
      const call = delivery(forge, sent);
      t.is((await stage.send(call)).status, 202, forge);
      const body = JSON.stringify(JSON.parse(sent));
      t.is((await stage.send({ ...call, body })).status, 401, forge);
    }
  },
);

test.serial("S04 GitHub's published example of a signature is good", async (t) => {
  using of = await hostileStage({ WEBHOOK_SECRET: "It's a Secret to Everybody" });
  const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
  const call: Call = {
    path: '/webhooks/github',
    headers: { 'x-github-event': 'push', 'x-hub-signature-256': signature },
    body: 'Hello, World!',
  };
  // 400 and not 401: who sent it is known, and it is no JSON.
  t.is((await of.send(call)).status, 400);
  t.is((await of.send({ ...call, body: 'Hello, World?' })).status, 401);
});

test.serial(
  'S05 without a secret nothing is served, and an empty key proves nothing',
  async (t) => {
    for (const WEBHOOK_SECRET of ['', ' ']) {
      await t.throwsAsync(hostileStage({ WEBHOOK_SECRET, WEBHOOK_SECRET_PREVIOUS: 'old' }), {
        message: /WEBHOOK_SECRET must be set to serve pushes and reviews/,
      });
    }
    const calls = FORGE_NAMES.map((forge) => delivery(forge, BODY, { secret: '' }));
    t.deepEqual(await unheard(stage, calls), { statuses: [401], asked: 0 });
  },
);

test.serial('S06 two secrets while they are changed, one after', async (t) => {
  const signed = (secret: string) => FORGE_NAMES.map((forge) => delivery(forge, '{}', { secret }));
  const statuses = async (of: Stage, secret: string) => {
    const answers = await Promise.all(signed(secret).map((call) => of.send(call)));
    return [...new Set(answers.map(({ status }) => status))];
  };
  using during = await hostileStage({ WEBHOOK_SECRET: 'new', WEBHOOK_SECRET_PREVIOUS: 'old' });
  t.deepEqual(await statuses(during, 'new'), [202]);
  t.deepEqual(await statuses(during, 'old'), [202]);
  using after = await hostileStage({ WEBHOOK_SECRET: 'new' });
  t.deepEqual(await statuses(after, 'new'), [202]);
  t.deepEqual(await statuses(after, 'old'), [401]);
});

test.serial(
  'S07 GitLab: a signature of more than five minutes ago or ahead, or of another body, is 401',
  async (t) => {
    const now = Math.floor(Date.now() / 1_000);
    t.is((await stage.send(signedByGitlab('{}', now))).status, 202);
    const call = signedByGitlab('{}', now);
    // A minute more, as seconds go by until it is judged; test/functions/forges.test.ts judges the moment itself.
    const bad = [
      signedByGitlab('{}', now - 360),
      signedByGitlab('{}', now + 360),
      signedByGitlab('{}', Number.NaN),
      { ...call, body: '{"a":1}' },
      { ...call, headers: { ...call.headers, 'webhook-id': 'other' } },
      { ...call, headers: { ...call.headers, 'webhook-timestamp': `${now}.0` } },
      { ...call, headers: { ...call.headers, 'webhook-signature': 'v1,' } },
      // A signature that is there and wrong is not made good by a token beside it.
      { ...call, body: '[]', headers: { ...call.headers, 'x-gitlab-token': WEBHOOK_SECRET } },
    ];
    t.deepEqual(await unheard(stage, bad), { statuses: [401], asked: 0 });
  },
);
