import { ApiError } from '../query.ts';
import { modifyInterface } from './interfaces.ts';
import type { Instance } from './model.ts';
import { requireOne } from './resources.ts';
import { multipleInterfaces } from './routes.ts';
import type { Ec2 } from './state.ts';

const MOST_USER_DATA = 16_384;

/** Refuses user data that is not base64, or too long. */
export function checkUserData(userData: string | undefined): void {
  if (userData === undefined) return;
  const bytes = Buffer.from(userData, 'base64');
  if (bytes.toString('base64') !== userData.replace(/\s/g, '')) {
    throw new ApiError('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.');
  }
  if (bytes.length > MOST_USER_DATA) {
    throw new ApiError('InvalidParameterValue', `User data is limited to ${MOST_USER_DATA} bytes`);
  }
}

/** Sets the source/destination check of an instance's only interface. */
export function setSourceDestCheck(ec2: Ec2, instanceId: string, value: boolean): void {
  const instance = requireOne(ec2, ec2.state, 'i', ec2.state.instances, instanceId);
  const [only, ...others] = instance.interfaces;
  if (only === undefined) {
    const message = `The instance '${instanceId}' is not in a valid state for this operation.`;
    throw new ApiError('IncorrectInstanceState', message);
  }
  if (others.length > 0) throw multipleInterfaces(instanceId);
  modifyInterface(ec2, only, { sourceDestCheck: value });
}

/** Changes what EC2 allows only while an instance is stopped. `userData` is base64. */
export function modifyStopped(
  ec2: Ec2,
  instanceId: string,
  change: Partial<Pick<Instance, 'userData' | 'type'>>,
): void {
  const instance = requireOne(ec2, ec2.state, 'i', ec2.state.instances, instanceId);
  if (instance.state !== 'stopped') {
    const message = `The instance '${instanceId}' is not in the 'stopped' state.`;
    throw new ApiError('IncorrectInstanceState', message);
  }
  checkUserData(change.userData ?? undefined);
  ec2.write().instances.set(instanceId, { ...instance, ...change });
}
