// Whole plans as readable YAML. Each folder of test/golden is one case: the WebApp, its live children as a real API
// server gave them (managedFields included; none: nothing is there), and the plan that is expected.
// UPDATE_GOLDENS=1 writes the plans anew; read the difference before you commit it.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { dump, loadAll } from 'js-yaml';
import { PermanentError, RetryableError } from '../gitops/errors.ts';
import { CHILD_KINDS, DEPLOYMENT } from '../gitops/kinds.ts';
import type { KubeObject } from '../gitops/objects.ts';
import { desiredChildren } from '../gitops/reconcile/children.ts';
import { type Change, plan } from '../gitops/reconcile/plan.ts';
import type { WebApp } from '../gitops/webapp.ts';
import { childrenOf } from './helpers/builders.ts';

const CASES = new URL('golden/', import.meta.url);
const update = process.env.UPDATE_GOLDENS === '1' || process.argv.includes('--update');

for (const name of readdirSync(CASES)) {
  const at = (file: string) => new URL(`${name}/${file}`, CASES);
  const [webapp] = read<WebApp>(at('webapp.yaml'));
  const objects = existsSync(at('live.yaml')) ? read<KubeObject>(at('live.yaml')) : [];
  const live = childrenOf(objects, CHILD_KINDS);

  test(`golden: ${name}`, (t) => {
    if (webapp === undefined) return t.fail('no WebApp');
    const found = planOf(webapp, live);
    const text = dump(readable(found), { lineWidth: 100, noRefs: true });
    if (update) writeFileSync(at('plan.yaml'), text);
    t.is(text, readFileSync(at('plan.yaml'), 'utf8'));
    if (!Array.isArray(found)) return;
    // What a change carries besides is what every case has in common, so the plans need not repeat it.
    const desired = desiredChildren(webapp, live.get(DEPLOYMENT.kind));
    for (const change of found) {
      const { kind } = change.of;
      if ('live' in change) t.is(change.live, live.get(kind) as KubeObject);
      if (change.kind === 'apply') t.deepEqual([change.desired], desired.filter(is(kind)));
    }
  });
}

function is(kind: string) {
  return (object: KubeObject) => object.kind === kind;
}

function read<T>(file: URL): T[] {
  return loadAll(readFileSync(file, 'utf8')) as T[];
}

type Found = Change[] | PermanentError | RetryableError;

function planOf(webapp: WebApp, live: ReturnType<typeof childrenOf>): Found {
  try {
    return plan(webapp, live);
  } catch (error) {
    if (error instanceof PermanentError || error instanceof RetryableError) return error;
    throw error;
  }
}

function readable(found: Found): unknown {
  if (!Array.isArray(found)) {
    const { name, reason, message } = found;
    return { throws: name, reason, message };
  }
  return found.map((change) => {
    const what = { [change.kind]: change.of.kind };
    if (change.kind === 'create') return { ...what, desired: change.desired };
    if (change.kind === 'delete') return what;
    const fields = change.fields.map(({ path, from, to }) => ({
      path,
      from: from ?? '(absent)',
      to: to ?? '(absent)',
    }));
    return { ...what, fields, ...(change.kind === 'patch' && { patch: change.patch }) };
  });
}
