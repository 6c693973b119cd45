/** The process itself: what a test file changes there, and what Jest changes for it, is undone after it. */
// biome-ignore lint/style/noDefaultExport: Jest looks for it there.
export default class Environment {
  readonly global = globalThis;
  readonly #console = globalThis.console;
  readonly #exit = process.exit;
  readonly #variables = { ...process.env };

  getVmContext(): null {
    return null;
  }

  async setup(): Promise<void> {}

  async teardown(): Promise<void> {
    globalThis.console = this.#console;
    process.exit = this.#exit;
    for (const name of Object.keys(process.env)) if (!(name in this.#variables)) delete process.env[name];
    Object.assign(process.env, this.#variables);
  }
}
