import { type CallCost, type Library, type Overload, overload, withCost } from '../../library.ts';
import { opaque } from '../../types/types.ts';
import { sizeOf, traversalCost } from '../../values/size.ts';
import { Opaque, Optional } from '../../values/values.ts';
import { toByteString } from '../go-string.ts';
import { byte, date, datetime, uri, uuid } from './format-data.ts';
import {
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  labelValue,
  prefixOf,
  qualifiedName,
  type Rule,
} from './format-names.ts';

const FORMAT = opaque('kubernetes.NamedFormat');

class Format extends Opaque {
  readonly type = FORMAT;
  readonly rule: Rule;
  /** Length of a regular expression for the format, known or supposed; it decides on the cost. */
  readonly patternLength: number;

  constructor(rule: Rule, patternLength: number) {
    super();
    this.rule = rule;
    this.patternLength = patternLength;
  }

  override equals(other: Opaque): boolean {
    return this === other;
  }

  /** Returns what is wrong with a text, none where it is valid. */
  validate(text: string): Optional {
    const faults = this.rule(toByteString(text));
    return faults.length === 0 ? Optional.none : new Optional(faults);
  }
}

const formats: ReadonlyMap<string, Format> = new Map([
  ['dns1123Label', new Format(dns1123Label, 30)],
  ['dns1123Subdomain', new Format(dns1123Subdomain, 60)],
  ['dns1035Label', new Format(dns1035Label, 30)],
  ['qualifiedName', new Format(qualifiedName, 60)],
  ['dns1123LabelPrefix', new Format(prefixOf(dns1123Label), 30)],
  ['dns1123SubdomainPrefix', new Format(prefixOf(dns1123Subdomain), 60)],
  ['dns1035LabelPrefix', new Format(prefixOf(dns1035Label), 30)],
  ['labelValue', new Format(labelValue, 40)],
  ['uri', new Format(uri, 1103)],
  ['uuid', new Format(uuid, 70)],
  ['byte', new Format(byte, 84)],
  ['date', new Format(date, 71)],
  ['datetime', new Format(datetime, 71)],
]);

/** The cost of a regular expression: a step for each tenth character of the text and each fourth of the expression. */
const validateCost: CallCost = ([format, text = '']) => {
  if (!(format instanceof Format)) return 1;
  return traversalCost(sizeOf(text) + 1) * Math.ceil(format.patternLength * 0.25);
};

/** Functions of kubernetes.NamedFormat. */
export const format: Library = {
  name: 'kubernetes.format',
  overloads: [
    ...[...formats].map(
      ([name, value]): Overload =>
        overload(`format.${name}`, `format.${name}() -> kubernetes.NamedFormat`, () => value),
    ),
    overload(
      'format-named',
      'format.named(string) -> optional_type(kubernetes.NamedFormat)',
      (name: string) => new Optional(formats.get(name)),
    ),
    ...withCost(validateCost, [
      overload(
        'format-validate',
        'kubernetes.NamedFormat.validate(string) -> optional_type(list(string))',
        (of: Format, text: string) => of.validate(text),
      ),
    ]),
  ],
};
