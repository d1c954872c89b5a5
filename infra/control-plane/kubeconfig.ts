/** One way to speak to a cluster: its URL, the certificate to trust (PEM) and who the caller is. */
export interface Access {
  server: string;
  ca: string;
  user: string;
  token: string;
}

/** Returns a kubeconfig file's text (JSON, which is YAML too) that needs no other file beside it. */
export function kubeconfigText({ server, ca, user, token }: Access): string {
  const name = 'webapp-operator';
  const authority = Buffer.from(ca).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name, context: { cluster: name, user } }],
    'current-context': name,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
