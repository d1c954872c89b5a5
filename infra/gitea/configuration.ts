import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';

export interface Settings {
  /** Folder that holds everything this instance writes. */
  readonly data: string;
  readonly port: number;
  /** Folder of templates and options. */
  readonly assets: string;
}

/** Returns Gitea's app.ini for one quiet instance: SQLite, no SSH, no indexers, nothing that calls out. */
export function configuration({ data, port, assets }: Settings): string {
  const secret = () => randomBytes(32).toString('base64url');
  return `APP_NAME = tests
RUN_MODE = prod
RUN_USER = ${userInfo().username}
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
WORK_PATH = ${data}
${section('server', {
  PROTOCOL: 'http',
  HTTP_ADDR: '127.0.0.1',
  HTTP_PORT: port,
  ROOT_URL: `http://127.0.0.1:${port}/`,
  STATIC_ROOT_PATH: assets,
  DISABLE_SSH: true,
  OFFLINE_MODE: true,
  LFS_START_SERVER: false,
})}
${section('database', { DB_TYPE: 'sqlite3', PATH: `${data}/gitea.db` })}
${section('repository', { ROOT: `${data}/repositories`, DEFAULT_BRANCH: 'main' })}
${section('security', { INSTALL_LOCK: true, SECRET_KEY: secret() })}
${section('oauth2', { ENABLED: false, JWT_SECRET: secret() })}
${section('service', { DISABLE_REGISTRATION: true })}
${section('webhook', { ALLOWED_HOST_LIST: 'loopback', DELIVER_TIMEOUT: 10 })}
${section('queue', { TYPE: 'channel' })}
${section('indexer', { ISSUE_INDEXER_TYPE: 'db' })}
${section('session', { PROVIDER: 'memory' })}
${['actions', 'packages', 'mailer', 'cron', 'cron.update_checker'].map(disabled).join('\n')}
${section('log', { MODE: 'file', LEVEL: 'info', ROOT_PATH: `${data}/log` })}
`;
}

function section(name: string, values: Readonly<Record<string, string | number | boolean>>) {
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}`);
  return [`[${name}]`, ...lines].join('\n');
}

function disabled(name: string): string {
  return section(name, { ENABLED: false });
}
