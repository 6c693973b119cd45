// @ts-nocheck
import { spawnSync } from 'node:child_process';

/**
 * Everything that a change is held to, or with names such as `core` or `cli` the tests of those folders alone:
 * `npm test -- core`.
 */
const rooms = process.argv.slice(2);
const steps =
  rooms.length > 0
    ? [['test:jest', ...rooms.map((room) => (room.includes('/') ? room : `test/${room}/`))]]
    : [['typecheck'], ['lint'], ['build'], ['test:jest']];

for (const [script = '', ...patterns] of steps) {
  const { status } = spawnSync('npm', ['run', '--silent', script, '--', ...patterns], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
