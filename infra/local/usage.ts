/** Where the reader finds what runs. */
export interface Places {
  readonly git: string;
  readonly functions: string;
  readonly kubeconfig: string;
  readonly kubectl: string;
  readonly namespace: string;
}

/** Returns how to push a change and watch it, as commands to copy. */
export function usage({ git, kubeconfig, kubectl, namespace }: Places): string {
  return `
Now change something, in another terminal:

  git clone ${git} sample && cd sample
  sed -i 's/replicas: 2/replicas: 4/' apps/hello.yaml
  git commit -am 'Scale hello to 4' && git push

and watch here, or with kubectl:

  export KUBECONFIG=${kubeconfig}
  ${kubectl} -n ${namespace} get webapps,deployments,services

Ask for too much (replicas: 50), and the policy replica-bounds in policies/ says no, with file and line.

Logs of the parts: .webapp/functions.log and .webapp/relay.log. Ctrl-C ends everything and removes it.
`;
}
