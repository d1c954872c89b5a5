// A Git server whose packs stand for more than they are.
import test from 'ava';
import { listen } from '../helpers/listen.ts';
import { bombs } from '../helpers/packs.ts';
import { hostileStage, ready } from './stage.ts';

/** What a container of 512 MiB has left beside the functions themselves. */
const LIMIT_MIB = 384;
const AT_FIRST = process.resourceUsage().maxRSS;

const packet = (words: string) => (words.length + 4).toString(16).padStart(4, '0') + words;
const LIST = `${packet('# service=git-upload-pack\n')}0000${packet(`${'a'.repeat(40)} refs/heads/main\0shallow agent=x\n`)}0000`;

/** Serves one branch, and this answer to whoever wants it. */
function serve(body: Buffer | 'endless' | 'silent') {
  return listen((request, response) => {
    const isList = request.url?.includes('info/refs');
    const type = isList ? 'advertisement' : 'result';
    response.writeHead(200, { 'content-type': `application/x-git-upload-pack-${type}` });
    if (isList) return void response.end(LIST);
    if (body === 'silent') return;
    if (body !== 'endless') return void response.end(body);
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(2 ** 20)));
    };
    response.on('drain', more);
    more();
  });
}

for (const { title, body, reason } of bombs) {
  test.serial(`S23 a pack of ${title} is given up, within the memory of a container`, async (t) => {
    using server = await serve(body);
    using stage = await hostileStage();
    const source = await stage.follow(server.url);
    t.regex(ready(source), new RegExp(`^False ${reason}`));
    const peak = (process.resourceUsage().maxRSS - AT_FIRST) / 1_024;
    t.log(`at most ${peak.toFixed(0)} MiB more than at first`);
    t.true(peak < LIMIT_MIB, `${peak} MiB`);
  });
}

test.serial('S23 an answer without end is given up at its limit', async (t) => {
  using server = await serve('endless');
  using stage = await hostileStage();
  t.regex(
    ready(await stage.follow(server.url)),
    /^False GitLimitExceeded: .* more than 67108864 bytes/,
  );
});

test.serial('S23 a server that says nothing is given up in time, and that is told', async (t) => {
  using server = await serve('silent');
  using stage = await hostileStage({ REQUEST_TIMEOUT: '5s' });
  const begun = Date.now();
  await stage.follow(server.url);
  t.true(Date.now() - begun < 15_000);
  t.is((await stage.send({ method: 'GET', path: '/healthz' })).status, 200);
});
