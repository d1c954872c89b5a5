// Rights that tests grant. The API server hears of each by a watch, so whoever uses one at once may be refused.
import type { ObjectKey } from '../../gitops/objects.ts';
import { type Installation, SERVICE_ACCOUNTS, SYSTEM_NAMESPACE } from '../../infra/install.ts';
import { eventually } from '../cluster/eventually.ts';
import { CLUSTER_ROLE, CLUSTER_ROLE_BINDING, ROLE, ROLE_BINDING } from './rbac-kinds.ts';

/** The ServiceAccount of the functions. */
export const FUNCTIONS: ObjectKey = {
  namespace: SYSTEM_NAMESPACE,
  name: SERVICE_ACCOUNTS.functions,
};

/** A role that is there, and the ServiceAccount that gets it: in one namespace, or in all. */
export interface Grant {
  readonly role: string;
  /** ClusterRole unless given. */
  readonly kind?: 'ClusterRole' | 'Role';
  readonly to: ObjectKey;
  readonly namespace?: string;
}

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** Binds the role and returns once all that it allows is allowed. Tests that run at once may grant the same. */
export async function grant(admin: Installation, given: Grant): Promise<void> {
  const { role, kind = 'ClusterRole', to, namespace } = given;
  const of = namespace === undefined ? CLUSTER_ROLE_BINDING : ROLE_BINDING;
  const where = namespace === undefined ? {} : { namespace };
  const binding = {
    ...{ apiVersion: of.apiVersion, kind: of.kind },
    metadata: { name: `${role}-${to.name}`, ...where },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: role },
    subjects: [{ kind: 'ServiceAccount', ...to }],
  };
  await admin.cluster.apply(of, binding, { manager: 'kubectl', live: 'any' });
  const found =
    kind === 'Role'
      ? await admin.cluster.get(ROLE, { namespace: '', ...where, name: role })
      : await admin.cluster.get(CLUSTER_ROLE, { namespace: '', name: role });
  if (found === undefined) throw new Error(`there is no ${kind} ${role}`);
  const { rules = [] } = found as { rules?: readonly Rule[] };
  const rights = rules.flatMap(rightsOf).map((right) => ({ ...right, ...where }));
  await Promise.all(
    rights.map((right) =>
      eventually(`${to.name} may ${JSON.stringify(right)}`, () => isAllowed(admin, to, right)),
    ),
  );
}

function rightsOf({ apiGroups = [], resources = [], resourceNames = [], verbs }: Rule): object[] {
  const names = resourceNames.length > 0 ? resourceNames : [undefined];
  return apiGroups.flatMap((group) =>
    resources.flatMap((path) => {
      const [resource, subresource] = path.split('/');
      return names.flatMap((name) =>
        verbs.map((verb) => ({ verb, group, resource, subresource, name })),
      );
    }),
  );
}

async function isAllowed({ api }: Installation, { namespace, name }: ObjectKey, right: object) {
  const answer = await api.json({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    body: {
      ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview' },
      spec: {
        user: `system:serviceaccount:${namespace}:${name}`,
        resourceAttributes: right,
      },
    },
  });
  return (answer as { status: { allowed: boolean } }).status.allowed;
}
