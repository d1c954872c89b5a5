import { setTimeout as sleep } from 'node:timers/promises';
import { ForgeError } from './forge-error.ts';

const MAX_SENT = 2;
/** A forge may still be at it when a proxy in front of it has given up. */
const WAIT_MS = 1_000;

/**
 * Sends what would be said twice if it were sent twice. `look` asks the forge what is there and returns how to send what is
 * not, or undefined where all is. A request without an answer may have been carried out, so `look` is asked again before the
 * second and last attempt. Throws what `look` and the requests throw.
 */
export async function lookThenSend(
  look: () => Promise<(() => Promise<unknown>) | undefined>,
): Promise<void> {
  for (let sent = 1; ; sent++) {
    const send = await look();
    if (send === undefined) return;
    try {
      await send();
      return;
    } catch (error) {
      const isUnclear = error instanceof ForgeError && error.isUnanswered;
      if (sent === MAX_SENT || !isUnclear) throw error;
    }
    await sleep(WAIT_MS);
  }
}
