// The version of package.json, put in by the bundler.
import manifest from '../../package.json' with { type: 'json' };

export const version: string = manifest.version;
