import manifest from '../package.json' with { type: 'json' };

/** The version of this product, as reports name it. */
export const VERSION: string = manifest.version;
