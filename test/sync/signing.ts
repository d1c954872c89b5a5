// Sources that ask for signatures.
import test from 'ava';
import { makeSshKey, signAs, signNoMore } from '../helpers/signing.ts';
import { app, type Grounds, ready, stage } from './stage.ts';

export function signing(the: () => Grounds): void {
  test('a commit that nobody listed has signed is not applied, and says so', async (t) => {
    await using key = await makeSshKey('ana');
    const verify = { sshKeys: [key.line] };
    const it = await stage(the(), { 'a.yaml': app('a') }, { verify });
    t.is((await it.sync()).kind, 'stalled');
    const source = await it.source();
    t.is(ready(source), 'False SourceNotVerified');
    t.is(source.status.conditions?.[0]?.message, `commit ${it.repo.first}: it is not signed`);
    t.is(await it.webapp('a'), undefined);

    await signAs(it.repo.clone, key);
    await it.repo.clone.push({ 'a.yaml': app('a', 'a:2') });
    t.is((await it.sync('changed')).kind, 'synced');
    t.deepEqual(await it.images(), { a: 'a:2' });

    await signNoMore(it.repo.clone);
    await it.repo.clone.push({ 'a.yaml': null, 'b.yaml': app('b') });
    t.is((await it.sync('changed')).kind, 'stalled');
    t.deepEqual(await it.images(), { a: 'a:2' }, 'nothing is pruned either');
  });

  test('a key that is none is named', async (t) => {
    await using key = await makeSshKey('ana');
    const it = await stage(the(), { 'a.yaml': app('a') });
    await it.edit({ spec: { verify: { sshKeys: [key.line, 'ssh-ed25519 nonsense'] } } });
    await signAs(it.repo.clone, key);
    await it.repo.clone.push({ 'a.yaml': app('a', 'a:2') });
    t.is((await it.sync('changed')).kind, 'stalled');
    const source = await it.source();
    t.is(ready(source), 'False InvalidSource');
    t.regex(
      source.status.conditions?.[0]?.message ?? '',
      /^spec\.verify\.sshKeys\[1\] is no public/,
    );
  });
}
