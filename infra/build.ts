// `npm run build`: the bundles, in dist/.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeBundles } from './bundle.ts';
import { scriptCommand } from './script-command.ts';

scriptCommand(
  'npm run build',
  'Writes the bundles, with source maps and licences, into dist/.',
).parse();
const folder = join(import.meta.dirname, '..', 'dist');
await writeBundles(folder);
for (const name of await readdir(folder)) {
  const { size } = await stat(join(folder, name));
  console.log(`  dist/${name.padEnd(24)} ${(size / 2 ** 20).toFixed(2)} MiB`);
}
