import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { Environment } from '../config.ts';
import { awsAccess } from './access.ts';
import { createTokens, eksToken } from './eks-token.ts';

const PROVIDER = 'eks';
const NAMES = ['EKS_CLUSTER', 'EKS_ENDPOINT', 'EKS_CA'] as const;

/**
 * Returns the credentials for the EKS cluster that the environment names, undefined where it names none. Throws one
 * error that says all that is wrong.
 */
export function eksCluster(environment: Environment, clock = Date.now): KubeConfig | undefined {
  const [cluster = '', server = '', caData = ''] = NAMES.map((name) => environment[name]?.trim());
  if (cluster + server + caData === '') return undefined;
  const wrong = [
    ...(cluster === '' ? ['EKS_CLUSTER must be the name of the cluster'] : []),
    ...(URL.parse(server)?.protocol === 'https:' ? [] : ['EKS_ENDPOINT must be its https URL']),
    ...(isCertificate(caData) ? [] : ['EKS_CA must be its certificate authority, PEM in base64']),
  ];
  if (wrong.length > 0) throw new Error(`the environment is not right:\n  ${wrong.join('\n  ')}`);
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: cluster, server, caData, skipTLSVerify: false },
    { name: cluster, authProvider: { name: PROVIDER } },
  );
  const tokens = createTokens(
    (now) => eksToken({ cluster, access: awsAccess(environment), now }),
    clock,
  );
  config.addAuthenticator({
    isAuthProvider: ({ authProvider }) => authProvider?.name === PROVIDER,
    applyAuthentication: async (_user, options: RequestOptions) => {
      options.headers = { ...options.headers, Authorization: `Bearer ${tokens()}` };
    },
  });
  return config;
}

function isCertificate(base64: string): boolean {
  return Buffer.from(base64, 'base64').toString().startsWith('-----BEGIN CERTIFICATE-----');
}
