// @ts-nocheck
import { createIds } from '../ids.ts';
import { createAddressPool } from './addresses.ts';
import { copyState, type Ec2 } from './state.ts';

/** Any seed but that of the sandbox itself, whose next ids a dry run must not use up. */
const SEED = 0x0d17;

/** A copy of EC2 on which a call can be tried without a trace: no write, no event, no id is used up. */
export function rehearse(ec2: Ec2): Ec2 {
  const state = copyState(ec2.state);
  const pools = new Map([...state.subnets.values()].map((subnet) => [subnet.id, createAddressPool(subnet)]));
  for (const { subnet, addresses, ipv6Addresses } of state.interfaces.values()) {
    for (const address of addresses) pools.get(subnet)?.take(address, 4);
    for (const address of ipv6Addresses) pools.get(subnet)?.take(address, 6);
  }
  return {
    ...ec2,
    state,
    pools,
    ids: createIds(SEED),
    inTransition: new Set(ec2.inTransition),
    launches: new Map(ec2.launches),
    write: () => state,
    setStaleness: () => {},
    emit: () => {},
  };
}
