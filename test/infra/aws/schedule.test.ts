import { expect, it } from '@jest/globals';
import { MINIMAL, synthesize } from './synthesis.ts';

/** Every value of the template's resources by its path, with ids as the construct gives them. */
function valuesOf(scheduleMinutes: number): Map<string, unknown> {
  const values = new Map<string, unknown>();
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) values.set(path, value);
    else for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`);
  };
  const { Resources } = synthesize({ ...MINIMAL, scheduleMinutes }).toJSON();
  for (const [id, { Properties }] of Object.entries<{ Properties?: object }>(Resources)) {
    visit(Properties, id.replace(/^PodRoutes|[\dA-F]{8}$/g, ''));
  }
  return values;
}

it('The minutes between two reconciles set the schedule, how long a run may wait, and the periods of alarms', () => {
  const before = valuesOf(5);
  const after = [...valuesOf(15)].filter(([path, value]) => before.get(path) !== value);
  expect(Object.fromEntries(after)).toEqual({
    'Schedule.ScheduleExpression': 'rate(15 minutes)',
    'Schedule.Target.RetryPolicy.MaximumEventAgeInSeconds': 900,
    'ReconcileEventInvokeConfig.MaximumEventAgeInSeconds': 900,
    'NodeEvents.Environment.Variables.PODROUTES_SCHEDULE_INTERVAL': '15m',
    'Reconcile.Environment.Variables.PODROUTES_SCHEDULE_INTERVAL': '15m',
    'Alarmreconcilemissing.Metrics.1.MetricStat.Period': 900,
    'Alarmreconcilemissing.Metrics.2.MetricStat.Period': 900,
    'Alarmapplyfailures.Period': 900,
    'Alarmerrorfindings.Period': 900,
    'Alarmroutetablefilling.Metrics.0.Period': 900,
  });
});
