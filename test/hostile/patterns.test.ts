// What somebody wrote in Git, a webhook or an event goes through patterns. One that takes more than linear time for some
// text stops a whole process with a file of a few kilobytes, and so does every retry.
import { readdir, readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { type Literal, parse } from 'acorn';
import { simple } from 'acorn-walk';
import test from 'ava';
import { check } from 'recheck';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDERS = ['functions', 'gitops', 'policies'];

interface Pattern {
  readonly where: string;
  readonly source: string;
  readonly flags: string;
}

/** Returns the patterns that stand in a file. */
async function patternsIn(path: string): Promise<Pattern[]> {
  const code = stripTypeScriptTypes(await readFile(join(ROOT, path), 'utf8'));
  const found: Pattern[] = [];
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
  simple(program, {
    Literal({ regex, loc }: Literal) {
      if (!regex) return;
      found.push({
        where: `${path}:${loc?.start.line}`,
        source: regex.pattern,
        flags: regex.flags,
      });
    },
  });
  return found;
}

for (const folder of FOLDERS)
  test(`no pattern in ${folder} takes more than linear time, whatever it reads`, async (t) => {
    const names = await readdir(join(ROOT, folder), { recursive: true });
    const files = names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
    const patterns = (await Promise.all(files.map(patternsIn))).flat();
    t.true(patterns.length > 20);
    for (const { where, source, flags } of patterns) {
      // One that the checker cannot read is unknown, and judged by people.
      const found = await check(source, flags, { timeout: 20_000 });
      if (found.status === 'vulnerable')
        t.fail(`${where}: ${found.complexity.summary} for ${found.attack.pattern}`);
    }
  });
