import { compareCidrs } from '../../core/cidr.ts';
import type { WireObject } from '../query.ts';
import type { Route, RouteTable } from './model.ts';
import type { Ec2, State } from './state.ts';
import { tagsOf } from './tags.ts';
import { viewTags } from './views.ts';

/** A route table, its most specific routes first. */
export function viewRouteTable(ec2: Ec2, state: State, table: RouteTable): WireObject {
  const routes = [...table.routes.values()].sort(
    (a, b) =>
      a.destination.family - b.destination.family ||
      b.destination.prefix - a.destination.prefix ||
      compareCidrs(a.destination, b.destination),
  );
  return {
    routeTableId: table.id,
    vpcId: table.vpc,
    ownerId: ec2.account,
    routeSet: routes.map((route) => viewRoute(ec2, state, route)),
    associationSet: table.associations.map(({ id, subnet }) => ({
      routeTableAssociationId: id,
      routeTableId: table.id,
      subnetId: subnet ?? undefined,
      main: subnet === null,
      associationState: { state: 'associated' },
    })),
    propagatingVgwSet: propagatingGateways(routes).map((gatewayId) => ({ gatewayId })),
    tagSet: viewTags(tagsOf(state, table.id)),
  };
}

function propagatingGateways(routes: readonly Route[]): readonly string[] {
  const propagated = routes.filter(({ origin }) => origin === 'EnableVgwRoutePropagation');
  return [...new Set(propagated.flatMap(({ target }) => (target.kind === 'gateway' ? target.id : [])))];
}

function viewRoute(ec2: Ec2, state: State, { destination, target, origin }: Route): WireObject {
  const field = destination.family === 4 ? 'destinationCidrBlock' : 'destinationIpv6CidrBlock';
  return { [field]: destination.text, ...viewTarget(ec2, state, target), origin };
}

function viewTarget(ec2: Ec2, state: State, target: Route['target']): WireObject {
  switch (target.kind) {
    case 'local':
      return { gatewayId: 'local', state: 'active' };
    case 'gateway':
      return {
        [target.field]: target.id,
        state: state.removedTargets.has(target.id) ? 'blackhole' : 'active',
      };
    case 'interface': {
      const networkInterface = state.interfaces.get(target.id);
      if (networkInterface === undefined) return viewLostTarget(ec2, target.id, target.instance);
      const instance = state.instances.get(networkInterface.attachment?.instance ?? '');
      return {
        instanceId: instance?.id,
        instanceOwnerId: instance && ec2.account,
        networkInterfaceId: target.id,
        state: instance === undefined || instance.state === 'stopped' ? 'blackhole' : 'active',
      };
    }
  }
}

function viewLostTarget(ec2: Ec2, interfaceId: string, instanceId: string | null): WireObject {
  const shown = {
    instance: instanceId === null ? {} : { instanceId, instanceOwnerId: ec2.account },
    interface: { networkInterfaceId: interfaceId },
    nothing: {},
  } as const;
  return { ...shown[ec2.settings.blackholeShows], state: 'blackhole' };
}
