// What the outputs of a review are held against.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const ROOT = new URL('../../', import.meta.url);

/** Returns what tells how a value breaks a JSON schema of this repository; nothing where it keeps to it. */
export function schema(file: string): (value: unknown) => string[] {
  const ajv = new Ajv2020({ allErrors: false, strict: true });
  formats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(new URL(file, ROOT), 'utf8')));
  return (value) => {
    if (validate(value)) return [];
    const told = (validate.errors ?? []).map(({ instancePath, message, params }) =>
      [instancePath, message, JSON.stringify(params)].join(' '),
    );
    return told.length > 0 ? told : ['refused'];
  };
}

/** Characters that hide text, turn its direction or move a cursor; tab and line feed are none. */
export const HIDING =
  /[\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}\u3164]|(?![\t\n])\p{Cc}/u;
