import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { GoProgram } from '../go-program.ts';

/** What Gitea reads beside its program, and the styles that its own build would make of its sources. */
const ASSETS = ['templates', 'options', 'public', 'web_src/css'];

export const GITEA: GoProgram = {
  name: 'gitea',
  module: 'code.gitea.io/gitea',
  version: 'v1.26.0',
  tags: 'sqlite sqlite_unlock_notify',
  versionVariable: 'main.Version',
  takes: 'about twelve minutes',
  furnish: async (folder, source) => {
    for (const name of ASSETS)
      await cp(join(source, name), join(folder, name), { recursive: true });
  },
};
