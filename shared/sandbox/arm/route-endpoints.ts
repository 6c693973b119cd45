import { checkLock, performWrite, type Write } from './async-operations.ts';
import { BODIES, readBody } from './bodies.ts';
import {
  type ArmAnswer,
  type ArmCall,
  answerAccepted,
  answerPage,
  answerWrite,
  type Endpoint,
  endpoint,
  IN_GROUP,
  IN_SUBSCRIPTION,
  param,
  scopeOf,
} from './endpoint.ts';
import type { RouteTable } from './model.ts';
import { checkPreconditions } from './preconditions.ts';
import { resourceId } from './resource-ids.ts';
import { findResource, listResources, requireResource } from './resources.ts';
import {
  planRouteDelete,
  planRouteWrite,
  planTableDelete,
  planTableWrite,
  requireRoute,
  routeId,
  subnetsOf,
} from './route-tables.ts';
import type { Arm } from './state.ts';
import { replaceTags } from './tags.ts';
import { viewRoute, viewTable } from './views.ts';

const TYPE = 'Microsoft.Network/routeTables';
const TABLES = `${IN_GROUP}/${TYPE}`;
const TABLE = `${TABLES}/{table}`;
const ROUTES = `${TABLE}/routes`;
const ROUTE = `${ROUTES}/{route}`;

/** The operations on route tables and their routes. */
export const ROUTE_ENDPOINTS: readonly Endpoint[] = [
  endpoint('RouteTables_ListAll', 'GET', `${IN_SUBSCRIPTION}/${TYPE}`, listTables),
  endpoint('RouteTables_List', 'GET', TABLES, listTables),
  endpoint('RouteTables_Get', 'GET', TABLE, (arm, call) => answerTable(arm, requireTable(arm, call))),
  endpoint('RouteTables_CreateOrUpdate', 'PUT', TABLE, putTable),
  endpoint('RouteTables_UpdateTags', 'PATCH', TABLE, (arm, call) =>
    answerTable(arm, replaceTags(arm, call, requireTable(arm, call))),
  ),
  endpoint('RouteTables_Delete', 'DELETE', TABLE, deleteTable),
  endpoint('Routes_List', 'GET', ROUTES, (arm, call) => {
    const table = requireTable(arm, call);
    return answerPage(
      arm,
      call,
      [...table.routes.values()].map((route) => viewRoute(table, route)),
    );
  }),
  endpoint('Routes_Get', 'GET', ROUTE, (arm, call) => {
    const table = requireTable(arm, call);
    const route = requireRoute(table, param(call, 'route'));
    return { status: 200, headers: { etag: table.etag }, body: viewRoute(table, route) };
  }),
  endpoint('Routes_CreateOrUpdate', 'PUT', ROUTE, putRoute),
  endpoint('Routes_Delete', 'DELETE', ROUTE, deleteRoute),
];

function listTables(arm: Arm, call: ArmCall): ArmAnswer {
  const tables = listResources(arm, TYPE, scopeOf(arm, call));
  return answerPage(
    arm,
    call,
    tables.map((table) => viewTable(arm, table)),
  );
}

function putTable(arm: Arm, call: ArmCall): ArmAnswer {
  const id = tableId(arm, call);
  checkLock(arm, id);
  checkPreconditions(call, findResource(arm, TYPE, id)?.etag ?? null, id);
  const body = readBody(BODIES.routeTable, call.body);
  const write = planTableWrite(arm, param(call, 'group'), param(call, 'table'), body);
  const operation = performWrite(arm, write, call.caller, call.takeOperationFault());
  const status = write.before === null ? 201 : 200;
  return answerWrite(arm, call, status, viewTable(arm, requireTable(arm, call)), operation);
}

function deleteTable(arm: Arm, call: ArmCall): ArmAnswer {
  const id = tableId(arm, call);
  checkLock(arm, id);
  const table = findResource(arm, TYPE, id);
  checkPreconditions(call, table?.etag ?? null, id);
  return table === null
    ? { status: 204 }
    : startDelete(arm, call, planTableDelete(table, subnetsOf(arm, table)));
}

function putRoute(arm: Arm, call: ArmCall): ArmAnswer {
  const table = requireTable(arm, call);
  const name = param(call, 'route');
  checkLock(arm, table.id);
  const isNew = !table.routes.has(name.toLowerCase());
  checkPreconditions(call, isNew ? null : table.etag, routeId(table, name));
  const write = planRouteWrite(arm, table, name, readBody(BODIES.route, call.body));
  const operation = performWrite(arm, write, call.caller, call.takeOperationFault());
  const written = requireTable(arm, call);
  return answerWrite(
    arm,
    call,
    isNew ? 201 : 200,
    viewRoute(written, requireRoute(written, name)),
    operation,
  );
}

function deleteRoute(arm: Arm, call: ArmCall): ArmAnswer {
  const table = requireTable(arm, call);
  const name = param(call, 'route');
  checkLock(arm, table.id);
  const write = planRouteDelete(table, name);
  checkPreconditions(call, write === null ? null : table.etag, routeId(table, name));
  return write === null ? { status: 204 } : startDelete(arm, call, write);
}

function startDelete(arm: Arm, call: ArmCall, write: Write): ArmAnswer {
  return answerAccepted(arm, call, performWrite(arm, write, call.caller, call.takeOperationFault()));
}

function answerTable(arm: Arm, table: RouteTable): ArmAnswer {
  return { status: 200, headers: { etag: table.etag }, body: viewTable(arm, table) };
}

function requireTable(arm: Arm, call: ArmCall): RouteTable {
  return requireResource(arm, TYPE, tableId(arm, call));
}

function tableId(arm: Arm, call: ArmCall): string {
  return resourceId(scopeOf(arm, call), TYPE, param(call, 'table'));
}
