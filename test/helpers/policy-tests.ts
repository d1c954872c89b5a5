import { AT_MOST_THREE, policyFile } from './policy-files.ts';

/** A test of the policy without its cases. */
export const HEAD = `apiVersion: example.com/v1
kind: PolicyTest
metadata: {name: replicas}
spec:
  object:
    apiVersion: example.com/v1
    kind: WebApp
    metadata: {name: shop}
    spec: {image: 'a:1'}
  cases:
`;

/** The policy, in a file beside. */
export const POLICY = { 'policies/replicas.yaml': policyFile(AT_MOST_THREE) };
