// Pull requests on a real Gitea, from the webhook to the comment that tells the ending.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ANNOTATION } from '../../gitops/webapp.ts';
import { eventually } from '../cluster/eventually.ts';
import { openPullRequest, type Person, person } from './forge-user.ts';
import { takePicture } from './picture.ts';
import { type ForgeStage, forgeStage } from './stage.ts';

const PACK = join(import.meta.dirname, '..', '..', 'policies', 'packs', 'baseline');
const markerOf = ({ namespace }: ForgeStage) => `<!-- webapp-review ${namespace}/fleet -->`;

async function policies(): Promise<Record<string, string>> {
  const names = (await readdir(PACK)).filter((name) => name.endsWith('.yaml'));
  const read = async (name: string) => [
    `policies/${name}`,
    await readFile(join(PACK, name), 'utf8'),
  ];
  return Object.fromEntries(await Promise.all(names.map(read)));
}

function app(name: string, replicas: number, tag: string): string {
  return `apiVersion: example.com/v1
kind: WebApp
metadata:
  name: ${name}
spec:
  replicas: ${replicas}
  image: ghcr.io/acme/${name}:${tag}
`;
}

const comments = async ({ owner }: ForgeStage, number: number) =>
  (await owner.api.repos.issueGetComments(owner.name, 'fleet', number)).data;

async function reviewComment(it: ForgeStage, number: number, pattern: RegExp) {
  let body = '';
  await eventually(`a comment that says ${pattern}`, async () => {
    const [comment] = await comments(it, number);
    body = comment?.body ?? '';
    return pattern.test(body);
  });
  const [comment] = await comments(it, number);
  return { id: comment?.id, body, author: comment?.user?.login };
}

async function statusOf({ owner, namespace }: ForgeStage, sha: string) {
  const { data } = await owner.api.repos.repoListStatuses(owner.name, 'fleet', sha);
  return data
    .filter(({ context }) => context === `webapp / policy (${namespace}/fleet)`)
    .sort((a, b) => (b.id ?? 0) - (a.id ?? 0))[0];
}

async function lineNotes({ owner }: ForgeStage, number: number) {
  const { data: reviews } = await owner.api.repos.repoListPullReviews(owner.name, 'fleet', number);
  const of = async ({ id = 0 }) =>
    (await owner.api.repos.repoGetPullReviewComments(owner.name, 'fleet', number, id)).data;
  return (await Promise.all(reviews.map(of))).flat();
}

async function picture(
  t: ExecutionContext,
  { gitea, owner }: ForgeStage,
  { number, ...of }: { number: number; comment: number; name: string },
): Promise<void> {
  const page = `${gitea.url}/${owner.name}/fleet/pulls/${number}`;
  const path = await takePicture({ page, styles: gitea.styles, ...of });
  t.log(path ? `picture: ${path}` : `no Chromium in /usr/bin: no picture of ${of.name}`);
}

test.serial('a pull request is denied, mended, merged, and told when it is Ready', async (t) => {
  t.timeout(240_000);
  const files = {
    'apps/shop.yaml': app('shop', 3, '1.8.2'),
    'apps/cart.yaml': app('cart', 2, '2.1.0'),
  };
  const it = await forgeStage(t, { ...files, ...(await policies()) }, 'shop');
  const { owner } = it;
  await using clone = await owner.clone(owner.name, 'fleet');
  await clone.git('checkout', '--quiet', '-b', 'scale');
  const bad = await clone.push({ 'apps/shop.yaml': app('shop', 12, 'latest') });
  const number = await openPullRequest(owner, {
    owner: owner.name,
    repository: 'fleet',
    head: 'scale',
  });

  const denied = await reviewComment(it, number, /denied/);
  t.true(denied.body.startsWith(`${markerOf(it)}\n### ❌ Policy review: 2 denied`), denied.body);
  t.is(denied.author, it.bot.name);
  t.regex(denied.body, /apps\/shop\.yaml:6`/);
  t.regex(
    denied.body,
    /ValidatingAdmissionPolicy 'replica-bounds' with binding 'replica-bounds' denied request/,
  );
  await eventually(
    'the status says failure',
    async () => (await statusOf(it, bad))?.status === 'failure',
  );
  await eventually('a note stands on the line', async () =>
    (await lineNotes(it, number)).some(
      ({ path, body }) => path === 'apps/shop.yaml' && body?.includes('replica-bounds'),
    ),
  );
  t.regex(denied.body, /\*\*Fix:\*\* Set spec\.replicas to 10\./);
  t.notRegex(denied.body, /Live drift/, 'nobody has touched the cluster');
  t.log(denied.body);
  await picture(t, it, { number, comment: denied.id ?? 0, name: 'review' });

  const good = await clone.push({ 'apps/shop.yaml': app('shop', 5, '1.9.0') });
  const passed = await reviewComment(it, number, /### (✅|⚠️)/);
  t.is(passed.id, denied.id, 'the same comment');
  t.is((await comments(it, number)).length, 1);
  await eventually(
    'the status says success',
    async () => (await statusOf(it, good))?.status === 'success',
  );
  t.is((await statusOf(it, bad))?.status, 'failure', 'the old commit keeps its verdict');

  await owner.api.repos.repoMergePullRequest(owner.name, 'fleet', number, { Do: 'merge' });
  const ended = await reviewComment(it, number, /🚀 Applied/);
  t.is(ended.id, denied.id);
  t.regex(ended.body, /1 WebApp Ready: `shop`/);
  await eventually(
    'nothing waits for an ending any more',
    async () => (await it.source()).metadata.annotations?.[ANNOTATION.merged] === undefined,
  );
  t.log(ended.body.split('\n').slice(0, 6).join('\n'));
  await picture(t, it, { number, comment: ended.id ?? 0, name: 'ended' });
});

test.serial('a fork cannot take away the policy that denies it', async (t) => {
  t.timeout(240_000);
  const it = await forgeStage(t, {
    'apps/shop.yaml': app('shop', 3, '1.8.2'),
    ...(await policies()),
  });
  const { owner, gitea } = it;
  const eve: Person = person(gitea, await gitea.addUser('eve'));
  await eve.api.repos.createFork(owner.name, 'fleet', {});
  await eventually('the fork is there', () =>
    eve.api.repos.repoGet('eve', 'fleet').then(
      ({ data }) => data.empty === false,
      () => false,
    ),
  );
  await using clone = await eve.clone('eve', 'fleet');
  await clone.git('checkout', '--quiet', '-b', 'disarm');
  const head = await clone.push({
    'policies/replica-bounds.yaml': null,
    'apps/shop.yaml': app('shop', 50, '1.8.2'),
  });
  const number = await openPullRequest(eve, {
    owner: owner.name,
    repository: 'fleet',
    head: 'eve:disarm',
  });
  const { body } = await reviewComment(it, number, /denied/);
  t.regex(body, /replicas must be/);
  t.true(body.startsWith(`${markerOf(it)}\n### ❌`));
  await eventually(
    'the status says failure',
    async () => (await statusOf(it, head))?.status === 'failure',
  );
});
