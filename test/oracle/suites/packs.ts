// The packs that are shipped as suites: written objects, and as many generated ones as asked for.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG_MAP } from '../../../gitops/kinds.ts';
import type { KubeObject } from '../../../gitops/objects.ts';
import { Random } from '../../helpers/random.ts';
import { NAMESPACE } from '../world.ts';
import { anyObject, writtenObjects } from './pack-objects.ts';
import { readObjects, type Suite } from './suite.ts';

const PACKS = join(import.meta.dirname, '..', '..', '..', 'policies', 'packs');

/** @param options `cases`: one generated object for fifty of them, an equal share for each pack */
export async function readPacks(options: { seed: number; cases: number }): Promise<Suite[]> {
  const packs = (await readdir(PACKS)).sort();
  const random = new Random(options.seed);
  const share = Math.ceil(options.cases / 50 / packs.length);
  return Promise.all(
    packs.map(async (name) => {
      const generated = Array.from({ length: share }, () => anyObject(random));
      const examples = [...writtenObjects(), ...generated].map((object) => ({ object }));
      return { name, ...(await readPack(join(PACKS, name))), examples };
    }),
  );
}

async function readPack(folder: string): Promise<Pick<Suite, 'policies' | 'cluster'>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort();
  const objects = (await Promise.all(files.map((file) => readObjects(join(folder, file))))).flat();
  const isParam = ({ kind }: KubeObject) => kind === CONFIG_MAP.kind;
  const placed = objects.filter(isParam).map((param) => ({
    ...param,
    metadata: { ...param.metadata, namespace: NAMESPACE },
  }));
  return { policies: objects.filter((object) => !isParam(object)), cluster: placed };
}
