import {
  GetEventSourceMappingCommand,
  GetFunctionCommand,
  GetFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import { SETTINGS } from '../../../../../../shared/core/config/settings.ts';
import { isObject, json, type Kind, lastPart, likeWanted, type Properties } from '../kind.ts';

const CONFIGURED = [
  'Runtime',
  'Handler',
  'Role',
  'Timeout',
  'MemorySize',
  'Environment',
  'VpcConfig',
  'LoggingConfig',
] as const;

/** Those of a function that are compared; only what the template names, as the service adds more. */
export const lambdaFunction: Kind = {
  area: 'functions',
  noun: 'function',
  needs: ['lambda:GetFunction'],
  defaults: { Environment: undefined, ReservedConcurrentExecutions: undefined, LastUpdate: undefined },
  unread: {
    Architectures: 'the dry run and the event say whether the code runs',
    Code: 'the dry run and the event say whether it works',
    Description: 'it is for people',
  },
  read: async ({ lambda }, FunctionName, wanted) => {
    const { Configuration, Concurrency } = await lambda.send(new GetFunctionCommand({ FunctionName }));
    const { LoggingConfig, VpcConfig, Environment, ...rest } = Configuration ?? {};
    const { State, LastUpdateStatus, LastUpdateStatusReasonCode, StateReasonCode } = rest;
    const isWell = State !== 'Failed' && LastUpdateStatus !== 'Failed';
    return {
      ...Object.fromEntries(CONFIGURED.map((name) => [name, rest[name as keyof typeof rest]])),
      Environment: { Variables: ownVariables(Environment?.Variables, wanted['Environment']) },
      hasOtherVariables: Object.keys(Environment?.Variables ?? {}).some(
        (name) => !isOurs(name, wanted['Environment']),
      ),
      LoggingConfig: likeWanted(LoggingConfig, wanted['LoggingConfig']),
      VpcConfig: likeWanted(VpcConfig, wanted['VpcConfig']),
      ReservedConcurrentExecutions: Concurrency?.ReservedConcurrentExecutions,
      LastUpdate: isWell ? undefined : (LastUpdateStatusReasonCode ?? StateReasonCode ?? 'Failed'),
    };
  },
  mend: (id, wanted, { found, differs }) => {
    // The call replaces all variables. Those of others would be lost, and may be secrets that no command should show.
    if (found === null || (differs('Environment') && found['hasOtherVariables'] === true)) return [];
    const wrong = CONFIGURED.filter(differs).map((name) => [name, wanted[name] ?? {}]);
    const count = wanted['ReservedConcurrentExecutions'];
    return [
      ...(wrong.length === 0
        ? []
        : [
            [
              ...['lambda', 'update-function-configuration', '--cli-input-json'],
              json({ FunctionName: id, ...Object.fromEntries(wrong) }),
            ],
          ]),
      ...(differs('ReservedConcurrentExecutions') ? [setConcurrency(id, count)] : []),
    ];
  },
};

/** Extensions have settings of their own beside ours. */
function isOurs(name: string, wanted: unknown): boolean {
  const named = isObject(wanted) && isObject(wanted['Variables']) ? wanted['Variables'] : {};
  return Object.hasOwn(named, name) || /^(PODROUTES|POWERTOOLS)_/.test(name);
}

function ownVariables(found: Readonly<Record<string, string>> = {}, wanted: unknown): Properties {
  const own = Object.entries(found).filter(([name]) => isOurs(name, wanted));
  return Object.fromEntries(own.map(([name, value]) => [name, hideToken(name, value)]));
}

/** Somebody may have put a token itself where only the place of one belongs (R11). */
function hideToken(name: string, value: string): string {
  const isShown = name !== SETTINGS.kubernetesToken.name || /^(secret|identity):/.test(value);
  return isShown ? value : 'a text that is not shown, as it may be a token';
}

function setConcurrency(id: string, count: unknown): string[] {
  if (count === undefined) return ['lambda', 'delete-function-concurrency', '--function-name', id];
  return [
    ...['lambda', 'put-function-concurrency', '--function-name', id],
    ...['--reserved-concurrent-executions', String(count)],
  ];
}

/** Takes messages from the queue to the function. */
export const mapping: Kind = {
  area: 'mapping',
  noun: 'event source mapping',
  needs: ['lambda:GetEventSourceMapping'],
  defaults: { Enabled: true, FilterCriteria: undefined },
  unread: {},
  read: async ({ lambda }, UUID, wanted) => {
    const found = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
    if (found.State === 'Deleting') return null;
    const { EventSourceArn, BatchSize, MaximumBatchingWindowInSeconds } = found;
    const { ScalingConfig, FunctionResponseTypes, FilterCriteria } = found;
    return {
      ...{ EventSourceArn, BatchSize, MaximumBatchingWindowInSeconds },
      ...{ FunctionResponseTypes, FilterCriteria },
      ScalingConfig: likeWanted(ScalingConfig, wanted['ScalingConfig']),
      FunctionName: lastPart(found.FunctionArn),
      Enabled: !/^Disabl/.test(found.State ?? ''),
    };
  },
  mend: (id, wanted, { found }) => {
    const { EventSourceArn: _, ...input } = wanted;
    return found === null
      ? []
      : [['lambda', 'update-event-source-mapping', '--cli-input-json', json({ UUID: id, ...input })]];
  },
};

/** How an invocation by the schedule is tried again. */
export const invokeConfig: Kind = {
  area: 'schedule',
  noun: 'retries of the function',
  needs: ['lambda:GetFunctionEventInvokeConfig'],
  defaults: {},
  unread: { FunctionName: 'it is found by it', Qualifier: 'it is found by it' },
  read: async ({ lambda }, _, { FunctionName }) => {
    const { MaximumEventAgeInSeconds, MaximumRetryAttempts } = await lambda.send(
      new GetFunctionEventInvokeConfigCommand({ FunctionName: String(FunctionName) }),
    );
    return { MaximumEventAgeInSeconds, MaximumRetryAttempts };
  },
  mend: (_, { FunctionName, MaximumEventAgeInSeconds, MaximumRetryAttempts }) => [
    [
      ...['lambda', 'put-function-event-invoke-config', '--function-name', String(FunctionName)],
      ...['--maximum-event-age-in-seconds', String(MaximumEventAgeInSeconds)],
      ...['--maximum-retry-attempts', String(MaximumRetryAttempts)],
    ],
  ],
};
