/** Stands in for ssh to the control plane, where static pods are started anew when their manifests change. */
import type { Site } from './site.ts';

const MANIFEST = '/etc/kubernetes/manifests/kube-controller-manager.yaml';
const SWITCH = /^s\/allocate-node-cidrs=(true|false)\/allocate-node-cidrs=(true|false)\/$/;

/** Runs `sudo sed -i` on the manifest of the controller manager. */
export async function runSsh(site: Site, [, ...words]: readonly string[]): Promise<string> {
  const [sudo, sed, inPlace, expression = '', path] = words;
  const [, before, after] = SWITCH.exec(expression) ?? [];
  const { controllers } = site;
  const isKnown = `${sudo} ${sed} ${inPlace} ${path}` === `sudo sed -i ${MANIFEST}`;
  if (!isKnown || controllers === null || before !== String(controllers.allocates)) {
    throw new Error(`ssh ${words.join(' ')}: no stand-in, or nothing to replace`);
  }
  site.controllers = { ...controllers, allocates: after === 'true' };
  return '';
}
