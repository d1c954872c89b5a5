// By which digests the policies of a repository and of a cluster go together.
import test from 'ava';
import { loadAll } from 'js-yaml';
import { sha256 } from '../../gitops/io/digest.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { enforced, policiesOf, together } from '../../gitops/policy/policies.ts';
import { ANNOTATION } from '../../gitops/webapp.ts';
import { AT_MOST_THREE, type PolicyText, policyFile } from '../helpers/policy-files.ts';

const repository = policiesOf([{ path: 'p.yaml', text: policyFile(AT_MOST_THREE) }], {}, sha256);

/** Policies of a cluster; a repository has put the last one there. */
function cluster(...policies: PolicyText[]) {
  const files = policies.flatMap((policy) => {
    const isPut = policy.name === AT_MOST_THREE.name;
    const annotations = isPut ? { [ANNOTATION.policySource]: 'shop/apps' } : {};
    return (loadAll(policyFile(policy)) as KubeObject[]).map((object) => {
      const metadata = { ...object.metadata, annotations };
      const path = `cluster/${object.kind}/${policy.name}`;
      return { path, text: JSON.stringify({ ...object, metadata }) };
    });
  });
  return enforced(policiesOf(files, { mode: 'stored', paramsComplete: false }, sha256));
}

const OWN = { ...AT_MOST_THREE, name: 'own' };

test('policy digests: with none of the cluster they are those of the repository', (t) => {
  const { digest, digests } = together(repository, cluster(), sha256);
  t.is(digest, repository.digest);
  t.deepEqual(digests, { repository: repository.digest });
});

test('policy digests: what the repository has put into the cluster is none of the cluster', (t) => {
  const both = together(repository, cluster(AT_MOST_THREE), sha256);
  t.is(both.digest, repository.digest);
  t.deepEqual(both.digests, { repository: repository.digest });
  const more = together(repository, cluster(OWN, AT_MOST_THREE), sha256);
  t.deepEqual(more.digests, together(repository, cluster(OWN), sha256).digests);
  t.is(more.digests.cluster, cluster(OWN).digests.cluster);
  t.not(more.digest, repository.digest);
});

test('policy digests: the cluster alone', (t) => {
  t.deepEqual(cluster().digests, {});
  t.deepEqual(Object.keys(cluster(OWN).digests), ['cluster']);
});
