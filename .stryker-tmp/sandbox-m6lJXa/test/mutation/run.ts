// @ts-nocheck
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
const [...mutate] = process.argv.slice(2);
const cache = mkdtempSync(join(tmpdir(), 'podroutes-mutation-'));
process.env['NODE_COMPILE_CACHE'] = cache;
const results = await new Stryker({
  testRunner: 'in-process',
  plugins: [new URL('runner.ts', import.meta.url).pathname],
  coverageAnalysis: 'perTest',
  mutate: mutate.length > 0 ? mutate : ['shared/core/**/*.ts'],
  concurrency: 2,
  timeoutMS: 60_000,
  incremental: true,
  incrementalFile: 'coverage/mutation-incremental.json',
  reporters: ['json'],
  jsonReporter: { fileName: 'coverage/mutation.json' },
  ignorePatterns: ['tsconfig.json', 'dist', 'docs', 'infra', 'bench', 'events', 'functions', '.ci', 'coverage'],
  allowConsoleColors: false,
}).runMutationTest();
rmSync(cache, { recursive: true });
const rooms = Map.groupBy(results, ({ fileName }) => fileName.replace(/.*shared\/core\//, '').replace(/\/.*/, ''));
for (const [room, mutants] of rooms) {
  const by = Map.groupBy(mutants, ({ status }) => status);
  const n = (status: any) => by.get(status)?.length ?? 0;
  const killed = n('Killed') + n('Timeout');
  const valid = mutants.length - n('Ignored') - n('CompileError') - n('RuntimeError');
  console.log(room.padEnd(20), ((100 * killed) / valid).toFixed(1), `${killed}/${valid}`, 'survived', n('Survived'), 'uncovered', n('NoCoverage'), 'timeout', n('Timeout'), 'error', n('RuntimeError'), 'ignored', n('Ignored'), 'static', mutants.filter((m) => m.static).length);
}
