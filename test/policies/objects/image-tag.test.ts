import test from 'ava';
import { isLatest } from '../../../policies/objects/image-tag.ts';

const HEX = '0123456789abcdef'.repeat(4);

const LATEST = [
  'nginx',
  'nginx:latest',
  'a/b',
  'a.b/c',
  'docker.io/nginx',
  'localhost/x',
  'localhost:5000/a/b:latest',
  '[::1]:80/x',
  'a__b/c---d:latest',
  'X/y:latest',
  `nginx:latest@sha256:${HEX}`,
];
const NOT_LATEST = [
  '',
  'nginx:1.27',
  'nginx:Latest',
  `nginx@sha256:${HEX}`,
  `nginx:1@sha256:${HEX}`,
  `nginx:latest@md5:${HEX}`,
  `nginx:latest@sha256:${HEX.toUpperCase()}`,
  'Nginx',
  'a..b',
  '/x',
  'x/',
  'x:',
  'x:lat est',
  HEX,
  `a.b/${'c'.repeat(256)}`,
];

for (const image of LATEST) test(`${image} is latest`, (t) => t.true(isLatest(image)));
for (const image of NOT_LATEST)
  test(`${JSON.stringify(image)} is not latest`, (t) => t.false(isLatest(image)));
