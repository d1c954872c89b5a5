// The service of serverless.yml in a folder of its own, with the tool that packages it and plays API Gateway.
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { writeBundles } from '../../infra/bundle.ts';
import { startOsls } from '../../infra/lambda/osls.ts';
import { OSLS } from '../../infra/lambda/tools.ts';
import { findNpmTool } from '../../infra/npm-tool.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** A folder with serverless.yml, the bundles, and the tool where its plugin is looked for. */
export interface Service extends AsyncDisposable {
  readonly folder: string;
}

/** What the tests play API Gateway with; the schedule is theirs to call. */
const OFFLINE = `
plugins: [serverless-offline]
custom:
  serverless-offline:
    host: 127.0.0.1
    noPrependStageInUrl: true
    disableScheduledEvents: true
`;

/** Makes the folder. `queueUrl` stands for what CloudFormation would put in place of the queue's name. */
export async function openService(queueUrl: string): Promise<Service> {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-service-'));
  const tool = await findNpmTool(OSLS);
  const definition = await readFile(join(ROOT, 'serverless.yml'), 'utf8');
  const there = definition.replace('{Ref: VisitQueue}', queueUrl);
  await writeFile(join(folder, 'serverless.yml'), there + OFFLINE);
  await mkdir(join(folder, 'infra'));
  await cp(join(ROOT, 'infra', 'lambda'), join(folder, 'infra', 'lambda'), { recursive: true });
  await symlink(join(tool, 'node_modules'), join(folder, 'node_modules'));
  await writeBundles(join(folder, 'dist'));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** The part of a CloudFormation template that the tests read. */
export interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>
  >;
}

/** Has the service packaged; returns its template and the path of the zip file. Needs no account. */
export async function packageService(
  { folder }: Service,
  env: Readonly<Record<string, string>> = {},
): Promise<{ template: Template; zip: string }> {
  const child = await startOsls(['package', '--package', 'package'], {
    ...{ cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  const said = [child.stdout, child.stderr].map((stream) => text(stream as Readable));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`osls package failed: ${(await Promise.all(said)).join('\n')}`);
  const file = join(folder, 'package', 'cloudformation-template-update-stack.json');
  const template = JSON.parse(await readFile(file, 'utf8')) as Template;
  return { template, zip: join(folder, 'package', 'webapp-operator.zip') };
}
