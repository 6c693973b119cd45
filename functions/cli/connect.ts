import type { Invocation } from './command.ts';
import type { Connection } from './session.ts';
import { readSettings } from './settings.ts';

/** Makes a session from options, environment and the person's own profile. */
export async function connect(invocation: Invocation): Promise<Connection> {
  const settings = readSettings(invocation);
  if (!settings.ok) return settings;
  const connectTo = await settings.cloud.connect();
  return connectTo(settings.config, invocation);
}
