import fc from 'fast-check';

/**
 * Few values, and the same in every run: a mutant has to fall to examples, not to luck. A failure is enough, the
 * smallest one is not looked for.
 */
const BOUNDS = { seed: 1, numRuns: 5, endOnFailure: true };

function assert<Ts>(property: fc.IRawProperty<Ts>, parameters?: fc.Parameters<Ts>): Promise<void> | void {
  return fc.assert(property, { ...parameters, ...BOUNDS });
}

// biome-ignore lint/style/noDefaultExport: tests import it so.
export default { ...fc, assert };
