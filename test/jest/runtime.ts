import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { setGlobals } from './globals.ts';

const GLOBALS = new URL('globals.ts', import.meta.url).href;
/** How jest-circus keeps what listens to a test file's events. */
const LISTENERS = Symbol.for('EVENT_HANDLERS');

const require = createRequire(import.meta.url);

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@jest/globals' ? { url: GLOBALS, shortCircuit: true } : next(specifier, context),
});

/**
 * Loads test files as Node loads any file. Jest's own runtime gives each test file a copy of all that it imports,
 * transformed and compiled anew, which took more of a processor than the tests did.
 */
// biome-ignore lint/style/noDefaultExport: Jest looks for it there.
export default class Runtime {
  unstable_shouldLoadAsEsm(): boolean {
    return true;
  }

  unstable_importModule(path: string): Promise<unknown> {
    return import(pathToFileURL(path).href);
  }

  requireModule(path: string): unknown {
    return require(path);
  }

  /** Only what collects and runs the tests of a file is asked for so: it is loaded for each, since it keeps them. */
  requireInternalModule(path: string): unknown {
    delete require.cache[path];
    Reflect.deleteProperty(globalThis, LISTENERS);
    return require(path);
  }

  setGlobalsForRuntime(globals: Parameters<typeof setGlobals>[0]): void {
    setGlobals(globals);
  }

  enterTestCode(): void {}
  leaveTestCode(): void {}
  getSourceMaps(): void {}
  getAllCoverageInfoCopy(): void {}
  teardown(): void {}
}
