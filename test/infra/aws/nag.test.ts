import { describe, expect, it } from '@jest/globals';
import { Stack, Validations } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { PodRoutes } from '../../../infra/aws/pod-routes.ts';
import type { PodRoutesProps } from '../../../infra/aws/props.ts';
import { CONFIGURATIONS, createApp, MINIMAL, withFolder } from './synthesis.ts';

const PLACES: Readonly<Record<string, { account?: string; region?: string }>> = {
  'any account': {},
  'a named account': { account: '123456789012', region: 'us-east-1' },
};

/** Synthesizes as the app does, with both packs of rules; a finding is thrown. */
async function check(
  props: PodRoutesProps,
  env: object,
  add: (stack: Stack) => void = () => {},
): Promise<void> {
  await withFolder(async (outdir) => {
    const app = createApp({ outdir });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
    const stack = new Stack(app, 'podroutes', { env });
    new PodRoutes(stack, 'PodRoutes', props);
    add(stack);
    app.synth();
  });
}

describe.each(Object.entries(PLACES))('In %s', (_, env) => {
  it.each(Object.entries(CONFIGURATIONS))('cdk-nag finds nothing in: %s', async (__, props) => {
    await expect(check(props, env)).resolves.toBeUndefined();
  });
});

it('cdk-nag would find something', async () => {
  const careless = check(MINIMAL, {}, (stack) => new Queue(stack, 'Careless'));
  await expect(careless).rejects.toThrow('podroutes/Careless');
});
