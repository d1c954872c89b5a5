import test from 'ava';
import { TextRoom } from '../../gitops/sync/text-room.ts';

const MiB = 2 ** 20;

test('where all hold too much, the small go on and the others are to try again', (t) => {
  const room = new TextRoom();
  const large = room.enter();
  large.add(24 * MiB);
  const other = room.enter();
  other.add(14 * MiB);
  const small = room.enter();
  t.notThrows(() => small.add(4 * MiB));
  t.throws(() => other.add(1), { name: 'RetryableError', message: /read again/ });
  other[Symbol.dispose]();
  t.notThrows(() => large.add(1));
});

test('what was read before a sync began anew is not counted', (t) => {
  const room = new TextRoom();
  const sync = room.enter();
  for (let attempt = 0; attempt < 5; attempt++) {
    sync.begin();
    t.notThrows(() => sync.add(32 * MiB));
  }
});
