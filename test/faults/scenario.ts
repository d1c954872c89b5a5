// What every plan goes through: pushes that create, scale, change an image, add and remove a host and autoscaling, are
// denied and released, delete, would delete all and are held, and leave the children of a WebApp behind.
import type { startTestServer, TestRepository } from '../helpers/git-repo.ts';
import { policyFile } from '../helpers/policy-files.ts';

/** Files by path; null deletes. */
export type Files = Readonly<Record<string, string | null>>;
/** What a commit asks for, by name of WebApp: the fields its file has. */
export type Wanted = Readonly<Record<string, object>>;

/** A commit of the scenario and what it asks for, policies considered. */
export interface Commit {
  readonly step: string;
  readonly id: string;
  readonly wanted: Wanted;
}

/** The repository with all its commits, in their order. */
export interface Scenario {
  readonly repository: TestRepository;
  /** The first is there before the source is made. */
  readonly commits: readonly Commit[];
}

/** Returns the file of a policy that allows so many pods. */
export function policyOf(most: number): string {
  return policyFile({ name: 'few-pods', expression: `object.spec.replicas <= ${most}` });
}

const RESOURCES = { requests: { cpu: '10m' } };
const AUTOSCALING = { minReplicas: 2, maxReplicas: 3, cpuPercent: 80 };

/** Returns the text of a WebApp's file. */
export function manifest(name: string, spec: object): string {
  return `${JSON.stringify({ apiVersion: 'example.com/v1', kind: 'WebApp', metadata: { name }, spec })}\n`;
}

const ALPHA = { image: 'nginx:1.27', replicas: 1 };
const BETA = { image: 'nginx:1.27', resources: RESOURCES };
const RENEWED = { ...BETA, image: 'nginx:1.29' };
/** Its children outlive it. */
const OMEGA = { image: 'nginx:1.27', replicas: 1, deletionPolicy: 'Orphan' };
const EXPOSED = { ...RENEWED, host: 'beta.example.org', autoscaling: AUTOSCALING };

interface Change {
  readonly step: string;
  readonly specs: Readonly<Record<string, object | null>>;
  /** What holds where the policies or the limit of a prune refuse what the files say. */
  readonly but?: Wanted;
}

const CHANGES: readonly Change[] = [
  { step: 'setup', specs: {} },
  { step: 'create', specs: { alpha: ALPHA, beta: BETA } },
  { step: 'change', specs: { alpha: { ...ALPHA, replicas: 2 }, beta: RENEWED } },
  {
    step: 'expose',
    specs: { alpha: { ...ALPHA, replicas: 50 }, beta: EXPOSED },
    but: { alpha: { ...ALPHA, replicas: 2 } },
  },
  { step: 'release', specs: { alpha: { ...ALPHA, replicas: 3 }, beta: RENEWED } },
  { step: 'remove', specs: { alpha: null, omega: OMEGA } },
  {
    step: 'empty',
    specs: { beta: null, omega: null },
    but: { beta: RENEWED, omega: OMEGA },
  },
  { step: 'restore', specs: { beta: RENEWED } },
];

/** The steps in which a commit is pushed. */
export const STEPS = CHANGES.map(({ step }) => step);

/** Makes a repository with all commits of the scenario; plans copy it and move its branch. */
export async function makeScenario(
  git: Awaited<ReturnType<typeof startTestServer>>,
): Promise<Scenario> {
  const files = { 'policies/few-pods.yaml': policyOf(5), 'apps/README.md': 'WebApps\n' };
  const repository = await git.make(files);
  const commits: Commit[] = [];
  let specs: Record<string, object> = {};
  for (const { step, specs: changed, but } of CHANGES) {
    const id = step === 'setup' ? repository.first : await repository.clone.push(filesOf(changed));
    const all = Object.entries({ ...specs, ...changed });
    specs = Object.fromEntries(all.filter((entry): entry is [string, object] => entry[1] !== null));
    commits.push({ step, id, wanted: { ...specs, ...but } });
  }
  return { repository, commits };
}

function filesOf(specs: Readonly<Record<string, object | null>>): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      `apps/${name}.yaml`,
      spec && manifest(name, spec),
    ]),
  );
}
