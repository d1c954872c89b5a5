import type { Context } from '../context.ts';

/** Has the spans sent where the environment names a collector; where it does not, nothing of it is loaded. */
export async function startTracing({
  config: { tracesUrl },
  telemetry,
  log,
}: Pick<Context, 'config' | 'telemetry' | 'log'>): Promise<void> {
  if (tracesUrl === '') return;
  const { createOtlpTracer } = await import('./otlp-tracer.ts');
  telemetry.use(createOtlpTracer(tracesUrl, log));
}
