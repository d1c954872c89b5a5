// The API server repeats what it cannot take; what stands in the environment may be a password.
import test from 'ava';
import { ApiError } from '../../gitops/api-error.ts';

const SAID = {
  'a map': ['.spec.env', 'list', '&{map[PASSWORD:hunter2]}'],
  'a number or true': [
    '.spec.env[name="A"].value',
    'string',
    '&value.valueUnstructured{Value:hunter2}',
  ],
  'a list': ['.spec.env[name="A"]', 'map', '&{[hunter2]}'],
} as const;

for (const [title, [field, expected, got]] of Object.entries(SAID))
  test(`${title} in the environment is not repeated`, (t) => {
    const message = `failed to create typed patch object (default/x; example.com/v1, Kind=WebApp): ${field}: expected ${expected}, got ${got}`;
    const error = new ApiError('PATCH /webapps/shop', 500, { message });
    t.notRegex(`${error.message} ${JSON.stringify(error.causes)}`, /hunter2/);
    t.regex(error.message, /expected \w+, got another type/);
  });

test('what the API server repeats may be as long as somebody likes', (t) => {
  const label = '.spec.env: expected '.repeat(20_000);
  const error = new ApiError('PATCH /webapps/shop', 422, { message: `Invalid value: "${label}"` });
  t.true(error.message.length > label.length);
});
