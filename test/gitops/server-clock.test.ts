import test from 'ava';
import { ServerClock } from '../../gitops/io/server-clock.ts';

const HERE = Date.UTC(2026, 0, 2);

/** A clock of ours, and an API server that writes whole seconds; both clocks go on as the test says. */
function stage(apart: number) {
  let [local, awayMs] = [HERE, apart];
  const clock = new ServerClock(() => local);
  return {
    clock,
    heard: (date: unknown) => clock.hear(date, local),
    setOurs(ms: number) {
      local += ms;
      awayMs -= ms;
    },
    wrong: () => Math.abs(clock.now() - (local + awayMs)),
    /** An answer that is so long on its way, half of it before the server looks at its clock. */
    answer(tripMs: number, afterMs = 0) {
      local += afterMs;
      const sentAt = local;
      local += tripMs / 2;
      const date = new Date(local + awayMs).toUTCString();
      local += tripMs / 2;
      clock.hear(date, sentAt);
    },
  };
}

test('clock: it is our own until the API server has answered', (t) => {
  t.is(new ServerClock(() => HERE).now(), HERE);
});

for (const away of [600_000, -600_000, 1_700, -1_700, 600_999, -999]) {
  test(`clock: an API server ${away} ms away is followed within the precision of its header`, (t) => {
    const { answer, wrong } = stage(away);
    answer(20, 333);
    t.true(wrong() <= 1_010, `${wrong()} ms`);
    for (let heard = 0; heard < 40; heard++) answer(20, 333);
    t.true(wrong() <= 100, `${wrong()} ms`);
  });
}

test('clock: one that may be right is left as it is', (t) => {
  const { answer, wrong } = stage(0);
  for (let heard = 0; heard < 40; heard++) {
    answer(20, 333);
    t.is(wrong(), 0);
  }
});

test('clock: an answer that takes long says less, and takes nothing away from what is known', (t) => {
  const { answer, wrong } = stage(-600_000);
  for (let heard = 0; heard < 40; heard++) answer(20, 333);
  const known = wrong();
  answer(8_000);
  t.is(wrong(), known);
});

test('clock: one that drifts, or several API servers that differ a little, move it no further than they have to', (t) => {
  const { answer, setOurs, wrong } = stage(0);
  for (let heard = 0; heard < 40; heard++) answer(20, 333);
  for (let heard = 0; heard < 400; heard++) {
    setOurs(1);
    answer(20, 333);
    t.true(wrong() <= 100, `${wrong()} ms`);
  }
});

test('clock: one of ours that is set anew is brought back to the API server', (t) => {
  const { answer, setOurs, wrong } = stage(0);
  answer(20, 333);
  for (const ms of [600_000, -600_000, 3_000]) {
    setOurs(ms);
    answer(20);
    t.true(wrong() <= 510, `${wrong()} ms`);
  }
});

test('clock: what is no date changes nothing', (t) => {
  const { clock, heard } = stage(0);
  heard(new Date(HERE + 600_000).toUTCString());
  const known = clock.now();
  for (const date of [undefined, '', 'tomorrow', ['x', 'y']]) heard(date);
  t.is(clock.now(), known);
});
