// A real Gitea carries out what it is asked, and its answer is lost on the way: nothing is said twice.
import test from 'ava';
import { FORGE_APIS } from '../../functions/forge/apis.ts';
import type { LineNote } from '../../functions/forge/forge-api.ts';
import { ForgeWaits } from '../../functions/forge/forge-waits.ts';
import { putComment } from '../../functions/review/comment.ts';
import { ANYWHERE } from '../../gitops/io/reach.ts';
import type { WebAppSource } from '../../gitops/webapp.ts';
import { type Gitea, startGitea } from '../../infra/gitea/start.ts';
import { forward, listen, reply } from '../helpers/listen.ts';
import { makeRepository, openPullRequest, person } from './forge-user.ts';

let gitea: Gitea;

test.before(async () => {
  gitea = await startGitea();
});
test.after.always(() => gitea?.[Symbol.asyncDispose]());

/** Opens a way to the server that loses the answer to the first POST to such a path. */
async function losingWay(path: RegExp) {
  const posts: string[] = [];
  const server = await listen(async (request, response) => {
    const { method, url = '' } = request;
    const answer = await forward(gitea.url, request);
    if (method === 'POST') posts.push(url);
    if (method === 'POST' && path.test(url) && posts.length === 1) response.destroy();
    else reply(response, answer);
  });
  return { url: server.url, posts, [Symbol.dispose]: () => server[Symbol.dispose]() };
}

/** Opens a pull request that adds a file of two lines, in a repository of that name. */
async function open(repository: string) {
  const owner = person(gitea, gitea.admin);
  const url = await makeRepository(owner, repository, { 'README.md': 'fleet\n' });
  await using clone = await owner.clone(owner.name, repository);
  await clone.git('checkout', '--quiet', '-b', 'change');
  await clone.commit({ 'apps/shop.yaml': 'one\ntwo\n' });
  await clone.git('push', '--quiet', 'origin', 'change');
  const place = { owner: owner.name, repository, head: 'change' };
  const number = await openPullRequest(owner, place);
  const forgeBy = (apiUrl: string) =>
    FORGE_APIS.gitea({
      ...{
        url,
        apiUrl,
        reach: ANYWHERE,
        waits: new ForgeWaits(),
        signal: AbortSignal.timeout(60_000),
      },
      credentials: { kind: 'token', token: gitea.admin.token },
      statusName: 'webapp / policy (shop/fleet)',
    });
  return { owner, url, number, forgeBy };
}

function noteOn(line: number): LineNote {
  const fingerprint = String(line).repeat(64);
  const said = { level: 'failure', title: 'Deny', body: 'no', fingerprint } as const;
  return { path: 'apps/shop.yaml', line, ...said };
}

test('gitea: the answer to the comment is lost', async (t) => {
  const { owner, url, number, forgeBy } = await open('told');
  using way = await losingWay(/\/comments$/);
  const source = {
    metadata: { namespace: 'shop', name: 'fleet' },
    spec: { url },
  } as unknown as WebAppSource;
  const body = '<!-- webapp-review shop/fleet -->\nthe verdict';
  const author = { source, forge: forgeBy(way.url), authority: '', credentials: undefined };
  await putComment([author], number, { body, onlyEdit: false });
  t.is(way.posts.length, 1);
  const { data } = await owner.api.repos.issueGetComments(owner.name, 'told', number);
  t.deepEqual(
    data.map((each) => each.body),
    [body],
  );
});

test('gitea: the answer to the notes on lines is lost', async (t) => {
  const { owner, number, forgeBy } = await open('noted');
  using way = await losingWay(/\/reviews$/);
  const forge = forgeBy(way.url);
  await forge.note(await forge.pullRequest(number), [noteOn(1), noteOn(2)]);
  t.is(way.posts.length, 1);
  const { repos } = owner.api;
  const { data: reviews } = await repos.repoListPullReviews(owner.name, 'noted', number);
  t.is(reviews.length, 1);
  const id = reviews[0]?.id ?? 0;
  const { data } = await repos.repoGetPullReviewComments(owner.name, 'noted', number, id);
  t.is(data.length, 2);
});
