// Which commit a status names.
import test from 'ava';
import { commitOf, revisionOf } from '../../gitops/sync/source-status.ts';

const HASH = '0123456789abcdef0123456789abcdef01234567';
const NEW = `main@sha1:${HASH}`;

const commits: [
  title: string,
  branch: string,
  revision: string | undefined,
  want: string | undefined,
][] = [
  ['of the branch', 'main', NEW, HASH],
  ['of a branch with signs', 'feature/a@b', `feature/a@b@sha1:${HASH}`, HASH],
  ['of another branch', 'release', NEW, undefined],
  ['of a branch of which this is the end', 'ain', NEW, undefined],
  ['none', 'main', undefined, undefined],
  ['empty', 'main', '', undefined],
  ['shortened', 'main', 'main@sha1:0123456', undefined],
  ['in capitals', 'main', NEW.toUpperCase(), undefined],
  ['with more behind it', 'main', `${NEW}\n`, undefined],
  ['an option of git', 'main', 'main@sha1:--upload-pack=x', undefined],
];

for (const [title, branch, revision, want] of commits) {
  test(`commitOf: a revision ${title}`, (t) => {
    t.is(commitOf(branch, revision), want);
  });
}

test('commitOf undoes revisionOf', (t) => {
  t.is(revisionOf('main', HASH), NEW);
  t.is(commitOf('x/y', revisionOf('x/y', HASH)), HASH);
});
