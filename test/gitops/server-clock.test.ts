import test from 'ava';
import { ServerClock } from '../../gitops/io/server-clock.ts';

const HERE = Date.UTC(2026, 0, 2);
const at = (ms: number) => new Date(ms).toUTCString();

test('clock: it is our own until the API server has answered', (t) => {
  t.is(new ServerClock(() => HERE).now(), HERE);
});

test('clock: an API server ten minutes away is followed, either way, and again when it is right', (t) => {
  const clock = new ServerClock(() => HERE);
  for (const away of [600_000, -600_000, 2_000, 0]) {
    clock.hear(at(HERE + away));
    t.is(clock.now(), HERE + away);
  }
});

test('clock: less than two seconds are none: the header has whole seconds', (t) => {
  const clock = new ServerClock(() => HERE + 900);
  clock.hear(at(HERE));
  t.is(clock.now(), HERE + 900);
});

test('clock: a difference that is known stays until it is clearly another', (t) => {
  const clock = new ServerClock(() => HERE);
  for (const away of [600_000, 601_000, 599_000]) clock.hear(at(HERE + away));
  t.is(clock.now(), HERE + 600_000);
});

test('clock: what is no date changes nothing', (t) => {
  const clock = new ServerClock(() => HERE);
  clock.hear(at(HERE + 600_000));
  for (const date of [undefined, '', 'tomorrow', ['x', 'y']]) clock.hear(date);
  t.is(clock.now(), HERE + 600_000);
});
