// Who may tell of a push: each Git server's proof, right, wrong and missing.
import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import test from 'ava';
import { FORGES, normalizeUrl } from '../../functions/forge/webhooks.ts';
import { NOW } from '../helpers/builders.ts';

const SECRET = "It's a Secret to Everybody";
const BODY = Buffer.from('Hello, World!');
// The example that GitHub publishes.
const HEX = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';

const isSigned = (
  forge: string,
  headers: IncomingHttpHeaders,
  more: { body?: Buffer; secret?: string } = {},
) => FORGES[forge]?.isSigned({ headers, body: more.body ?? BODY }, more.secret ?? SECRET, NOW);

const signatures: { forge: string; header: string; prefix: string }[] = [
  { forge: 'github', header: 'x-hub-signature-256', prefix: 'sha256=' },
  { forge: 'gitea', header: 'x-gitea-signature', prefix: '' },
  { forge: 'bitbucket', header: 'x-hub-signature', prefix: 'sha256=' },
  { forge: 'plain', header: 'x-webapp-signature', prefix: 'sha256=' },
];

const wrong: { title: string; value: (prefix: string) => string | undefined }[] = [
  { title: 'absent', value: () => undefined },
  { title: 'empty', value: () => '' },
  { title: 'the prefix alone', value: (prefix) => prefix },
  { title: 'of another secret', value: (prefix) => prefix + hex('other', BODY) },
  { title: 'of no secret', value: (prefix) => prefix + hex('', BODY) },
  { title: 'one digit off', value: (prefix) => `${prefix}${HEX.slice(0, -1)}8` },
  { title: 'too short', value: (prefix) => prefix + HEX.slice(0, -2) },
  { title: 'a digit too short', value: (prefix) => prefix + HEX.slice(0, -1) },
  { title: 'a digit too long', value: (prefix) => `${prefix}${HEX}0` },
  { title: 'after a blank', value: (prefix) => `${prefix} ${HEX}` },
  { title: 'before a line end', value: (prefix) => `${prefix}${HEX}\n` },
  { title: 'given twice', value: (prefix) => `${prefix}${HEX}, ${prefix}${HEX}` },
  { title: 'too long', value: (prefix) => `${prefix}${HEX}00` },
  { title: 'no hex', value: (prefix) => prefix + 'z'.repeat(64) },
  {
    title: 'hex that breaks off',
    value: (prefix) => `${prefix}${HEX.slice(0, 32)}zz${HEX.slice(34)}`,
  },
  {
    title: 'of another hash',
    value: (prefix) => prefix + createHmac('sha1', SECRET).update(BODY).digest('hex'),
  },
  { title: 'followed by what is no hex', value: (prefix) => `${prefix}${HEX}, more` },
  { title: 'with a prefix of its own', value: () => `sha512=${HEX}` },
];

for (const { forge, header, prefix } of signatures) {
  test(`${forge}: the right signature`, (t) => {
    t.true(isSigned(forge, { [header]: prefix + HEX }));
    t.true(isSigned(forge, { [header]: prefix + HEX.toUpperCase() }));
  });

  for (const { title, value } of wrong) {
    test(`${forge}: a signature that is ${title}`, (t) => {
      const text = value(prefix);
      t.false(isSigned(forge, text === undefined ? {} : { [header]: text }));
    });
  }

  test(`${forge}: the signature is over the raw bytes`, (t) => {
    const body = Buffer.from('{"a" : "\u{1F600}é"}');
    t.true(isSigned(forge, { [header]: prefix + hex(SECRET, body) }, { body }));
    const again = Buffer.from(JSON.stringify(JSON.parse(body.toString())));
    t.false(isSigned(forge, { [header]: prefix + hex(SECRET, again) }, { body }));
    const bytes = Buffer.from([0xff, 0xfe, 0x80]);
    t.true(isSigned(forge, { [header]: prefix + hex(SECRET, bytes) }, { body: bytes }));
  });

  test(`${forge}: another forge’s header is no proof`, (t) => {
    for (const other of signatures.filter((one) => one.forge !== forge)) {
      t.false(isSigned(forge, { [other.header]: other.prefix + HEX }));
    }
    t.false(isSigned(forge, { 'x-gitlab-token': SECRET }));
  });
}

const tokens: { title: string; token?: string | string[]; want: boolean }[] = [
  { title: 'right', token: SECRET, want: true },
  { title: 'absent', want: false },
  { title: 'empty', token: '', want: false },
  { title: 'another', token: 'other', want: false },
  { title: 'the start of it', token: SECRET.slice(0, -1), want: false },
  { title: 'more than it', token: `${SECRET}x`, want: false },
  { title: 'in capitals', token: SECRET.toUpperCase(), want: false },
];

for (const { title, token, want } of tokens) {
  test(`gitlab: a token that is ${title}`, (t) => {
    t.is(isSigned('gitlab', token === undefined ? {} : { 'x-gitlab-token': token }), want);
  });
}

const ID = 'msg-1';
const seconds = (skewMs: number) => String(Math.floor((NOW + skewMs) / 1_000));
const sign = (time: string, { id = ID, secret = SECRET, body = BODY } = {}) =>
  `v1,${createHmac('sha256', secret).update(`${id}.${time}.${body}`).digest('base64')}`;

interface Signed {
  readonly title: string;
  readonly time?: string;
  readonly signature?: string;
  readonly id?: string;
  readonly want: boolean;
}

const now = seconds(0);
const signed: Signed[] = [
  { title: 'right', want: true },
  { title: 'four minutes old', time: seconds(-240_000), want: true },
  { title: 'four minutes ahead', time: seconds(240_000), want: true },
  { title: 'six minutes old', time: seconds(-360_000), want: false },
  { title: 'six minutes ahead', time: seconds(360_000), want: false },
  { title: 'without a time', time: '', want: false },
  { title: 'of a time that is none', time: 'NaN', want: false },
  { title: 'of an endless time', time: 'Infinity', want: false },
  { title: 'of another time', signature: sign(seconds(-1_000)), want: false },
  { title: 'of another delivery', signature: sign(now, { id: 'msg-2' }), want: false },
  { title: 'of another body', signature: sign(now, { body: Buffer.from('x') }), want: false },
  { title: 'of another secret', signature: sign(now, { secret: 'x' }), want: false },
  {
    title: 'one of several, while the secret is changed',
    signature: `${sign(now, { secret: 'x' })} ${sign(now)}`,
    want: true,
  },
  { title: 'of another version', signature: sign(now).replace('v1,', 'v2,'), want: false },
  { title: 'without version', signature: sign(now).slice(3), want: false },
  { title: 'empty', signature: '', want: false },
  { title: 'the version alone', signature: 'v1,', want: false },
  { title: 'cut', signature: sign(now).slice(0, 20), want: false },
];

for (const { title, time = now, signature = sign(time), id = ID, want } of signed) {
  test(`gitlab, signed: a signature that is ${title}`, (t) => {
    const headers = { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature };
    t.is(isSigned('gitlab', headers), want);
    // A signature that does not hold is not made good by a token.
    if (!want) t.false(isSigned('gitlab', { ...headers, 'x-gitlab-token': SECRET }));
  });
}

const urls: { title: string; forms: string[] }[] = [
  {
    title: 'ways of writing one address',
    forms: [
      'https://git.example.org/team/apps',
      'https://git.example.org/team/apps.git',
      'https://git.example.org/team/apps/',
      'https://git.example.org/team/apps.git/',
      'https://git.example.org/team/apps//',
      'https://GIT.example.org/team/apps',
      'https://git.example.org:443/team/apps',
      'http://git.example.org/team/apps',
      'https://user:pass@git.example.org/team/apps.git',
      'https://git.example.org/team/x/../apps',
      'https://git.example.org/team/apps?a=b#c',
    ],
  },
  { title: 'another owner', forms: ['https://git.example.org/tea/apps'] },
  { title: 'another host', forms: ['https://git.example.com/team/apps'] },
  { title: 'another port', forms: ['https://git.example.org:8443/team/apps'] },
  {
    title: 'a longer name',
    forms: ['https://git.example.org/team/apps-evil', 'https://git.example.org/team/apps-evil.git'],
  },
  { title: 'more below', forms: ['https://git.example.org/team/apps/more'] },
  { title: 'a name with a dot for a sign', forms: ['https://gitxexample.org/team/apps'] },
  { title: 'other letters that look alike', forms: ['https://git.ex\u0430mple.org/team/apps'] },
  { title: 'capitals in the path', forms: ['https://git.example.org/Team/Apps'] },
];

test('normalizeUrl: one form for all ways of writing an address, and for no other', (t) => {
  const forms = urls.map(({ title, forms }) => {
    const found = new Set(forms.map(normalizeUrl));
    t.is(found.size, 1, title);
    return [...found][0];
  });
  t.is(new Set(forms).size, urls.length);
  t.is(forms[0], 'git.example.org/team/apps');
});

for (const text of [
  '',
  'apps',
  'git@git.example.org:team/apps.git',
  '/team/apps',
  'https://',
  'https://[x/',
]) {
  test(`normalizeUrl: ${JSON.stringify(text)} is no address`, (t) => {
    t.is(normalizeUrl(text), undefined);
  });
}

function hex(secret: string, body: Buffer): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}
