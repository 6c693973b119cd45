import { type Endpoint, endpoint, IN_SUBSCRIPTION, param, retryAfter } from './endpoint.ts';
import { ArmError } from './errors.ts';

const PATHS = [`${IN_SUBSCRIPTION}/Microsoft.Network`, `${IN_SUBSCRIPTION}/Microsoft.Compute`];

/** Where clients ask how a write is getting on: by `Azure-AsyncOperation`, and by `Location`. */
export const OPERATION_ENDPOINTS: readonly Endpoint[] = PATHS.flatMap((path) => [
  endpoint('AsyncOperations_Get', 'GET', `${path}/locations/{location}/operations/{id}`, (arm, call) => {
    const { status, failure } = requireOperation(arm.operations, param(call, 'id'));
    if (status === 'InProgress') return { status: 200, headers: retryAfter(arm), body: { status } };
    if (failure === null) return { status: 200, body: { status } };
    const { code = 'InternalServerError', message = 'An error occurred.' } = failure;
    return { status: 200, body: { status, error: { code, message, details: [] } } };
  }),
  endpoint(
    'AsyncOperations_Result',
    'GET',
    `${path}/locations/{location}/operationResults/{id}`,
    (arm, call) => {
      const { status, failure } = requireOperation(arm.operations, param(call, 'id'));
      if (status === 'InProgress') return { status: 202, headers: retryAfter(arm) };
      if (failure === null) return { status: 204 };
      const { code = 'InternalServerError', message = 'An error occurred.' } = failure;
      throw new ArmError(409, code, message);
    },
  ),
]);

function requireOperation<T>(operations: ReadonlyMap<string, T>, id: string): T {
  const operation = operations.get(id);
  if (operation !== undefined) return operation;
  throw new ArmError(404, 'OperationNotFound', `Operation ${id} was not found.`);
}
