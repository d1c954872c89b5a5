import { EnvHttpProxyAgent, fetch, type Response } from 'undici';

const connectMs = 5_000;
const stallMs = 30_000;

/** A client for downloads that asks a host it could not reach no second time. */
export interface Web extends AsyncDisposable {
  /** Returns the answer to a GET; throws when the host is out of reach or the status is not 200. */
  get(url: string): Promise<Response>;
}

/** Opens a client that honours the proxy variables and gives up after 5 s without a connection. */
export function openWeb(signal: AbortSignal): Web {
  const dispatcher = new EnvHttpProxyAgent({
    connect: { timeout: connectMs },
    headersTimeout: stallMs,
    bodyTimeout: stallMs,
  });
  const unreachable = new Map<string, Error>();
  return {
    async get(url) {
      const { host } = new URL(url);
      const known = unreachable.get(host);
      if (known) throw known;
      const response = await fetch(url, { dispatcher, signal }).catch((cause) => {
        signal.throwIfAborted();
        const error = new Error(`${host} cannot be reached (${reasonOf(cause)})`, { cause });
        unreachable.set(host, error);
        throw error;
      });
      if (response.ok) return response;
      await response.body?.cancel();
      throw new Error(`${url} answered ${response.status}`);
    },
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  };
}

function reasonOf(error: { cause?: { code?: string; message?: string }; message: string }): string {
  return error.cause?.code ?? error.cause?.message ?? error.message;
}
