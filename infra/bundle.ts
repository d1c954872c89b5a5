// The bundles that the image and the Lambda are made of: each one file of plain JavaScript for the Node that package.json
// pins, with nothing left to install. Hundreds of small modules cost more to find and open than to run.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '..');

/** The bundles by name: the command line with every part of the product, the functions alone, the handlers of the Lambda. */
export const BUNDLES = {
  webapp: 'functions/cli.ts',
  container: 'functions/container.ts',
  lambda: 'functions/lambda.ts',
} as const;

/** The line of releases is what counts: Lambda and the base image each choose a version of it. */
const NEEDED = Number.parseInt(manifest.dependencies.node, 10);

/**
 * The oldest Node that may start npm's scripts. It parses the whole of a bundle before it runs the first line, which says
 * what is needed: so no syntax is newer than it.
 */
const OLDEST = `node${/\d+/.exec(manifest.engines.node)}`;

/** Ends the process in the way of functions/main.ts. */
const CHECK = `if (parseInt(process.versions.node, 10) < ${NEEDED}) {
  process.stderr.write(
    '✗ ' + require('node:path').basename(__filename) + ' needs Node ${NEEDED} or newer; this is Node ' +
    process.versions.node + ', ' + process.execPath + '\\n');
  process.exit(3);
}`;

/** A bundle of CommonJS has no import.meta; openpgp asks it where it is, to load Node's own modules. */
const MODULE_URL = "const moduleUrl = require('node:url').pathToFileURL(__filename).href;";

const OPTIONS: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: OLDEST,
  // A tenth faster to start than ES modules.
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta.url': 'moduleUrl' },
  banner: { js: `${CHECK}\n${MODULE_URL}` },
  // Names stay, as stack traces tell them; the text of comments goes.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
  // Beside the bundle, without the sources' text: it gives files and lines to NODE_OPTIONS=--enable-source-maps.
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
};

/** Writes the bundles, their source maps and the licences of what is in them into the folder, after emptying it. */
export async function writeBundles(
  folder: string,
  entryPoints: Readonly<Record<string, string>> = BUNDLES,
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await build({ ...OPTIONS, entryPoints: { ...entryPoints }, outdir: folder });
}
