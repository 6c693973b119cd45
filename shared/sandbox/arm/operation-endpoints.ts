import {
  type ArmAnswer,
  type ArmCall,
  type Endpoint,
  endpoint,
  IN_SUBSCRIPTION,
  param,
  retryAfter,
} from './endpoint.ts';
import { ArmError } from './errors.ts';
import type { AsyncOperation } from './model.ts';
import type { Arm } from './state.ts';

const NETWORK = `${IN_SUBSCRIPTION}/Microsoft.Network/locations/{location}`;
const COMPUTE = `${IN_SUBSCRIPTION}/Microsoft.Compute/locations/{location}`;

/** Where clients ask how a write is getting on: by `Azure-AsyncOperation`, and by `Location`. */
export const OPERATION_ENDPOINTS: readonly Endpoint[] = [
  endpoint('AsyncOperations_Get', 'GET', `${NETWORK}/operations/{id}`, (arm, call) =>
    answerState(arm, requireOperation(arm, call), {}),
  ),
  endpoint('AsyncOperations_Result', 'GET', `${NETWORK}/operationResults/{id}`, answerResult),
  endpoint('AsyncOperations_Get', 'GET', `${COMPUTE}/operations/{id}`, (arm, call) => {
    if (call.query.get('monitor') === 'true') return answerResult(arm, call);
    const operation = requireOperation(arm, call);
    const { id, status, startedAt, endsAt } = operation;
    const startTime = new Date(startedAt).toISOString();
    const isOver = status !== 'InProgress';
    const times = { startTime, ...(isOver && { endTime: new Date(endsAt).toISOString() }) };
    return answerState(arm, operation, { ...times, name: id });
  }),
];

function answerState(
  arm: Arm,
  { status, failure }: AsyncOperation,
  more: Readonly<Record<string, string>>,
): ArmAnswer {
  const body = { ...more, status };
  if (status === 'InProgress') return { status: 200, headers: retryAfter(arm), body };
  if (failure === null) return { status: 200, body };
  const { code = 'InternalServerError', message = 'An error occurred.' } = failure;
  return { status: 200, body: { ...body, error: { code, message, details: [] } } };
}

function answerResult(arm: Arm, call: ArmCall): ArmAnswer {
  const { status, failure } = requireOperation(arm, call);
  if (status === 'InProgress') return { status: 202, headers: retryAfter(arm) };
  if (failure === null) return { status: 204 };
  const { code = 'InternalServerError', message = 'An error occurred.' } = failure;
  throw new ArmError(409, code, message);
}

function requireOperation(arm: Arm, call: ArmCall): AsyncOperation {
  const id = param(call, 'id');
  const operation = arm.operations.get(id);
  if (operation !== undefined) return operation;
  throw new ArmError(404, 'OperationNotFound', `Operation ${id} was not found.`);
}
