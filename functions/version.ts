import manifest from '../package.json' with { type: 'json' };

/** The version of this product, as reports, metrics and traces name it; that of a release is its tag's (infra/release). */
export const VERSION: string = manifest.version;
