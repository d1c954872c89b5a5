// The room that all fetches share: who has to go where it does not suffice.
import test from 'ava';
import { type Held, Room } from '../../gitops/io/git-room.ts';

function reading(
  room: Room,
  { name, bytes, goes }: { name: string; bytes: number; goes: string[] },
): Held {
  const held = room.enter();
  held.begin((error) => goes.push(`${name} ${error.reason}`));
  held.add(bytes);
  return held;
}

test('the one that holds most goes, whoever comes last', (t) => {
  const room = new Room(100);
  const goes: string[] = [];
  reading(room, { name: 'large', bytes: 70, goes });
  reading(room, { name: 'small', bytes: 20, goes });
  t.deepEqual(goes, []);
  reading(room, { name: 'last', bytes: 20, goes });
  t.deepEqual(goes, ['large GitBusy']);
  // It gave back what it had.
  reading(room, { name: 'next', bytes: 60, goes });
  t.deepEqual(goes, ['large GitBusy']);
});

test('one that is at work on what it read stays, and so does what it holds until it is over', (t) => {
  const room = new Room(100);
  const goes: string[] = [];
  const large = reading(room, { name: 'large', bytes: 90, goes });
  large.keep();
  reading(room, { name: 'small', bytes: 20, goes });
  t.deepEqual(goes, ['small GitBusy']);
  large[Symbol.dispose]();
  reading(room, { name: 'next', bytes: 20, goes });
  t.is(goes.length, 1);
});

test('one that holds little goes on whatever others hold', (t) => {
  const room = new Room(100);
  const goes: string[] = [];
  reading(room, { name: 'large', bytes: 100, goes }).keep();
  const little = reading(room, { name: 'little', bytes: 4, goes });
  little.keep();
  t.notThrows(() => little.grow(2));
  t.deepEqual(goes, []);
});

test('what is made of an answer counts, and ends the fetch that makes it where the others cannot end', (t) => {
  const room = new Room(100);
  const goes: string[] = [];
  reading(room, { name: 'other', bytes: 20, goes }).keep();
  const held = reading(room, { name: 'packed', bytes: 10, goes });
  held.keep();
  t.throws(() => held.grow(80), { name: 'RetryableError', message: /asked again/ });
  t.deepEqual(goes, []);
});

test('what was made of earlier answers counts beside the one that comes, and goes with it', (t) => {
  const room = new Room(100);
  const goes: string[] = [];
  const held = reading(room, { name: 'second answer', bytes: 10, goes });
  held.grow(60);
  held.begin(() => goes.push('second answer'));
  held.add(10);
  reading(room, { name: 'other', bytes: 40, goes });
  t.deepEqual(goes, ['second answer']);
});

test('whoever is as good as alone has all the room its own limits let it have, answer by answer', (t) => {
  const room = new Room(100);
  const goes: string[] = [];
  reading(room, { name: 'little', bytes: 5, goes });
  const held = reading(room, { name: 'only', bytes: 60, goes });
  held.keep();
  t.notThrows(() => held.grow(80));
  held.begin(() => goes.push('only'));
  held.add(60);
  t.deepEqual(goes, []);
});
