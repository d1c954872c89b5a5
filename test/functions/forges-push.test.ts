// What a webhook's body says of a push, also when it was made by an enemy who knows the secret.
import type { IncomingHttpHeaders } from 'node:http';
import test from 'ava';
import { FORGES, type Json, type Push } from '../../functions/forge/webhooks.ts';

const URL = 'https://git.example.org/team/apps.git';
const REF = 'refs/heads/main';

interface Speech {
  readonly forge: string;
  readonly headers: IncomingHttpHeaders;
  readonly other: IncomingHttpHeaders;
  readonly body: (ref: unknown, url: unknown) => object;
}

const speeches: Speech[] = [
  {
    forge: 'github',
    headers: { 'x-github-event': 'push' },
    other: { 'x-github-event': 'ping' },
    body: (ref, clone_url) => ({ ref, repository: { clone_url } }),
  },
  {
    forge: 'gitea',
    headers: { 'x-gitea-event': 'push' },
    other: { 'x-gitea-event': 'issues' },
    body: (ref, clone_url) => ({ ref, repository: { clone_url } }),
  },
  {
    forge: 'gitlab',
    headers: { 'x-gitlab-event': 'Push Hook' },
    other: { 'x-gitlab-event': 'Tag Push Hook' },
    body: (ref, git_http_url) => ({ ref, project: { git_http_url } }),
  },
  { forge: 'plain', headers: {}, other: {}, body: (ref, url) => ({ ref, url }) },
];

const refs: { title: string; ref: unknown; want: string[] }[] = [
  { title: 'a branch', ref: REF, want: ['main'] },
  { title: 'a branch with slashes', ref: 'refs/heads/feature/a', want: ['feature/a'] },
  { title: 'a tag', ref: 'refs/tags/v1', want: [] },
  { title: 'no ref', ref: undefined, want: [] },
  { title: 'an empty branch', ref: 'refs/heads/', want: [] },
  { title: 'a name that is no ref', ref: 'main', want: [] },
  { title: 'null', ref: null, want: [] },
  { title: 'a number', ref: 5, want: [] },
  { title: 'a list', ref: [REF], want: [] },
  { title: 'a map that plays a text', ref: { startsWith: 'x', slice: 'y' }, want: [] },
];

const hostile: unknown[] = [undefined, null, 5, true, [], [URL], {}, { href: URL }];

for (const { forge, headers, other, body } of speeches) {
  for (const { title, ref, want } of refs) {
    test(`${forge}, push: ${title}`, (t) => {
      t.deepEqual(pushIn(forge, headers, body(ref, URL)), { branches: want, urls: [URL] });
    });
  }

  test(`${forge}, push: an address of another type is none`, (t) => {
    for (const url of hostile) t.deepEqual(pushIn(forge, headers, body(REF, url))?.urls, []);
  });

  if (other !== headers && Object.keys(other).length > 0) {
    test(`${forge}: events of another kind are no push`, (t) => {
      t.is(pushIn(forge, other, body(REF, URL)), undefined);
      t.is(pushIn(forge, {}, body(REF, URL)), undefined);
      const twice = Object.fromEntries(
        Object.entries(headers).map(([key, value]) => [key, [value, value]]),
      );
      t.is(pushIn(forge, twice as IncomingHttpHeaders, body(REF, URL)), undefined);
    });
  }
}

const EVENT = { 'x-event-key': 'repo:push' };
const repository = { links: { html: { href: 'https://bitbucket.org/team/apps' } } };
const change = (name: unknown) => ({ new: { name, type: 'branch' } });
const bitbucket: { title: string; body: unknown; want: Push }[] = [
  {
    title: 'a branch',
    body: { push: { changes: [change('main')] }, repository },
    want: { branches: ['main'], urls: ['https://bitbucket.org/team/apps'] },
  },
  {
    title: 'two branches',
    body: { push: { changes: [change('main'), change('dev')] }, repository },
    want: { branches: ['main', 'dev'], urls: ['https://bitbucket.org/team/apps'] },
  },
  {
    title: 'a branch that was deleted',
    body: { push: { changes: [{ new: null }] } },
    want: { branches: [], urls: [] },
  },
  {
    title: 'a tag is no branch',
    body: { push: { changes: [{ new: { name: 'main', type: 'tag' } }] } },
    want: { branches: [], urls: [] },
  },
  {
    title: 'only what calls itself a branch is one',
    body: {
      push: {
        changes: [
          ...['annotated_tag', 'named_branch', 'bookmark', 'Branch', '', null, ['branch']].map(
            (type) => ({ new: { name: 'main', type } }),
          ),
          { new: { name: 'main' } },
          change('dev'),
        ],
      },
    },
    want: { branches: ['dev'], urls: [] },
  },
  {
    title: 'names of other types',
    body: { push: { changes: [change(5), change(null), change(['main']), change({})] } },
    want: { branches: [], urls: [] },
  },
  {
    title: 'changes of other types',
    body: { push: { changes: [null, 5, 'x', [], {}] } },
    want: { branches: [], urls: [] },
  },
  {
    title: 'changes that are no list',
    body: { push: { changes: { 0: change('main'), length: 1 } } },
    want: { branches: [], urls: [] },
  },
  {
    title: 'an address of another type',
    body: { push: { changes: [] }, repository: { links: { html: { href: 5 } } } },
    want: { branches: [], urls: [] },
  },
];

for (const { title, body, want } of bitbucket) {
  test(`bitbucket, push: ${title}`, (t) => {
    t.deepEqual(pushIn('bitbucket', EVENT, body), want);
  });
}

test('bitbucket: events of another kind are no push', (t) => {
  t.is(pushIn('bitbucket', { 'x-event-key': 'repo:fork' }, { push: { changes: [] } }), undefined);
});

const events: Record<string, IncomingHttpHeaders> = {
  ...Object.fromEntries(speeches.map(({ forge, headers }) => [forge, headers])),
  bitbucket: EVENT,
};
const shapes: { title: string; body: (inner: unknown) => unknown }[] = [
  { title: 'an empty map', body: () => ({}) },
  { title: 'a list', body: () => [] },
  {
    title: 'odd values everywhere',
    body: (inner) => ({ ref: inner, repository: inner, project: inner, push: inner, url: inner }),
  },
  {
    title: 'odd values one below',
    body: (inner) => ({
      repository: { clone_url: inner, links: inner },
      project: { git_http_url: inner },
      push: { changes: inner },
    }),
  },
  {
    title: 'odd values two below',
    body: (inner) => ({
      repository: { links: { html: inner } },
      push: { changes: [inner, { new: inner }] },
    }),
  },
];

for (const [forge, headers] of Object.entries(events)) {
  for (const { title, body } of shapes) {
    test(`${forge}, hostile: ${title}`, (t) => {
      for (const inner of [...hostile, 'text', '__proto__', { ['__proto__']: null }]) {
        const push = pushIn(forge, headers, JSON.parse(JSON.stringify(body(inner))));
        t.deepEqual(push?.branches, []);
        t.true(push?.urls.every((url) => typeof url === 'string'));
      }
    });
  }
}

test('forges: each has a header that tells deliveries apart', (t) => {
  const headers = Object.values(FORGES).map(({ deliveryHeader }) => deliveryHeader);
  t.is(new Set(headers).size, headers.length);
  for (const header of headers) t.is(header, header.toLowerCase());
  t.deepEqual(Object.keys(FORGES), ['github', 'gitea', 'gitlab', 'bitbucket', 'plain']);
});

function pushIn(forge: string, headers: IncomingHttpHeaders, body: unknown): Push | undefined {
  return FORGES[forge]?.pushIn(headers, body as Json);
}
