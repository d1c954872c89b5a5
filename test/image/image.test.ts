// The image, as far as it can be had without an engine: what its Dockerfile says, and its file tree, put together as it
// says, in which the entry runs as the unprivileged user and sees nothing else of this machine.
import { execFile } from 'node:child_process';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { validate } from 'dockerfile-utils';
import { DEPLOYMENT } from '../../gitops/kinds.ts';
import { testCluster } from '../helpers/control-plane.ts';
import { eventAbout, overHttp, TOKEN } from '../helpers/functions-entries.ts';
import { startChild } from '../lambda/child.ts';
import { worldOf } from '../lambda/world.ts';
import {
  copiesOf,
  makeCopies,
  ROOT,
  readDockerfile,
  type Stage,
  stagesOf,
  valuesOf,
} from './dockerfile.ts';

const run = promisify(execFile);
const NONROOT = 65_532;

let text: string;
let build: Stage;
let image: Stage;

test.before(async () => {
  text = await readDockerfile();
  [build, image] = stagesOf(text) as [Stage, Stage];
});

test('the linter finds nothing in the Dockerfile', (t) => {
  t.deepEqual(validate(text), []);
  t.not(validate(text.replace('USER', 'USRE')).length, 0, 'it finds what is wrong');
});

test('there are two stages, the second without a shell and for an unprivileged user', (t) => {
  t.is(stagesOf(text).length, 2);
  t.is(image.base, 'gcr.io/distroless/nodejs24-debian13:nonroot');
  t.deepEqual(valuesOf(image, 'USER'), [`${NONROOT}:${NONROOT}`]);
  t.deepEqual(valuesOf(image, 'RUN'), []);
  t.deepEqual(valuesOf(image, 'ENTRYPOINT'), ['["/nodejs/bin/node", "/app/webapp.cjs"]']);
  t.deepEqual(valuesOf(image, 'CMD'), ['["functions"]']);
});

test('the image says what it is', (t) => {
  const [labels = ''] = valuesOf(image, 'LABEL');
  for (const name of ['title', 'description', 'licenses', 'version', 'revision', 'base.name'])
    t.true(labels.includes(`org.opencontainers.image.${name}=`), name);
  t.true(labels.includes(`base.name="${image.base}"`));
});

test('what the Dockerfile copies from the project is sent to the builder, and nothing else', async (t) => {
  const ignore = await readFile(join(ROOT, '.dockerignore'), 'utf8');
  const sent = ignore.split('\n').filter((line) => line.startsWith('!'));
  const copied = [build, image]
    .flatMap(copiesOf)
    .flatMap(({ from, sources }) => (from ? [] : sources));
  t.deepEqual(sent.map((line) => line.slice(1)).sort(), [...new Set(copied)].sort());
});

test('no file of the image can be written by whoever runs it', (t) => {
  const copies = image.instructions.filter((one) => one.getKeyword() === 'COPY');
  for (const copy of copies) t.regex(copy.getTextContent(), /--chown=0:0 --chmod=444\s/);
});

/** Builds the tree of the image as the Dockerfile says; the base is Node and the libraries that it is linked with. */
async function buildTree(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-image-'));
  const [source, tree] = [join(folder, 'build'), join(folder, 'tree')];
  await makeCopies(build, source);
  await symlink(join(ROOT, 'node_modules'), join(source, 'src', 'node_modules'));
  const [command = ''] = valuesOf(build, 'RUN').slice(-1);
  const [program = '', ...args] = command.split(' ');
  await run(program, args, { cwd: join(source, 'src') });
  await makeCopies(image, tree, { build: source });
  await addNode(tree);
  await chmod(folder, 0o755);
  await run('chmod', ['-R', 'a=rX', tree]);
  return tree;
}

async function addNode(tree: string): Promise<void> {
  const { stdout } = await run('ldd', [process.execPath]);
  const libraries = [...stdout.matchAll(/(\/\S+\.so[.\d]*)/g)].map(([path]) => path);
  const files: [string, string][] = libraries.map((path) => [path, path]);
  for (const [from, to] of [...files, [process.execPath, '/nodejs/bin/node'] as const]) {
    await mkdir(dirname(join(tree, to)), { recursive: true });
    await cp(from, join(tree, to), { dereference: true });
  }
}

test('the entry serves and reconciles as the unprivileged user, with nothing but the tree of the image', async (t) => {
  if (process.getuid?.() !== 0) {
    t.log('skipped: only root can start a process as another user in another root folder');
    return t.pass();
  }
  const tree = await buildTree();
  t.teardown(() => rm(dirname(tree), { recursive: true, force: true }));
  const cluster = await testCluster();
  const token = await cluster.admin.tokenFor('webapp-functions');
  await mkdir(join(tree, 'etc'));
  await writeFile(join(tree, 'etc', 'kubeconfig'), cluster.kubeconfigText(token), { mode: 0o444 });
  const before = (await readdir(tree, { recursive: true })).sort();
  const user = `--userspec=${NONROOT}:${NONROOT}`;
  const entry = JSON.parse(valuesOf(image, 'ENTRYPOINT')[0] ?? '[]');
  const command = JSON.parse(valuesOf(image, 'CMD')[0] ?? '[]');
  const { process: child, told } = await startChild({
    command: ['/usr/sbin/chroot', user, tree, ...entry, ...command],
    env: {
      ...{ NODE_ENV: 'production', HOST: '127.0.0.1', PORT: '0', WEBHOOK_SECRET: 'secret' },
      ...{ EVENT_TOKEN: TOKEN, KUBECONFIG: '/etc/kubeconfig', GIT_HOSTS: '127.0.0.1' },
    },
    ready: /"address":"(http:[^"]+)"/,
  });
  t.teardown(() => child.kill('SIGKILL'));
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  t.regex(status, new RegExp(`^Uid:(\t${NONROOT}){4}$`, 'm'));
  const send = overHttp(told);
  t.like(await send({ method: 'GET', path: '/healthz' }), { status: 200 });
  t.like(await send({ method: 'GET', path: '/readyz' }), { status: 200, body: { ready: true } });
  const world = worldOf(cluster);
  const key = await world.makeWebApp();
  t.like(await send(eventAbout('WebApp', key)), { status: 200, body: { outcome: 'settled' } });
  t.true(await world.isThere(DEPLOYMENT, key));
  t.deepEqual((await readdir(tree, { recursive: true })).sort(), before);
});
