import { describe, expect, it } from '@jest/globals';
import { readArmError } from '../../shared/azure/arm-error.ts';
import { classifyArmFailure, classifyTableFailure } from '../../shared/azure/failures.ts';

const ACTION = 'Microsoft.Network/routeTables/write';

function answer(status: number, code: string, { message = 'Why.', inner = '', headers = {} } = {}) {
  const details = inner === '' ? [] : [{ code: inner, message: 'More.' }];
  return readArmError({ status, headers, body: { error: { code, message, details } } });
}

describe('A refusal by Azure', () => {
  it.each([
    [412, 'PreconditionFailed', 'PreconditionFailedEtagMismatch', 'stale'],
    [200, 'CanceledAndSupersededDueToAnotherOperation', '', 'stale'],
    [429, 'RetryableError', 'RetryableErrorDueToAnotherOperation', 'transient'],
    [429, 'ReferencedResourceNotProvisioned', '', 'transient'],
    [429, 'SubscriptionRequestsThrottled', '', 'transient'],
    [409, 'AnotherOperationInProgress', '', 'transient'],
    [400, 'RetryableError', '', 'transient'],
    [408, 'RequestTimeout', '', 'transient'],
    [500, 'InternalServerError', '', 'transient'],
    [200, 'InternalServerError', '', 'transient'],
    [400, 'RouteCountLimitReached', '', 'full'],
    [400, 'RouteTableRouteLimitExceeded', '', 'full'],
    [403, 'AuthorizationFailed', '', 'permanent'],
    [403, 'RequestDisallowedByPolicy', '', 'permanent'],
    [409, 'ScopeLocked', '', 'permanent'],
    [409, 'InvalidResourceLocation', '', 'permanent'],
    [404, 'ResourceGroupNotFound', '', 'permanent'],
    [400, 'InvalidRequestFormat', '', 'permanent'],
  ])('of status %i with %s %s is %s', (status, code, inner, kind) => {
    expect(classifyArmFailure(answer(status, code, { inner }), ACTION)).toMatchObject({ kind, code });
  });

  it('is no full table because of the name of a resource in its words', () => {
    const message = 'No permission over scope /subscriptions/s/…/routeTables/unlimited.';
    const failure = classifyArmFailure(answer(403, 'AuthorizationFailed', { message }), ACTION);
    expect(failure.kind).toBe('permanent');
  });

  it('keeps its words, and those of the provider in the details', () => {
    expect(classifyArmFailure(answer(400, 'BadRequest', { inner: 'X' }), ACTION).message).toBe(
      `${ACTION}: Why. More.`,
    );
  });

  it('without a body, or with one that is no error, has its status as code', () => {
    for (const body of [undefined, '<html>', { error: 'x' }, []]) {
      const failure = classifyArmFailure(readArmError({ status: 502, headers: {}, body }), ACTION);
      expect(failure).toMatchObject({ kind: 'transient', code: 'Http502' });
    }
  });

  it.each([
    ['an hour at most, whatever it says', { headers: { 'retry-after': '99999999' } }, 3_600_000],
    ['seconds of its header', { headers: { 'retry-after': '7' } }, 7_000],
    ['a date that is over', { headers: { 'retry-after': 'Sat, 01 Jan 2000 00:00:00 GMT' } }, 0],
    ['its words', { message: 'The call can be retried in 11 seconds.' }, 11_000],
    ['nothing', {}, null],
  ])('asks to wait by %s', (_, parts, ms) => {
    expect(answer(429, 'RetryableError', parts).retryAfterMs).toBe(ms);
  });
});

describe('What is no answer', () => {
  it('that cannot be read is told of without a word of it (R11)', () => {
    const thrown = Object.assign(new Error('Unexpected token in {"userData":"c2VjcmV0'), {
      name: 'RestError',
      code: 'PARSE_ERROR',
    });
    expect(classifyArmFailure(thrown, ACTION)).toEqual({
      kind: 'transient',
      code: 'unreadable-answer',
      message: `${ACTION}: the response could not be read.`,
    });
  });

  it.each([
    [new DOMException('x', 'AbortError'), 'unfinished', 'deadline'],
    [new DOMException('x', 'TimeoutError'), 'unfinished', 'deadline'],
    [Object.assign(new Error('x'), { name: 'RestError', code: 'ECONNRESET' }), 'transient', 'ECONNRESET'],
    [
      Object.assign(new Error('x'), { name: 'CredentialUnavailableError' }),
      'permanent',
      'CredentialUnavailableError',
    ],
    ['text', 'transient', 'Error'],
  ])('%s is %s', (thrown, kind, code) => {
    expect(classifyArmFailure(thrown, ACTION)).toMatchObject({ kind, code });
  });
});

describe('A failed call to Table storage', () => {
  const ACTION = 'entities/write';
  it.each([
    { status: 412, code: 'UpdateConditionNotSatisfied', kind: 'stale' },
    { status: 409, code: 'EntityAlreadyExists', kind: 'stale' },
    { status: 404, code: 'ResourceNotFound', kind: 'stale' },
    { status: 404, code: 'TableNotFound', kind: 'permanent' },
    { status: 400, code: 'InvalidInput', kind: 'permanent' },
    { status: 403, code: 'AuthorizationPermissionMismatch', kind: 'permanent' },
    { status: 503, code: 'ServerBusy', kind: 'transient' },
    { status: 500, code: 'OperationTimedOut', kind: 'transient' },
    { status: 429, code: 'TooManyRequests', kind: 'transient' },
  ])('with $status $code is $kind', ({ status, code, kind }) => {
    // From a transaction, and from a list.
    const message = 'It is so.\nRequestId:1\nTime:2';
    const odataError = { code, message: { value: message } };
    for (const thrown of [
      Object.assign(new Error(message), { statusCode: status, code }),
      Object.assign(new Error('{}'), { statusCode: status, details: { odataError } }),
    ]) {
      const failure = classifyTableFailure(thrown, ACTION);
      expect(failure).toMatchObject({ kind, code });
      expect(failure.message).toContain(ACTION);
      expect(failure.message).not.toContain('RequestId');
    }
  });

  it('without an answer is transient, and without an identity permanent', () => {
    const reset = Object.assign(new Error('read ECONNRESET'), { name: 'RestError', code: 'ECONNRESET' });
    expect(classifyTableFailure(reset, ACTION)).toMatchObject({ kind: 'transient', code: 'ECONNRESET' });
    const nobody = Object.assign(new Error('no identity'), { name: 'CredentialUnavailableError' });
    expect(classifyTableFailure(nobody, ACTION)).toMatchObject({ kind: 'permanent' });
  });
});
