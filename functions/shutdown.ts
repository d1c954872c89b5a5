/** Runs `stop` once when the process is asked to end, by a signal or because its launcher is gone, and then exits. */
export function onShutdown(stop: () => Promise<unknown>): void {
  let stopping = false;
  const begin = async () => {
    if (stopping) return;
    stopping = true;
    try {
      await stop();
    } finally {
      process.exit();
    }
  };
  for (const event of ['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect']) process.once(event, begin);
}
