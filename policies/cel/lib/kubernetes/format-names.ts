/** Returns what is wrong with a byte string; nothing where it has the form. */
export type Rule = (bytes: string) => string[];

/**
 * Forms of names in Kubernetes. A pattern describes ASCII only, so that it can be matched against byte strings; it is
 * part of the text, which is that of k8s.io/apimachinery.
 */
class Form {
  readonly fault: string;
  readonly #pattern: RegExp;

  constructor(pattern: string, demand: string, examples: readonly string[]) {
    const quoted = examples.map((example) => `'${example}', `).join(' or ');
    this.fault = `${demand} (e.g. ${quoted}regex used for validation is '${pattern}')`;
    this.#pattern = new RegExp(`^${pattern}$`);
  }

  fits(bytes: string): boolean {
    return this.#pattern.test(bytes);
  }

  faults(bytes: string, limit: Limit): string[] {
    const fault = this.fits(bytes) ? [] : [this.fault];
    return bytes.length > limit.bytes ? [limit.fault, ...fault] : fault;
  }
}

interface Limit {
  readonly bytes: number;
  readonly fault: string;
}

/** The texts call the unit by two names, but it is the byte. */
function limit(bytes: number, unit: 'bytes' | 'characters'): Limit {
  return { bytes, fault: `must be no more than ${bytes} ${unit}` };
}

const LABEL_LIMIT = limit(63, 'characters');
const SUBDOMAIN_LIMIT = limit(253, 'characters');
const KEY_LIMIT = limit(63, 'bytes');
const PREFIX_LIMIT = limit(253, 'bytes');

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const LABEL_KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const dns1123LabelForm = new Form(
  LABEL,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  ['my-name', '123-abc'],
);
const dns1123SubdomainForm = new Form(
  `${LABEL}(\\.${LABEL})*`,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  ['example.com'],
);
const dns1035LabelForm = new Form(
  '[a-z]([-a-z0-9]*[a-z0-9])?',
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  ['my-name', 'abc-123'],
);
const labelKeyForm = new Form(
  LABEL_KEY,
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ['MyName', 'my.name', '123-abc'],
);
const labelValueForm = new Form(
  `(${LABEL_KEY})?`,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ['MyValue', 'my_value', '12345'],
);

export const dns1123Label: Rule = (bytes) =>
  dns1123LabelForm
    .faults(bytes, LABEL_LIMIT)
    .map((fault) =>
      fault === dns1123LabelForm.fault && dns1123SubdomainForm.fits(bytes)
        ? 'must not contain dots'
        : fault,
    );

export const dns1123Subdomain: Rule = (bytes) =>
  dns1123SubdomainForm.faults(bytes, SUBDOMAIN_LIMIT);

export const dns1035Label: Rule = (bytes) => dns1035LabelForm.faults(bytes, LABEL_LIMIT);

export const labelValue: Rule = (bytes) => labelValueForm.faults(bytes, KEY_LIMIT);

/** Returns the rule for the start of a name, which may end with a dash. */
export const prefixOf =
  (rule: Rule): Rule =>
  (bytes) => {
    const endsWithDash = bytes.length > 1 && bytes.endsWith('-');
    return rule(endsWithDash ? `${bytes.slice(0, -2)}a` : bytes);
  };

/** A name with an optional subdomain before a slash: example.com/name. */
export const qualifiedName: Rule = (bytes) => {
  const parts = bytes.split('/');
  if (parts.length > 2) {
    return [
      `a valid label key ${labelKeyForm.fault} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const [name = '', prefix] = parts.reverse();
  return [...faultsOfPrefix(prefix), ...faultsOfName(name)];
};

function faultsOfPrefix(prefix: string | undefined): string[] {
  if (prefix === undefined) return [];
  const faults =
    prefix === '' ? ['must be non-empty'] : dns1123SubdomainForm.faults(prefix, PREFIX_LIMIT);
  return faults.map((fault) => `prefix part ${fault}`);
}

function faultsOfName(name: string): string[] {
  const empty = name === '' ? ['must be non-empty'] : [];
  return [...empty, ...labelKeyForm.faults(name, KEY_LIMIT)].map((fault) => `name part ${fault}`);
}
