import test from 'ava';
import { onDeadLetter } from '../../functions/on-dead-letter.ts';
import type { Log } from '../../gitops/log.ts';

test('a dead letter of anybody is a line of bounded length', (t) => {
  const lines: string[] = [];
  const log = { warn: (fields: object) => lines.push(JSON.stringify(fields)) } as unknown as Log;
  const metrics = { deadLetters: { received: () => undefined } };
  const headers = { 'ce-specversion': '1.0', 'ce-type': 'x'.repeat(3_000_000) };
  onDeadLetter({ ...headers, 'ce-knativeerrorcode': '😀'.repeat(50) }, Buffer.from(''), {
    log,
    metrics: metrics as never,
  });
  t.is(lines.length, 1);
  t.regex(lines[0] ?? '', /events of type x+/);
  t.true((lines[0] ?? '').length < 300, lines[0]);
});
