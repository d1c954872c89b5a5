import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { eventually } from '../cluster/eventually.ts';
import { INSPECTED, memoryOf } from './inspector.ts';
import { KeptProcess } from './kept-process.ts';

const MIB = 2 ** 20;
const MADE = 'the script has run';
const KEPT = 'globalThis.kept = Buffer.alloc(64 * 2 ** 20);';
const DROPPED = 'Buffer.alloc(64 * 2 ** 20);';

async function liveAfter(script: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-inspector-'));
  const logFile = join(folder, 'log');
  const args = ['-e', `${script} console.error('${MADE}'); setInterval(() => {}, 1_000);`];
  const process = new KeptProcess({ args, env: { NODE_OPTIONS: INSPECTED }, logFile });
  process.run();
  try {
    const said = () => readFile(logFile, 'utf8').catch(() => '');
    await eventually('its memory is taken', async () => (await said()).includes(MADE));
    return (await memoryOf(logFile)).live / MIB;
  } finally {
    await process.hold();
    await rm(folder, { recursive: true });
  }
}

test('memory: what is referred to counts, what is not is collected first', async (t) => {
  const kept = await liveAfter(KEPT);
  const dropped = await liveAfter(DROPPED);
  t.true(kept >= 64, `${kept} MiB`);
  t.true(dropped < 32, `${dropped} MiB`);
});
