// Texts for the functions about fields.
export const FIELDS = [
  'spec',
  'metadata',
  'missing',
  'a',
  'replicas',
  'name',
  'app',
  'value',
  'deep',
];
