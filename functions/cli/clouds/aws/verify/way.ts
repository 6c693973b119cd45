import { VERIFICATION } from '../../../../../shared/aws/events/verification.ts';
import { SETTINGS } from '../../../../../shared/core/config/settings.ts';
import { type Metric, WRITTEN_METRICS } from '../../../../../shared/core/telemetry.ts';
import { isSame } from './compare.ts';
import { settingsOf } from './find-stack.ts';
import { isObject, lastPart } from './kind.ts';
import type { Wanted } from './template.ts';

/** Which resources of a template an event goes through, and what it leaves behind there; null where it has no rule. */
export function findWay(wanted: readonly Wanted[]) {
  const pattern = { source: VERIFICATION.source, 'detail-type': VERIFICATION.detailType };
  const rule = wanted.find(
    ({ type, properties }) => type === 'AWS::Events::Rule' && isSame(properties['EventPattern'], pattern),
  );
  const mapping = wanted.find(({ type }) => type === 'AWS::Lambda::EventSourceMapping')?.properties;
  const nodeEvents = wanted.find(
    ({ id, type }) => type === 'AWS::Lambda::Function' && id === mapping?.['FunctionName'],
  );
  const queue = lastPart(String(mapping?.['EventSourceArn']));
  const queueUrl = wanted.find(
    ({ id, type }) => type === 'AWS::SQS::Queue' && lastPart(id ?? '') === queue,
  )?.id;
  if (rule === undefined || nodeEvents === undefined || !queueUrl) return null;
  const settings = settingsOf(nodeEvents);
  const logging = nodeEvents.properties['LoggingConfig'];
  const logGroup = isObject(logging) ? String(logging['LogGroup']) : `/aws/lambda/${nodeEvents.id}`;
  const cluster = String(settings['PODROUTES_CLUSTER'] ?? settings['PODROUTES_ROUTE_TABLES']);
  const writesInfo = !/^(WARN|ERROR)$/.test(String(settings['POWERTOOLS_LOG_LEVEL']));
  const writesMetric = metricsOf(settings[SETTINGS.monitoring.name]).includes('EventsIgnored');
  return { rule, traces: { logGroup, cluster, writesInfo, writesMetric, queueUrl } };
}

/** Those that the functions write by this setting; where it is none, by its default. */
function metricsOf(monitoring: unknown): readonly Metric[] {
  const level = (['full', 'essential', 'off'] as const).find((each) => each === monitoring);
  return WRITTEN_METRICS[level ?? 'full'];
}
