// Kinds of rights, which the product itself never reads.
import type { Kind } from '../../gitops/kinds.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';

export const CLUSTER_ROLE: Kind = { apiVersion, kind: 'ClusterRole', plural: 'clusterroles' };
export const CLUSTER_ROLE_BINDING: Kind = {
  apiVersion,
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
};
export const ROLE: Kind = { apiVersion, kind: 'Role', plural: 'roles' };
export const ROLE_BINDING: Kind = { apiVersion, kind: 'RoleBinding', plural: 'rolebindings' };
export const SERVICE_ACCOUNT: Kind = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
};
