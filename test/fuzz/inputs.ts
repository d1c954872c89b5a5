// Bytes that nobody has vouched for, made from a seed: texts that were good once, broken in many ways.
import type { Random } from '../helpers/random.ts';

const SCALARS: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    '',
    'x',
    'main',
    'refs/heads/main',
    'opened',
    'example.com/v1',
    'WebApp',
  ],
  ...[
    'https://git.example/a.git',
    '__proto__',
    'constructor',
    '\u0000',
    '\ud800',
    '\r\nX: y',
    '../..',
    '{{}}',
    '💥',
  ],
];
const KEYS = [
  ...[
    'ref',
    'url',
    'repository',
    'project',
    'clone_url',
    'git_http_url',
    'push',
    'changes',
    'new',
    'type',
    'name',
  ],
  ...[
    'action',
    'number',
    'iid',
    'object_attributes',
    'links',
    'html',
    'href',
    'issue',
    'comment',
    'body',
    'check_run',
  ],
  ...[
    'pull_requests',
    'specversion',
    'data',
    'metadata',
    'namespace',
    'kind',
    'apiVersion',
    'spec',
    'labels',
    'id',
  ],
  ...[
    'uid',
    'generation',
    'failures',
    'nextAttemptAt',
    '__proto__',
    'constructor',
    'toString',
    'length',
    '',
  ],
];

/** Returns a JSON value of at most so many levels. */
export function anyValue(random: Random, depth = 4): unknown {
  if (depth === 0 || random.once(3)) return random.pick(SCALARS);
  const size = random.below(5);
  if (random.once(3)) return Array.from({ length: size }, () => anyValue(random, depth - 1));
  const entries = Array.from({ length: size }, () => [
    random.pick(KEYS),
    anyValue(random, depth - 1),
  ]);
  return Object.fromEntries(entries);
}

const PIECES = [
  '{',
  '}',
  '[',
  ']',
  '&a ',
  '*a',
  '<<: ',
  '!!binary ',
  '!!x ',
  '---\n',
  '...\n',
  ': ',
  '- ',
  '| \n',
  '"',
  "'",
  '\n',
  '\t',
  '#',
  '? ',
  '%YAML 1.1\n',
  '\ufeff',
  '\u0000',
  '\ud800',
  '0x',
  '1e999',
  '__proto__: ',
  'constructor: ',
];

/** Returns a text with some places cut out, doubled or replaced. */
export function broken(random: Random, text: string): string {
  let result = text;
  for (let times = 1 + random.below(6); times > 0; times--) {
    const at = random.below(result.length + 1);
    const until = Math.min(result.length, at + random.below(20));
    const middle = random.pick([
      () => '',
      () => random.pick(PIECES),
      () => random.pick(PIECES).repeat(1 + random.below(200)),
      () => result.slice(at, until).repeat(2),
      () => JSON.stringify(anyValue(random)),
    ])();
    result = result.slice(0, at) + middle + result.slice(until);
  }
  return result;
}

/** Returns a body: JSON of any shape, JSON with a hole in it, or any bytes. */
export function anyBody(random: Random, good: object): Buffer {
  if (random.once(10))
    return Buffer.from(Array.from({ length: random.below(200) }, () => random.below(256)));
  if (random.once(2)) return Buffer.from(broken(random, JSON.stringify(good)));
  return Buffer.from(JSON.stringify(random.once(2) ? grafted(random, good) : anyValue(random)));
}

/** Returns the value with other values in some of its places. */
function grafted(random: Random, value: unknown): unknown {
  if (random.once(6)) return anyValue(random, 2);
  if (Array.isArray(value)) return value.map((item) => grafted(random, item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, grafted(random, item)]),
  );
}
