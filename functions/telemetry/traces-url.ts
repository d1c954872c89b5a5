import { trimSlashes } from '../../gitops/trim-slashes.ts';

/** Reads a variable of the environment; empty where it is not set. */
type TextOf = (
  name:
    | 'OTEL_EXPORTER_OTLP_ENDPOINT'
    | 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'
    | 'OTEL_EXPORTER_OTLP_PROTOCOL'
    | 'OTEL_TRACES_EXPORTER'
    | 'OTEL_SDK_DISABLED',
) => string;

/** The same port takes both. */
const PROTOCOLS = ['', 'http/json', 'http/protobuf'];

/** Returns the URL that spans are posted to, empty for none; adds to `wrong` what is. */
export function tracesUrlIn(text: TextOf, wrong: string[]): string {
  const isOff = text('OTEL_SDK_DISABLED') === 'true' || text('OTEL_TRACES_EXPORTER') === 'none';
  if (isOff) return '';
  const base = trimSlashes(text('OTEL_EXPORTER_OTLP_ENDPOINT'));
  const url = text('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') || (base && `${base}/v1/traces`);
  if (url === '') return '';
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    wrong.push(
      `OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL, not ${JSON.stringify(url)}`,
    );
  const protocol = text('OTEL_EXPORTER_OTLP_PROTOCOL');
  if (!PROTOCOLS.includes(protocol))
    wrong.push(
      `OTEL_EXPORTER_OTLP_PROTOCOL must be http/json, not ${JSON.stringify(protocol)}: spans are sent over HTTP, as a rule to port 4318`,
    );
  return url;
}
