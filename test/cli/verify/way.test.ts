import { expect, it } from '@jest/globals';
import { wantedOf } from '../../../functions/cli/clouds/aws/verify/template.ts';
import { findWay } from '../../../functions/cli/clouds/aws/verify/way.ts';
import type { PodRoutesProps } from '../../../infra/aws/props.ts';
import { MINIMAL, synthesize } from '../../infra/aws/synthesis.ts';
import { stackOf } from './made-stack.ts';

function tracesOf(props: Partial<PodRoutesProps>) {
  const body = JSON.stringify(synthesize({ ...MINIMAL, ...props }).toJSON());
  return findWay(wantedOf(stackOf(body, { BootstrapVersion: '30' })))?.traces;
}

it.each<[Partial<PodRoutesProps>, boolean, boolean]>([
  [{}, true, true],
  [{ logLevel: 'WARN' }, false, true],
  [{ monitoring: 'essential' }, true, false],
  [{ monitoring: 'off' }, true, false],
  [{ monitoring: 'off', logLevel: 'ERROR' }, false, false],
])(
  'With %j an event is looked for only where the functions write of it',
  (props, writesInfo, writesMetric) => {
    expect(tracesOf(props)).toMatchObject({ writesInfo, writesMetric, cluster: 'kthw' });
  },
);
