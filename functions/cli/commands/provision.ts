import { nameProvisioned } from '../clouds.ts';
import { type Invocation, refuse, usageRefusal } from '../command.ts';
import { readSettings } from '../settings.ts';

/** Makes a route table and lets subnets use it, where the cloud has something to be done for that. */
export async function provision(invocation: Invocation): Promise<number> {
  const settings = readSettings(invocation);
  if (!settings.ok) return refuse(invocation, settings);
  const { cloud, config } = settings;
  if (cloud.provision.kind === 'by-hand') {
    const problem = `provision is for ${nameProvisioned()}; on ${cloud.title}, ${cloud.provision.how}`;
    return refuse(invocation, usageRefusal(problem));
  }
  const run = await cloud.provision.load();
  return run(config, invocation);
}
