/** Thrown by a command that was called wrongly; it is answered with the usage and exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
