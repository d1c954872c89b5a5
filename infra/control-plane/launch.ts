import { freePort } from '../free-port.ts';
import type { Binaries } from './binaries.ts';
import type { ApiServerChoice, Controllers } from './components.ts';
import { ProcessEnded, type Supervision } from './supervision.ts';
import { until } from './until.ts';
import type { BinaryName } from './versions.ts';

/** What a control plane is started from; `lost` is aborted when one of its programs ends by itself. */
export interface Ground extends ApiServerChoice {
  dir: string;
  binaries: Binaries;
  supervision: Supervision;
  controllers: Controllers;
  lost: AbortController;
  signal: AbortSignal;
}

/** Returns a signal that ends every wait: the caller has had enough, or a program has ended. */
export function endOf({ signal, lost }: Ground): AbortSignal {
  return AbortSignal.any([signal, lost.signal]);
}

/** Starts a program that serves nobody. */
export function launch(
  { supervision, binaries, lost }: Ground,
  name: BinaryName,
  args: string[],
): void {
  const ended = supervision.launch({ name, file: binaries[name], args });
  void ended.then((error) => lost.abort(error));
}

/** How a program that serves on a port is started, and known to serve. */
export interface Serving {
  flags(port: number): string[];
  isReady(port: number): Promise<boolean>;
}

const portAttempts = 3;

/**
 * Starts a program that serves and returns its port once it does; tries another port when a stranger has
 * taken the first in between. Throws ProcessEnded when it ends, an error when it does not serve in 60 s.
 */
export async function launchServing(
  ground: Ground,
  name: BinaryName,
  serving: Serving,
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const args = serving.flags(port);
    const ended = ground.supervision.launch({ name, file: ground.binaries[name], args });
    const gone = new AbortController();
    void ended.then((error) => gone.abort(error));
    const signal = AbortSignal.any([endOf(ground), gone.signal]);
    try {
      await until(() => serving.isReady(port), { what: `${name} being ready`, signal });
      void ended.then((error) => ground.lost.abort(error));
      return port;
    } catch (error) {
      if (attempt === portAttempts || !isPortTaken(error)) throw error;
    }
  }
}

function isPortTaken(error: unknown): boolean {
  return error instanceof ProcessEnded && error.log.includes('address already in use');
}
